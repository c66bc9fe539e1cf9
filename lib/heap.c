#include <stdlib.h>

#include "buf.h"
#include "heap.h"

void
heap_add(struct heap *h, struct wait w)
{
	struct wait *v;
	size_t i, up;

	if (h->n == h->cap) {
		h->cap = h->cap ? 2 * h->cap : 64;
		h->v = mem_grow(h->v, h->cap, sizeof *h->v);
	}
	v = h->v;
	for (i = h->n++; i > 0; i = up) {
		up = (i - 1) / 2;
		if (!wait_before(&w, &v[up]))
			break;
		v[i] = v[up];
	}
	v[i] = w;
}

void
heap_push(struct heap *h, int64_t time, void *what)
{
	heap_add(h, (struct wait){ time, h->seq++, what });
}

struct wait
heap_pop(struct heap *h)
{
	struct wait *v = h->v, first = v[0], last = v[--h->n];
	size_t i, k;

	for (i = 0; (k = 2 * i + 1) < h->n; i = k) {
		if (k + 1 < h->n && wait_before(&v[k + 1], &v[k]))
			k++;
		if (wait_before(&last, &v[k]))
			break;
		v[i] = v[k];
	}
	v[i] = last;
	return first;
}

void
heap_free(struct heap *h)
{
	free(h->v);
	*h = (struct heap){ 0 };
}
