/* stages - the text of an event pattern: what comes, how close, how often; see smatch(1) */
#ifndef STAGES_H
#define STAGES_H
#include <stdbool.h>
#include <stddef.h>

/* How a record follows the one before: it is the next one, the next that fits, or any that fits. */
enum near { NEAR_NEXT, NEAR_LATER, NEAR_ANY };

struct stage {
	char *name;
	enum near near;		/* to the stage before; of the first NEAR_NEXT */
	bool not;		/* no such record */
	bool counted;		/* + * or {}: several records are possible */
	int min, max;		/* records, if any at all; max 0: no limit */
	bool optional, greedy;
	enum near inner;	/* of its records to each other */
	char *where, *until;	/* expressions; NULL: any record, no end */
};

struct stages { struct stage *v; size_t n; };

#define STAGES_MOST 32		/* stages in a pattern */
#define STAGES_TIMES 9999	/* records in {} */

/*
 * 0, or -1 and *why says what is wrong at byte *at.  The expressions are cut
 * out, not parsed.  within: whether the pattern has a limit of time.
 */
int stages_parse(struct stages *, const char *text, bool within, const char **why, size_t *at);
const struct stage *stages_find(const struct stages *, const char *name);	/* or NULL */
void stages_free(struct stages *);
#endif
