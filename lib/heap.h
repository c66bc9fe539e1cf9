/* heap - what waits for a time: the earliest first, of equal times in order of arrival */
#ifndef HEAP_H
#define HEAP_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wait { int64_t time; uint64_t seq; void *what; };

static inline bool
wait_before(const struct wait *a, const struct wait *b)
{
	return a->time < b->time || (a->time == b->time && a->seq < b->seq);
}

struct heap {				/* {0} is a valid empty one */
	struct wait *v;			/* v[0] is the first, if n > 0 */
	size_t n, cap;
	uint64_t seq;			/* entries made */
};

void heap_push(struct heap *, int64_t time, void *what);	/* as the latest to arrive */
void heap_add(struct heap *, struct wait);	/* whose seq is the caller's: then every entry's must be */
struct wait heap_pop(struct heap *);	/* takes out the first, which is there */
void heap_free(struct heap *);		/* empty again, valid */
#endif
