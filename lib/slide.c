/* slide - panes, the windows that they make up, and what each key has in them */
#include "buf.h"
#include "floor.h"
#include "slides.h"

void
slide_init(struct slide *s, const struct window *w, const struct aggs *aggs,
    struct table *panes)
{
	*s = (struct slide){ .w = w, .aggs = aggs, .panes = panes,
	    .rest = w->size % w->slide, .block = w->size - w->size % w->slide };
	live_init(&s->keys, sizeof(struct slide_key) + aggs->size);
	s->acc[0] = mem_alloc(aggs->size);
	s->acc[1] = mem_alloc(aggs->size);
	table_init(panes, sizeof(struct cell) + 2 * aggs->size);
}

/* The start of the newest window that holds a time. */
static int64_t
slide_newest(const struct slide *s, int64_t t)
{
	return t - floor_mod(t - floor_mod(s->w->offset, s->w->slide),
	    s->w->slide);
}

struct span
slide_pane(const struct slide *s, int64_t t)
{
	int64_t start = slide_newest(s, t);

	if (t - start < s->rest)
		return (struct span){ start, start + s->rest };
	return (struct span){ start + s->rest, start + s->w->slide };
}

int64_t
slide_last(const struct slide *s, int64_t t)
{
	return slide_newest(s, t) + s->w->size;
}

void
key_come(struct slide *s, struct slide_key *k)
{
	if (k->in)
		return;
	k->in = k->stale = true;
	if (s->n == s->cap) {
		s->cap = s->cap > 0 ? 2 * s->cap : 64;
		s->turn = mem_grow(s->turn, s->cap, sizeof *s->turn);
		s->spare = mem_grow(s->spare, s->cap, sizeof *s->spare);
	}
	s->turn[s->n++].key = k;
}

void
key_go(struct slide *s, struct slide_key *k)
{
	k->in = false;
	k->touched = 0;
	if (k->head == NULL)
		live_drop(&s->keys, key_ent(k));
}

static bool
slide_has(const struct slide *s, const struct pane *p)
{
	return s->on && p->w.start >= s->start && p->w.start < s->end;
}

/*
 * A key's cells stand in order of time, and mostly come so; the one before is
 * not read then, which has been out of use for a pane's time.
 */
static void
key_link(struct slide_key *k, struct cell *c)
{
	int64_t start = c->pane->w.start;

	c->prev = k->tail;
	c->next = NULL;
	if (c->prev == NULL || start > k->newest) {
		k->newest = start;
	} else {
		while (c->prev != NULL && c->prev->pane->w.start > start)
			c->prev = c->prev->prev;
		c->next = c->prev != NULL ? c->prev->next : k->head;
	}
	*(c->prev != NULL ? &c->prev->next : &k->head) = c;
	*(c->next != NULL ? &c->next->prev : &k->tail) = c;
	if (c->next == k->first)
		k->first = c;
	if (c->next == k->next)
		k->next = c;
}

void
slide_add(struct slide *s, struct pane *p, struct map_ent *e, uint64_t seq)
{
	struct field key = { e->key, e->n };
	struct live_ent *l = live_find(&s->keys, key);
	struct cell *c = map_own(e);

	if (l == NULL)
		l = live_add(&s->keys, key);
	c->seq = seq;
	c->pane = p;
	c->key = live_own(l);
	key_link(c->key, c);
	if (slide_has(s, p))
		key_come(s, c->key);
}

void
slide_touch(struct slide *s, struct cell *c)
{
	if (!slide_has(s, c->pane))
		return;
	c->key->touched++;
	key_come(s, c->key);
}

/* A cell's key and the cell behind it in time are asked for early. */
static void
drop_ahead(const struct pane *p, size_t i)
{
	const struct cell *c;

	if (i + AHEAD >= p->map.n)
		return;
	c = pane_cell(p, i + AHEAD);
	__builtin_prefetch(c->key);
	__builtin_prefetch(c->next);
}

void
slide_drop(struct slide *s)
{
	struct pane *p = s->panes->v[s->panes->first];
	struct slide_key *k;
	struct cell *c;
	size_t i;

	for (i = 0; i < p->map.n; i++) {
		drop_ahead(p, i);
		c = pane_cell(p, i);
		k = c->key;
		k->head = c->next;
		*(c->next != NULL ? &c->next->prev : &k->tail) = NULL;
		if (k->first == c)
			k->first = c->next;
		if (k->next == c)
			k->next = c->next;
		if (k->sum == c) {
			k->sum = NULL;
			k->stale = true;
		}
		if (k->head == NULL && !k->in)
			key_go(s, k);
	}
	table_drop(s->panes);
}

size_t
panes_find(struct pane *const *v, size_t n, int64_t start)
{
	size_t lo = 0, mid;

	while (lo < n) {
		mid = lo + (n - lo) / 2;
		if (v[mid]->w.start < start)
			lo = mid + 1;
		else
			n = mid;
	}
	return lo;
}

struct pane **
slide_panes(const struct slide *s, bool touched, size_t *n)
{
	const struct table *t = s->panes;

	*n = touched ? t->ntouched : t->n - t->first;
	return touched ? t->touched : t->v + t->first;
}

bool
slide_next(const struct slide *s, int64_t end, bool touched, struct span *w)
{
	size_t n, i;
	struct pane **v = slide_panes(s, touched, &n);
	int64_t start = INT64_MIN, t;

	if (n == 0)
		return false;
	/* windows that start later than `end - size` end behind `end` */
	if (end > v[0]->w.start)
		start = slide_newest(s, end - s->w->size) + s->w->slide;
	if ((i = panes_find(v, n, start)) == n)
		return false;
	t = v[i]->w.start;
	if (start == INT64_MIN || t - start >= s->w->size)
		start = slide_newest(s, t - s->w->size) + s->w->slide;
	*w = (struct span){ start, start + s->w->size };
	return true;
}
