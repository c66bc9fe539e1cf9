/* talk - what a command is told of a record, and how its answers become records */
#ifndef TALK_H
#define TALK_H
#include "dec.h"

struct talk {
	const char *fields;	/* -f: what goes in; NULL: all but the time */
	const char *names;	/* -o: what comes out, "name[:type],..."; NULL: what goes in */
	/* the rest is talk.c's own */
	size_t *col, ncol;	/* what goes in */
	struct dec *dec;	/* of what comes out */
	int64_t nanswer;
	struct buf line;
};

void talk_check(const struct talk *);	/* a bad -o: message, exit 2 */
/* out: the input's time column, and what comes out; its key goes if a column of it does. */
void talk_bind(struct talk *, const struct head *in, struct head *out);
struct field talk_line(struct talk *, struct rec *);	/* TSV with its LF, until the next call */
/* An answer without its LF; 0: the record has its fields, but no time yet; -1 and *why. */
int talk_answer(struct talk *, struct field, struct rec *, const char **why);
#endif
