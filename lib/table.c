/* table - the open tumbling or sliding windows, each with its keys */
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "table.h"

void
table_init(struct table *t, size_t own)
{
	*t = (struct table){ .own = own };
}

/* The place of the first window that starts at or after a time. */
static size_t
table_find(const struct table *t, int64_t start)
{
	size_t lo = t->first, hi = t->n, mid;

	/* new windows are mostly the newest */
	if (lo < hi && t->v[hi - 1]->w.start < start)
		return hi;
	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (t->v[mid]->w.start < start)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

size_t
table_after(const struct table *t, int64_t end)
{
	size_t lo = t->first, hi = t->n, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (t->v[mid]->w.end <= end)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct pane *
table_pane(struct table *t, struct span w)
{
	struct pane *p;
	size_t i;

	if (t->last != NULL && t->last->w.start == w.start)
		return t->last;
	i = table_find(t, w.start);
	if (i < t->n && t->v[i]->w.start == w.start)
		return t->last = t->v[i];
	p = mem_alloc(sizeof *p);
	p->w = w;
	map_init(&p->map, t->own);
	if (t->n == t->cap) {
		t->cap = t->cap ? 2 * t->cap : 16;
		t->v = mem_grow(t->v, t->cap, sizeof(struct pane *));
	}
	memmove(t->v + i + 1, t->v + i, (t->n - i) * sizeof(struct pane *));
	t->v[i] = p;
	t->n++;
	return t->last = p;
}

void
table_drop(struct table *t)
{
	struct pane *p = t->v[t->first++], *last;

	if (p->ntouched > 0) {
		last = t->touched[--t->ntouched];
		last->place = p->place;
		t->touched[p->place] = last;
	}
	map_free(&p->map);
	free(p->touched);
	free(p);
	t->last = NULL;
	/* the room in front comes back when it is the larger part */
	if (t->first * 2 > t->n) {
		t->n -= t->first;
		memmove(t->v, t->v + t->first, t->n * sizeof(struct pane *));
		t->first = 0;
	}
}

void
table_touch(struct table *t, struct pane *p, struct map_ent *e)
{
	if (e->mark != 0)
		return;
	e->mark = 1;
	if (p->ntouched == 0) {
		if (t->ntouched == t->touchcap) {
			t->touchcap = t->touchcap ? 2 * t->touchcap : 16;
			t->touched = mem_grow(t->touched, t->touchcap,
			    sizeof(struct pane *));
		}
		p->place = t->ntouched;
		t->touched[t->ntouched++] = p;
	}
	if (p->ntouched == p->cap) {
		p->cap = p->cap ? 2 * p->cap : 16;
		p->touched = mem_grow(p->touched, p->cap, sizeof(uint32_t));
	}
	p->touched[p->ntouched++] = e->i;
}

static int
number_cmp(const void *va, const void *vb)
{
	const uint32_t *a = va, *b = vb;

	return (*a > *b) - (*a < *b);
}

static int
pane_cmp(const void *va, const void *vb)
{
	const struct pane *a = *(struct pane *const *)va;
	const struct pane *b = *(struct pane *const *)vb;

	return (a->w.start > b->w.start) - (a->w.start < b->w.start);
}

void
table_sort(struct table *t)
{
	size_t i;

	if (t->ntouched > 1)
		qsort(t->touched, t->ntouched, sizeof(struct pane *), pane_cmp);
	for (i = 0; i < t->ntouched; i++)
		t->touched[i]->place = i;
}

void
table_order(struct table *t)
{
	struct pane *p;
	size_t i;

	table_sort(t);
	for (i = 0; i < t->ntouched; i++) {
		p = t->touched[i];
		if (p->ntouched > 1)
			qsort(p->touched, p->ntouched, sizeof(uint32_t),
			    number_cmp);
	}
}

void
table_calm(struct table *t)
{
	struct pane *p;
	size_t i, k;

	for (i = 0; i < t->ntouched; i++) {
		p = t->touched[i];
		for (k = 0; k < p->ntouched; k++)
			map_at(&p->map, p->touched[k])->mark = 0;
		p->ntouched = 0;
	}
	t->ntouched = 0;
}
