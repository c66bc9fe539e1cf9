#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "due.h"

/*
 * Deadlines mostly come in order, and then a queue does: only those that come
 * before its end go into the heap.
 */

static bool
item_before(const struct due_item *a, const struct due_item *b)
{
	return a->at < b->at || (a->at == b->at && a->seq < b->seq);
}

static struct due_item *
run_at(const struct due *d, size_t i)
{
	return &d->run[(d->first + i) & (d->runcap - 1)];
}

static void
run_add(struct due *d, struct due_item it)
{
	struct due_item *old = d->run;
	size_t i, n = d->runcap;

	if (d->nrun == n) {
		d->run = mem_grow(NULL, n > 0 ? 2 * n : 64, sizeof *d->run);
		for (i = 0; i < n; i++)
			d->run[i] = old[(d->first + i) & (n - 1)];
		d->first = 0;
		d->runcap = n > 0 ? 2 * n : 64;
		free(old);
	}
	*run_at(d, d->nrun++) = it;
}

static void
heap_add(struct due *d, struct due_item it)
{
	size_t i, up;

	if (d->n == d->cap) {
		d->cap = d->cap ? 2 * d->cap : 64;
		d->v = mem_grow(d->v, d->cap, sizeof *d->v);
	}
	for (i = d->n++; i > 0; i = up) {
		up = (i - 1) / 2;
		if (!item_before(&it, &d->v[up]))
			break;
		d->v[i] = d->v[up];
	}
	d->v[i] = it;
}

static void
heap_drop(struct due *d)
{
	struct due_item *v = d->v, last = v[--d->n];
	size_t i, k;

	for (i = 0; (k = 2 * i + 1) < d->n; i = k) {
		if (k + 1 < d->n && item_before(&v[k + 1], &v[k]))
			k++;
		if (item_before(&last, &v[k]))
			break;
		v[i] = v[k];
	}
	v[i] = last;
}

void
due_add(struct due *d, int64_t at, int64_t seq, void *what)
{
	struct due_item it = { at, seq, what };

	if (d->nrun == 0 || !item_before(&it, run_at(d, d->nrun - 1)))
		run_add(d, it);
	else
		heap_add(d, it);
}

struct due_item *
due_first(const struct due *d)
{
	if (d->nrun == 0)
		return d->n == 0 ? NULL : d->v;
	if (d->n > 0 && item_before(d->v, run_at(d, 0)))
		return d->v;
	return run_at(d, 0);
}

void
due_drop(struct due *d)
{
	if (due_first(d) == d->v && d->n > 0)
		heap_drop(d);
	else {
		d->first = (d->first + 1) & (d->runcap - 1);
		d->nrun--;
	}
}
