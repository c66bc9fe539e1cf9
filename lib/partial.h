/* partial - partial matches, in a heap by where they start */
#ifndef PARTIAL_H
#define PARTIAL_H
#include <stdint.h>

#include "arena.h"
#include "hold.h"
#include "nfa.h"

/* A record of a match; they are linked from the last to the first, and shared. */
struct step {
	struct step *prev;		/* NULL: it is the first */
	struct held *rec;
	size_t stage;
	uint32_t refs;
	uint32_t i;			/* matchsnap.c's: its number among those that are being saved; else 0 */
};

struct steps {				/* {0} is a valid one */
	uint64_t seq;			/* number of the current record, from 1 */
	struct rec *rec;		/* it, borrowed */
	struct held *copy;		/* of it; NULL: no step needs it yet */
	struct hold kept;
	struct arena arena;
	struct step *spare;
};

void steps_begin(struct steps *, struct rec *);	/* the record of the next steps */
void steps_load(struct steps *, struct rec *, uint64_t seq);	/* the same, one that was kept: it is copied now */
struct step *step_new(struct steps *, size_t stage, struct step *prev);	/* without references */
void step_drop(struct steps *, struct step *);	/* one reference; NULL is fine */
uint64_t step_seq(const struct step *);		/* number of its record */
struct rec step_rec(struct steps *, const struct step *, size_t nf);	/* valid until the next call, its fields as long as the step */

struct partial {
	const struct state *at;
	struct step *last;		/* NULL: nothing yet */
	uint64_t start;			/* number of its first record */
	int64_t from;			/* its time */
};

#define START_NONE UINT64_MAX		/* nothing yet */

/*
 * A binary heap, the oldest start at v[0].  Which of equal starts comes first
 * decides what a skip strategy keeps, so it does each step as Java's
 * PriorityQueue, which Flink's NFA uses.
 */
struct partials { struct partial *v; size_t n, cap; };

void partials_append(struct partials *, struct partial);	/* as a plain list */
void partials_add(struct partials *, struct partial);
struct partial partials_poll(struct partials *);
void partials_order(struct partials *);		/* after some were taken out of v */
void partials_free(struct partials *);
#endif
