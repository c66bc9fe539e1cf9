/* due - what has its turn when event time is past a deadline; equal ones in order of their numbers */
#ifndef DUE_H
#define DUE_H
#include "heap.h"

struct due {				/* {0} is a valid empty one */
	struct heap heap;
	struct wait *run;		/* a ring of those that were added in order */
	size_t first, nrun, runcap;
};

void due_add(struct due *, int64_t time, uint64_t seq, void *);
void due_fill(struct due *, struct wait *, size_t n);	/* adds so many, and sorts them */
struct wait *due_first(const struct due *);	/* NULL: none; valid until the next call */
void due_drop(struct due *);			/* the first one */
#endif
