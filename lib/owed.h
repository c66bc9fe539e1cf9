/* owed - what waits for answers: times of records, and between them the marks that come behind them */
#ifndef OWED_H
#define OWED_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct due { int64_t time; char *line; };	/* a record's time, or a watermark or line */

struct owed {				/* {0} is a valid empty one */
	struct due *v;			/* a ring */
	unsigned char *kind;
	size_t cap, first, n;
	size_t nrec;			/* records in it */
};

enum owed_kind { OWED_NONE, OWED_REC, OWED_MARK, OWED_LINE };

void owed_add(struct owed *, enum owed_kind, int64_t time);
void owed_addline(struct owed *, const char *, size_t);
enum owed_kind owed_first(const struct owed *, struct due *);	/* OWED_NONE: there is none */
void owed_drop(struct owed *);		/* the first */
#endif
