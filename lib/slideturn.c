/* slideturn - the keys of a window, in order of their rows */
#include <string.h>

#include "slides.h"

static void
pass_ahead(const struct pane *p, bool touched, size_t k, size_t n)
{
	k += AHEAD;
	if (k < n)
		__builtin_prefetch(pane_cell(p, touched ? p->touched[k] :
		    k)->key);
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
			pass_ahead(p, touched, k, ne);
			c = pane_cell(p, touched ? p->touched[k] : k);
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

#define TEXT 16		/* bytes that most keys have */

/* The key's own lines, which are several. */
static void
key_ahead(const struct slide *s, size_t i)
{
	const char *k;
	size_t at;

	if (i >= s->n)
		return;
	k = (const char *)key_ent(s->turn[i].key);
	for (at = 0; at < s->keys.own + TEXT; at += 64)
		__builtin_prefetch(k + at);
}

static void
turn_ahead(const struct slide *s, size_t i)
{
	const struct slide_key *k;

	key_ahead(s, i + 3 * AHEAD);
	if (i + 2 * AHEAD < s->n) {
		k = s->turn[i + 2 * AHEAD].key;
		__builtin_prefetch(k->first);
		__builtin_prefetch(k->next);
		if (k->next != NULL)
			__builtin_prefetch(cell_own(s, k->next));
	}
	if (i + AHEAD < s->n && (k = s->turn[i + AHEAD].key)->first != NULL)
		__builtin_prefetch(k->first->next);
}

static void
row_ahead(const struct slide *s, size_t i)
{
	const char *c;
	size_t at;

	key_ahead(s, i + 2 * AHEAD);
	if (i + AHEAD >= s->n)
		return;
	c = (const char *)s->turn[i + AHEAD].key->first;
	for (at = 0; at < sizeof(struct cell) + s->aggs->size; at += 64)
		__builtin_prefetch(c + at);
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

	return k->summed && k->least < seq ? k->least : seq;
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
	if (anew && !touched)
		panes_merge(s);
	for (i = 0; i < s->n; i++) {
		turn_ahead(s, i);
		k = s->turn[i].key;
		if (k->stale || anew)
			key_merge(s, k, anew && !touched);
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

const void *
slide_row(struct slide *s, size_t i, struct field *key)
{
	struct slide_key *k = s->turn[i].key;
	struct cell *c = key_before(s, k);

	row_ahead(s, i);
	*key = live_key(&s->keys, key_ent(k));
	return slide_join(s, c != NULL ? cell_merged(c) : NULL,
	    k->summed ? key_merged(k) : NULL);
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
