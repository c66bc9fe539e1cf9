/* interval - records of two sides whose times lie within bounds of each other */
#ifndef INTERVAL_H
#define INTERVAL_H
#include "heap.h"
#include "join.h"
#include "slice.h"

#define INTERVAL_MOST ((int64_t)1 << 60)	/* ms, of a bound: sums with times never overflow */

struct interval_side {
	int64_t from, to;	/* a record of time t meets those in [t + from, t + to] */
	struct slices kept;
	int64_t newest;		/* time seen */
	struct heap due;	/* of rows that come out unmatched, unless something turns up */
	bool marks;		/* whether a row has been matched matters */
};

/*
 * left.time + lower <= right.time <= left.time + upper.  A record is late when
 * time < T.  One that nothing met comes out when T > time + upper + 1 (of the
 * right: time - lower + 1), as in Spark, where W is T - 1.
 */
struct interval {
	/* set before interval_init */
	struct join *join;
	int64_t lower, upper;
	/* the rest is interval.c's own */
	struct interval_side side[2];
	int64_t cell;		/* ms; what a record meets lies in two of them at most */
	int64_t hold;		/* ms that the watermark is held back by */
	int64_t T;
	uint64_t seq;
	struct buf key;		/* number of a cell and key text */
	struct meet *met;	/* where what a record meets may be */
	size_t nmet, metcap;
	bool tracks;		/* there are snapshots: what has changed is noted */
	uint64_t saved;		/* rows before that one are in the last snapshot */
	uint64_t *matched;	/* those of them that have been matched since */
	size_t nmatched, matchedcap;
	struct map *byseq;	/* while loading */
};

void interval_init(struct interval *);
void interval_data(struct interval *, size_t side, struct rec *, struct next *);
/* These are an operator's callbacks. */
int64_t interval_mark(struct interval *, int64_t T, struct next *);
void interval_epoch(struct interval *, struct next *);
/* load: also with NULL at the end. */
void interval_save(struct interval *, struct snap *);
bool interval_load(struct interval *, const struct rec *);	/* false: a record of another kind */
/* For intervalsnap.c: the key of a slice's map, the number of a cell and the key text, which is set first. */
void interval_setkey(struct interval *, struct field key);
struct field interval_key(struct interval *, int64_t cell);
#endif
