/* due - what has its turn when event time is past a deadline; equal ones in order of their numbers */
#ifndef DUE_H
#define DUE_H
#include <stddef.h>
#include <stdint.h>

struct due_item { int64_t at, seq; void *what; };

struct due {				/* {0} is a valid empty one */
	struct due_item *v;		/* a heap, the earliest first */
	size_t n, cap;
	struct due_item *run;		/* a ring of those that were added in order */
	size_t first, nrun, runcap;
};

void due_add(struct due *, int64_t at, int64_t seq, void *);
struct due_item *due_first(const struct due *);	/* NULL: none; valid until the next call */
void due_drop(struct due *);			/* the first one */
#endif
