/* slide - sliding windows that are put together from panes, a few merges a row */
#ifndef SLIDE_H
#define SLIDE_H
#include "agg.h"
#include "live.h"
#include "table.h"

/*
 * A record is in one pane, whose records are in the same windows, and a key
 * has a cell in each pane that it was seen in.  Every window holds a place
 * where a block of them begins, all of them multiples of as many slides as a
 * size has.  A window's row is the cells before that place, merged from the
 * right, and those behind it, merged from the left: both are kept from one
 * window to the next (van Herk 1992, Gil and Werman 1993; two stacks that are
 * turned over at fixed places), and floats are added up in the same order
 * whatever came in between.
 */
struct slide {
	const struct window *w;		/* borrowed, these three */
	const struct aggs *aggs;
	struct table *panes;
	int64_t rest;			/* of the size, over whole slides: where panes part */
	int64_t block;			/* ms from one such place to the next */
	struct live keys;
	struct turn *turn, *spare;	/* keys of the window, in order of their rows */
	size_t n, cap;
	bool on;			/* from here on of the last window, if there was one */
	int64_t start, half, end;
	char *acc[2];
	struct arena arena;
	struct {
		struct cell *first, *next;
		int64_t half;
		bool on, sum;
	} one;				/* of slide_at */
};

/* What a key has in a pane. */
struct cell {
	uint64_t seq;			/* when it came, a number of the owner's */
	uint64_t least;			/* of those that are in merged */
	struct pane *pane;
	struct cell *prev, *next;	/* of the key, by pane */
	struct slide_key *key;
	/* accumulators follow: merged, those of the first half from here on; then its own */
};

struct slide_key {
	struct cell *head, *tail;
	int64_t newest;			/* where the tail's pane starts */
	struct cell *first;		/* in the window */
	struct cell *sum;		/* first in the second half, whose pane's arena has what is merged; NULL: none */
	struct cell *next;		/* first behind the window */
	uint64_t least;			/* of those that are merged */
	uint32_t touched;		/* cells in the window that were touched */
	bool in;			/* it is in turn */
	bool stale;			/* what is merged does not hold any more */
	bool summed;			/* the second half has cells */
	/* the accumulators follow into which they are merged */
};

void slide_init(struct slide *, const struct window *, const struct aggs *, struct table *);	/* the table too */
struct span slide_pane(const struct slide *, int64_t t);	/* the pane of a time */
int64_t slide_last(const struct slide *, int64_t t);	/* the end of its last window */
void slide_add(struct slide *, struct pane *, struct map_ent *, uint64_t seq);	/* the entry is new */
void slide_touch(struct slide *, struct cell *);	/* it was touched, the first time since slide_reset */
void slide_drop(struct slide *);	/* the oldest pane */

/* A cell is about to take a record. */
static inline void
slide_change(const struct slide *s, struct cell *c)
{
	if (s->on && c->pane->w.start < s->end)
		c->key->stale = true;
}

/*
 * Windows in order of time.  slide_next: the first that has a pane and ends
 * behind a time; touched: that has a pane with touched entries, which
 * table_order has ordered.  slide_turn: how many keys have a row in it, or
 * touched cells; slide_row: the accumulators and the key of the i-th; valid
 * until the next call.  slide_reset: what follows are other windows.
 */
bool slide_next(const struct slide *, int64_t end, bool touched, struct span *);
size_t slide_turn(struct slide *, const struct span *, bool touched);
const void *slide_row(struct slide *, size_t i, struct field *key);
void slide_reset(struct slide *);
/* The rows of one key in windows that have a cell, the oldest first; then in the others, in order. */
void slide_one(struct slide *, struct cell *);
const void *slide_at(struct slide *, const struct span *);
#endif
