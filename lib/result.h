/* result - a match as a row: key columns, kind, and the columns of each stage; see smatch(1) */
#ifndef RESULT_H
#define RESULT_H
#include "key.h"
#include "match.h"

struct result {
	const struct stages *stages;	/* borrowed, these three */
	const struct key *key;
	const struct head *in;
	size_t *col;			/* what a stage shows of its records: columns but the key */
	size_t ncol;
	const struct step **step;	/* the records of a match, first to last */
	struct field *cell;		/* their fields, nf for each */
	size_t nstep, cap, nf;
	struct field *f;		/* the row */
	size_t *at;			/* where the fields end that are in b */
	struct buf b, list;
};

/* out gets the columns. */
void result_init(struct result *, const struct stages *, const struct key *, const struct head *in, struct head *out);
/* Valid until the next call, while the match is; a text that no list can hold: exit 1. */
struct rec result_row(struct result *, struct steps *, const struct track *, const struct found *);
#endif
