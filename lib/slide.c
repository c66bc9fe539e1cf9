/* slide - sliding windows that are put together from panes, a few merges a row */
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "floor.h"
#include "slide.h"

struct turn { uint64_t seq; struct slide_key *key; };

void
slide_init(struct slide *s, const struct window *w, const struct aggs *aggs,
    struct table *panes)
{
	*s = (struct slide){ .w = w, .aggs = aggs, .panes = panes,
	    .rest = w->size % w->slide, .block = w->size - w->size % w->slide };
	live_init(&s->keys, sizeof(struct slide_key));
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

/* Where the second half of a window begins; it may be empty. */
static int64_t
slide_half(const struct slide *s, int64_t start)
{
	return start + s->block - floor_mod(start -
	    floor_mod(s->w->offset, s->w->slide), s->block);
}

static char *
cell_own(struct cell *c)
{
	return (char *)(c + 1);
}

static char *
cell_merged(const struct slide *s, struct cell *c)
{
	return (char *)(c + 1) + s->aggs->size;
}

static void
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

static void
key_go(struct slide *s, struct slide_key *k)
{
	k->in = false;
	k->touched = 0;
	if (k->head == NULL)
		live_drop(&s->keys, (struct live_ent *)k - 1);
}

static bool
slide_has(const struct slide *s, const struct pane *p)
{
	return s->on && p->w.start >= s->start && p->w.start < s->end;
}

/* A key's cells stand in order of time, and mostly come so. */
static void
key_link(struct slide_key *k, struct cell *c)
{
	c->prev = k->tail;
	while (c->prev != NULL && c->prev->pane->w.start > c->pane->w.start)
		c->prev = c->prev->prev;
	c->next = c->prev != NULL ? c->prev->next : k->head;
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

void
slide_drop(struct slide *s)
{
	struct pane *p = s->panes->v[s->panes->first];
	struct slide_key *k;
	struct cell *c;
	size_t i;

	for (i = 0; i < p->map.n; i++) {
		c = map_own(map_at(&p->map, i));
		k = c->key;
		k->head = c->next;
		*(c->next != NULL ? &c->next->prev : &k->tail) = NULL;
		if (k->first == c)
			k->first = c->next;
		if (k->next == c)
			k->next = c->next;
		if (k->sum == c)
			k->stale = true;
		if (k->head == NULL && !k->in)
			key_go(s, k);
	}
	table_drop(s->panes);
}

static void
cell_take(const struct slide *s, struct cell *to, struct cell *c)
{
	aggs_fold(s->aggs, cell_merged(s, to), cell_own(c),
	    &to->pane->map.arena);
	if (c->seq < to->least)
		to->least = c->seq;
}

/* The cells from c on that are before the half, each merged with those behind it. */
static void
cells_merge(const struct slide *s, struct cell *c, int64_t half)
{
	struct cell *first = c;
	char *m;

	if (c == NULL || c->pane->w.start >= half)
		return;
	while (c->next != NULL && c->next->pane->w.start < half)
		c = c->next;
	for (;; c = c->prev) {
		m = cell_merged(s, c);
		aggs_start(s->aggs, m, cell_own(c), &c->pane->map.arena);
		c->least = c->seq;
		if (c->next != NULL && c->next->pane->w.start < half) {
			aggs_fold(s->aggs, m, cell_merged(s, c->next),
			    &c->pane->map.arena);
			if (c->next->least < c->least)
				c->least = c->next->least;
		}
		if (c == first)
			break;
	}
}

/* Takes the cells of the second half that are new in the window. */
static void
key_more(const struct slide *s, struct slide_key *k)
{
	struct cell *c = k->next;

	for (; c != NULL && c->pane->w.start < s->end; c = c->next)
		if (k->sum != NULL)
			cell_take(s, k->sum, c);
		else {
			k->sum = c;
			c->least = c->seq;
			aggs_start(s->aggs, cell_merged(s, c), cell_own(c),
			    &c->pane->map.arena);
		}
	k->next = c;
}

static void
key_merge(const struct slide *s, struct slide_key *k)
{
	struct cell *c = k->first != NULL ? k->first : k->tail;

	while (c != NULL && c->prev != NULL &&
	    c->prev->pane->w.start >= s->start)
		c = c->prev;
	while (c != NULL && c->pane->w.start < s->start)
		c = c->next;
	k->first = c;
	cells_merge(s, c, s->half);
	while (c != NULL && c->pane->w.start < s->half)
		c = c->next;
	k->sum = NULL;
	k->next = c;
	key_more(s, k);
	k->stale = false;
}

static struct cell *
key_before(const struct slide *s, const struct slide_key *k)
{
	return k->first->pane->w.start < s->half ? k->first : NULL;
}

static uint64_t
key_seq(const struct slide *s, const struct slide_key *k)
{
	const struct cell *c = key_before(s, k);
	uint64_t seq = c != NULL ? c->least : UINT64_MAX;

	return k->sum != NULL && k->sum->least < seq ? k->sum->least : seq;
}

/* The place of the first pane that starts at or after a time. */
static size_t
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

static struct pane **
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

/* The entries of panes in [from, to): their keys come, or their touches go. */
static void
slide_pass(struct slide *s, int64_t from, int64_t to, bool touched, bool come)
{
	size_t n, i, k, ne;
	struct pane **v = slide_panes(s, touched, &n), *p;
	struct cell *c;

	for (i = panes_find(v, n, from); i < n && v[i]->w.start < to; i++) {
		p = v[i];
		ne = touched ? p->ntouched : p->map.n;
		for (k = 0; k < ne; k++) {
			c = map_own(map_at(&p->map,
			    touched ? p->touched[k] : k));
			if (!come) {
				c->key->touched--;
				continue;
			}
			c->key->touched += touched;
			key_come(s, c->key);
		}
	}
}

#define FEW 24
#define BYTE 256

/* Keys mostly are nearly in order from one window to the next; else by bytes. */
static void
turn_sort(struct slide *s)
{
	uint64_t lo = UINT64_MAX, hi = 0;
	size_t i, k, n, at[BYTE];
	struct turn t, *v = s->turn;
	unsigned shift;
	bool sorted = true;

	for (i = 0; i < s->n; i++) {
		sorted &= i == 0 || v[i - 1].seq < v[i].seq;
		lo = v[i].seq < lo ? v[i].seq : lo;
		hi = v[i].seq > hi ? v[i].seq : hi;
	}
	if (sorted)
		return;
	for (i = 1; s->n <= FEW && i < s->n; i++) {
		t = v[i];
		for (k = i; k > 0 && v[k - 1].seq > t.seq; k--)
			v[k] = v[k - 1];
		v[k] = t;
	}
	for (shift = 0; s->n > FEW && shift < 64 && (hi - lo) >> shift > 0;
	    shift += 8) {
		memset(at, 0, sizeof at);
		for (i = 0; i < s->n; i++)
			at[(s->turn[i].seq - lo) >> shift & (BYTE - 1)]++;
		for (i = n = 0; i < BYTE; i++) {
			k = at[i];
			at[i] = n;
			n += k;
		}
		for (i = 0; i < s->n; i++)
			s->spare[at[(s->turn[i].seq - lo) >> shift &
			    (BYTE - 1)]++] = s->turn[i];
		v = s->turn;
		s->turn = s->spare;
		s->spare = v;
	}
}

static const struct map_ent *
cell_ent(const struct cell *c)
{
	return (const struct map_ent *)(const void *)c - 1;
}

#define AHEAD 8

/*
 * What a key has lies far apart in memory, which takes long to answer: it is
 * asked early for those that come.
 */
static void
turn_ahead(const struct slide *s, size_t i)
{
	const struct slide_key *k;

	if (i + 3 * AHEAD < s->n)
		__builtin_prefetch(s->turn[i + 3 * AHEAD].key);
	if (i + 2 * AHEAD < s->n) {
		k = s->turn[i + 2 * AHEAD].key;
		__builtin_prefetch(k->first);
		__builtin_prefetch(k->sum);
		__builtin_prefetch(k->next);
	}
	if (i + AHEAD < s->n && (k = s->turn[i + AHEAD].key)->first != NULL)
		__builtin_prefetch(k->first->next);
}

static void
row_ahead(const struct slide *s, size_t i)
{
	const struct slide_key *k;
	size_t at, size = s->aggs->size;

	if (i + 2 * AHEAD < s->n)
		__builtin_prefetch(s->turn[i + 2 * AHEAD].key);
	if (i + AHEAD >= s->n)
		return;
	k = s->turn[i + AHEAD].key;
	__builtin_prefetch(cell_ent(k->first));
	for (at = 0; at < size; at += 64) {
		__builtin_prefetch((char *)(k->first + 1) + size + at);
		if (k->sum != NULL)
			__builtin_prefetch((char *)(k->sum + 1) + size + at);
	}
}

size_t
slide_turn(struct slide *s, const struct span *w, bool touched)
{
	int64_t half = slide_half(s, w->start), from = w->start;
	bool anew = !s->on || half != s->half;
	struct slide_key *k;
	size_t i, n = 0;

	if (s->on && s->end > from)
		from = s->end;
	if (s->on && touched)
		slide_pass(s, s->start, w->start < s->end ? w->start : s->end,
		    true, false);
	slide_pass(s, from, w->end, touched, true);
	s->on = true;
	s->start = w->start;
	s->half = half;
	s->end = w->end;
	for (i = 0; i < s->n; i++) {
		turn_ahead(s, i);
		k = s->turn[i].key;
		if (k->stale || anew)
			key_merge(s, k);
		else {
			while (k->first != NULL &&
			    k->first->pane->w.start < w->start)
				k->first = k->first->next;
			key_more(s, k);
		}
		if (k->first == NULL || k->first->pane->w.start >= w->end ||
		    (touched && k->touched == 0))
			key_go(s, k);
		else
			s->turn[n++] = (struct turn){ key_seq(s, k), k };
	}
	s->n = n;
	turn_sort(s);
	return n;
}

/* Either may be NULL, not both. */
static const void *
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

const void *
slide_row(struct slide *s, size_t i, const struct map_ent **e)
{
	const struct slide_key *k = s->turn[i].key;
	struct cell *c = key_before(s, k);

	row_ahead(s, i);
	*e = cell_ent(k->first);
	return slide_join(s, c != NULL ? cell_merged(s, c) : NULL,
	    k->sum != NULL ? cell_merged(s, k->sum) : NULL);
}

void
slide_reset(struct slide *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		key_go(s, s->turn[i].key);
	s->n = 0;
	s->on = false;
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
		    cell_own(next), &s->arena);
		s->one.sum = true;
	}
	s->one.next = next;
	return slide_join(s, c->pane->w.start < half ? cell_merged(s, c) :
	    NULL, s->one.sum ? s->acc[1] : NULL);
}
