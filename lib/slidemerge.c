/* slidemerge - two stacks: what a key has in a window's panes becomes that of its two halves */
#include <string.h>

#include "floor.h"
#include "slides.h"

int64_t
slide_half(const struct slide *s, int64_t start)
{
	return start + s->block - floor_mod(start -
	    floor_mod(s->w->offset, s->w->slide), s->block);
}

/* A cell with those behind it up to the half, which have been merged. */
static void
cell_merge(const struct slide *s, struct cell *c, int64_t half)
{
	struct cell *next = c->next;
	char *m = cell_merged(c);

	aggs_start(s->aggs, m, cell_own(s, c), &c->pane->map.arena);
	c->least = c->seq;
	if (next == NULL || next->pane->w.start >= half)
		return;
	aggs_fold(s->aggs, m, cell_merged(next), &c->pane->map.arena);
	if (next->least < c->least)
		c->least = next->least;
}

/* A key's cells from c on that are before the half. */
static void
cells_merge(const struct slide *s, struct cell *c, int64_t half)
{
	struct cell *first = c;

	if (c == NULL || c->pane->w.start >= half)
		return;
	while (c->next != NULL && c->next->pane->w.start < half)
		c = c->next;
	for (;; c = c->prev) {
		cell_merge(s, c, half);
		if (c == first)
			break;
	}
}

/* What cells_merge does for all keys; a pane's cells lie one behind the other. */
void
panes_merge(struct slide *s)
{
	size_t n, i, k, at;
	struct pane **v = slide_panes(s, false, &n), *p;
	char *next;

	for (i = panes_find(v, n, s->half); i > 0; i--) {
		p = v[i - 1];
		if (p->w.start < s->start)
			break;
		for (k = 0; k < p->map.n; k++) {
			if (k + AHEAD < p->map.n &&
			    (next = (char *)pane_cell(p, k + AHEAD)->next) !=
			    NULL)
				for (at = 0; at < sizeof(struct cell) +
				    s->aggs->size; at += 64)
					__builtin_prefetch(next + at);
			cell_merge(s, pane_cell(p, k), s->half);
		}
	}
}

/*
 * What is merged lies in the arena of the first cell's pane; another cell is
 * the first only when that pane is gone or the second half is another one.
 */
static void
sum_start(const struct slide *s, struct slide_key *k, struct cell *c)
{
	if (k->sum != c)
		memset(key_merged(k), 0, s->aggs->size);
	k->sum = c;
	k->summed = true;
	k->least = c->seq;
	aggs_start(s->aggs, key_merged(k), cell_own(s, c),
	    &c->pane->map.arena);
}

void
key_more(const struct slide *s, struct slide_key *k)
{
	struct cell *c = k->next;

	for (; c != NULL && c->pane->w.start < s->end; c = c->next) {
		if (!k->summed) {
			sum_start(s, k, c);
			continue;
		}
		aggs_fold(s->aggs, key_merged(k), cell_own(s, c),
		    &k->sum->pane->map.arena);
		if (c->seq < k->least)
			k->least = c->seq;
	}
	k->next = c;
}

/* The first of a key's cells that starts at or after a time; where it may be: NULL, at the end. */
static struct cell *
key_from(const struct slide_key *k, struct cell *c, int64_t start)
{
	if (c == NULL)
		c = k->tail;
	while (c != NULL && c->prev != NULL && c->prev->pane->w.start >= start)
		c = c->prev;
	while (c != NULL && c->pane->w.start < start)
		c = c->next;
	return c;
}

void
key_merge(const struct slide *s, struct slide_key *k, bool merged)
{
	k->first = key_from(k, k->first, s->start);
	if (!merged)
		cells_merge(s, k->first, s->half);
	k->next = key_from(k, k->next, s->half);
	k->summed = false;
	key_more(s, k);
	if (!k->summed)
		k->sum = NULL;
	k->stale = false;
}

const void *
slide_join(struct slide *s, const void *before, const void *behind)
{
	if (behind == NULL)
		return before;
	if (before == NULL)
		return behind;
	aggs_start(s->aggs, s->acc[0], before, &s->arena);
	aggs_fold(s->aggs, s->acc[0], behind, &s->arena);
	return s->acc[0];
}

void
slide_one(struct slide *s, struct cell *c)
{
	s->one.first = c;
	s->one.on = false;
	/* the cells' places for what is merged are about to be used for it */
	c->key->stale = true;
}

const void *
slide_at(struct slide *s, const struct span *w)
{
	int64_t half = slide_half(s, w->start);
	struct cell *c = s->one.first, *next;

	while (c->prev != NULL && c->prev->pane->w.start >= w->start)
		c = c->prev;
	while (c->pane->w.start < w->start)
		c = c->next;
	s->one.first = c;
	if (!s->one.on || half != s->one.half) {
		cells_merge(s, c, half);
		for (next = c; next != NULL && next->pane->w.start < half;)
			next = next->next;
		s->one.on = true;
		s->one.half = half;
		s->one.next = next;
		s->one.sum = false;
	}
	for (next = s->one.next; next != NULL && next->pane->w.start < w->end;
	    next = next->next) {
		(s->one.sum ? aggs_fold : aggs_start)(s->aggs, s->acc[1],
		    cell_own(s, next), &s->arena);
		s->one.sum = true;
	}
	s->one.next = next;
	return slide_join(s, c->pane->w.start < half ? cell_merged(c) :
	    NULL, s->one.sum ? s->acc[1] : NULL);
}
