#include "await.h"

struct held *
await_add(struct await *q, struct rec *r, size_t own)
{
	struct held *d = hold_copy(&q->hold, r, own);

	heap_push(&q->heap, d->time, d);
	return d;
}

struct held *
await_next(struct await *q, int64_t T)
{
	if (q->heap.n == 0 || q->heap.v[0].time >= T)
		return NULL;
	return heap_pop(&q->heap).what;
}
