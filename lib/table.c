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
	struct pane *p = t->v[t->first++];

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
pane_touch(struct table *t, struct pane *p, struct map_ent *e)
{
	e->mark = 1;
	if (p->ntouched == p->cap) {
		p->cap = p->cap ? 2 * p->cap : 16;
		p->touched = mem_grow(p->touched, p->cap, sizeof(uint32_t));
	}
	p->touched[p->ntouched++] = e->i;
	if (p->ntouched > 1)
		return;
	if (t->ntouched == t->touchedcap) {
		t->touchedcap = t->touchedcap ? 2 * t->touchedcap : 16;
		t->touched = mem_grow(t->touched, t->touchedcap,
		    sizeof *t->touched);
	}
	t->touched[t->ntouched++] = p->w;
}

static int
number_cmp(const void *va, const void *vb)
{
	const uint32_t *a = va, *b = vb;

	return (*a > *b) - (*a < *b);
}

static int
span_cmp(const void *va, const void *vb)
{
	const struct span *a = va, *b = vb;

	return (a->start > b->start) - (a->start < b->start);
}

/* Windows, not panes, are remembered: one that has been dropped is not found. */
static struct pane *
table_still(const struct table *t, struct span w)
{
	size_t i = table_find(t, w.start);

	return i < t->n && t->v[i]->w.start == w.start ? t->v[i] : NULL;
}

struct pane **
table_touched(struct table *t, size_t *n)
{
	struct pane *p;
	size_t i;

	if (t->ntouched > 1)
		qsort(t->touched, t->ntouched, sizeof *t->touched, span_cmp);
	if (t->ntouched > t->opencap) {
		t->opencap = t->ntouched;
		t->open = mem_grow(t->open, t->opencap, sizeof(struct pane *));
	}
	*n = 0;
	for (i = 0; i < t->ntouched; i++) {
		if ((p = table_still(t, t->touched[i])) == NULL)
			continue;
		if (p->ntouched > 1)
			qsort(p->touched, p->ntouched, sizeof(uint32_t),
			    number_cmp);
		t->open[(*n)++] = p;
	}
	return t->open;
}

void
table_calm(struct table *t)
{
	struct pane *p;
	size_t i, k;

	for (i = 0; i < t->ntouched; i++) {
		if ((p = table_still(t, t->touched[i])) == NULL)
			continue;
		for (k = 0; k < p->ntouched; k++)
			map_at(&p->map, p->touched[k])->mark = 0;
		p->ntouched = 0;
	}
	t->ntouched = 0;
}
