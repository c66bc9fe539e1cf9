#include <stdlib.h>

#include "buf.h"
#include "due.h"

/*
 * Deadlines mostly come in order, and then a queue does: only those that come
 * before its end go into the heap.
 */

static struct wait *
run_at(const struct due *d, size_t i)
{
	return &d->run[(d->first + i) & (d->runcap - 1)];
}

static void
run_add(struct due *d, struct wait w)
{
	struct wait *old = d->run;
	size_t i, n = d->runcap;

	if (d->nrun == n) {
		d->run = mem_grow(NULL, n > 0 ? 2 * n : 64, sizeof *d->run);
		for (i = 0; i < n; i++)
			d->run[i] = old[(d->first + i) & (n - 1)];
		d->first = 0;
		d->runcap = n > 0 ? 2 * n : 64;
		free(old);
	}
	*run_at(d, d->nrun++) = w;
}

void
due_add(struct due *d, int64_t time, uint64_t seq, void *what)
{
	struct wait w = { time, seq, what };

	if (d->nrun == 0 || !wait_before(&w, run_at(d, d->nrun - 1)))
		run_add(d, w);
	else
		heap_add(&d->heap, w);
}

static int
wait_cmp(const void *a, const void *b)
{
	return wait_before(a, b) ? -1 : wait_before(b, a);
}

/* In order they go into the queue, where one costs nothing. */
void
due_fill(struct due *d, struct wait *v, size_t n)
{
	size_t i;

	if (n > 1)
		qsort(v, n, sizeof *v, wait_cmp);
	for (i = 0; i < n; i++)
		due_add(d, v[i].time, v[i].seq, v[i].what);
}

struct wait *
due_first(const struct due *d)
{
	if (d->heap.n > 0 &&
	    (d->nrun == 0 || wait_before(d->heap.v, run_at(d, 0))))
		return d->heap.v;
	if (d->nrun == 0)
		return NULL;
	return run_at(d, 0);
}

void
due_drop(struct due *d)
{
	if (d->heap.n > 0 && due_first(d) == d->heap.v)
		(void)heap_pop(&d->heap);
	else {
		d->first = (d->first + 1) & (d->runcap - 1);
		d->nrun--;
	}
}
