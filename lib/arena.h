/* arena - memory that is given back all at once */
#ifndef ARENA_H
#define ARENA_H
#include <stddef.h>

struct arena_chunk;

struct arena {				/* {0} is a valid empty arena */
	struct arena_chunk *head;	/* the newest; links to the older ones */
	char *at, *end;			/* what is free in it */
	size_t used;			/* bytes handed out, rounded up */
};

void *arena_more(struct arena *, size_t);		/* for arena_alloc only */
void *arena_copy(struct arena *, const void *, size_t);	/* no NUL is added, no alignment promised */
void arena_free(struct arena *);			/* empty again, valid */

/* Aligned for any number or pointer; not zeroed; of no bytes not NULL either. */
static inline void *
arena_alloc(struct arena *a, size_t n)
{
	char *p = a->at;

	n = n > 0 ? (n + 7) & ~(size_t)7 : 8;
	if ((size_t)(a->end - p) < n)
		return arena_more(a, n);
	a->at += n;
	a->used += n;
	return p;
}
#endif
