#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "dur.h"
#include "floor.h"
#include "interval.h"

#define SLICE 1000		/* ms at least, and SLICES of them or so for what is kept */
#define SLICES 3

struct meet { struct chain *c; struct join_row *row; };	/* row: the next one to look at */

void
interval_init(struct interval *iv)
{
	const struct join *j = iv->join;
	int64_t hold;
	size_t i;

	iv->side[0].from = iv->lower;
	iv->side[0].to = iv->upper;
	iv->side[1].from = -iv->upper;
	iv->side[1].to = -iv->lower;
	iv->cell = iv->upper - iv->lower + 1;
	iv->T = INT64_MIN;
	for (i = 0; i < 2; i++) {
		iv->side[i].newest = INT64_MIN;
		hold = iv->side[i].to + 1;
		iv->side[i].marks = j->side[i].outer ||
		    (j->kind == JOIN_SEMI && i == 0);
		if (iv->side[i].marks && hold > iv->hold)
			iv->hold = hold;
	}
}

/*
 * How wide a new slice is: so that what has to be kept, and what the watermark
 * lags behind, is a few of them: few to look into, and little kept for too long.
 */
static int64_t
slice_width(const struct interval_side *s, int64_t t, int64_t T)
{
	const struct slices *k = &s->kept;
	int64_t since = T, most = s->newest > t ? s->newest : t, lag;

	if (T == INT64_MIN)
		since = k->first < k->n ? k->v[k->first]->start : t;
	if (__builtin_sub_overflow(most, since, &lag) || lag > INTERVAL_MOST)
		lag = INTERVAL_MOST;
	if (lag < 0)
		lag = 0;
	if (s->to > 0)
		lag += s->to;
	return lag / SLICES > SLICE ? lag / SLICES : SLICE;
}

/* The slice that t is in; made if there is none. */
static struct slice *
slice_get(struct interval_side *s, int64_t t, int64_t T)
{
	struct slices *k = &s->kept;
	size_t i = slices_find(k, t);
	int64_t width, start;

	if (i < k->n && k->v[i]->start <= t)
		return k->v[i];
	width = slice_width(s, t, T);
	start = floor_div(t, width) * width;
	return slices_put(k, i, start, start + width);
}

/* The row that is due first, unless it has been matched meanwhile; or NULL. */
static struct join_row *
due_first(struct interval_side *s)
{
	struct join_row *row;

	for (; s->due.n > 0; heap_pop(&s->due)) {
		row = s->due.v[0].what;
		if (!row->matched)
			return row;
	}
	return NULL;
}

static void
interval_row(struct interval *iv, size_t side, const struct join_row *row,
    struct next *nx)
{
	const struct map_ent *e = row->key;
	struct join *j = iv->join;

	join_setkey(j, (struct field){ e->key + sizeof(int64_t),
	    e->n - sizeof(int64_t) });
	join_setrow(j, side, row);
	join_setnone(j, !side);
	join_setextra(j, side, row->time);
	join_setnoextra(j, !side);
	join_emit(j, row->time, nx);
}

/* The unmatched ones that nothing can meet now, by time; of one time the left ones first. */
static void
interval_due(struct interval *iv, struct next *nx)
{
	struct interval_side *s, *best;
	struct join_row *row, *first;

	for (;;) {
		best = NULL;
		first = NULL;
		for (s = iv->side; s < iv->side + 2; s++) {
			row = due_first(s);
			if (row != NULL && row->time + s->to + 1 < iv->T &&
			    (first == NULL || row->time < first->time)) {
				best = s;
				first = row;
			}
		}
		if (first == NULL)
			return;
		interval_row(iv, best == iv->side + 1, first, nx);
		heap_pop(&best->due);
	}
}

int64_t
interval_mark(struct interval *iv, int64_t T, struct next *nx)
{
	iv->T = T;
	interval_due(iv, nx);
	slices_drop(&iv->side[0].kept, iv->side[0].to, T);
	slices_drop(&iv->side[1].kept, iv->side[1].to, T);
	if (T == INT64_MAX)
		return T;
	return T < iv->hold - TIME_LIMIT ? INT64_MIN : T - iv->hold;
}

void
interval_epoch(struct interval *iv, struct next *nx)
{
	interval_due(iv, nx);	/* some may have been due when they came */
}

void
interval_setkey(struct interval *iv, struct field key)
{
	iv->key.n = 0;
	buf_room(&iv->key, sizeof(int64_t) + key.n);
	iv->key.n = sizeof(int64_t);
	buf_add(&iv->key, key.s, key.n);
}

struct field
interval_key(struct interval *iv, int64_t cell)
{
	memcpy(iv->key.s, &cell, sizeof cell);
	return (struct field){ iv->key.s, iv->key.n };
}

static void
interval_add(struct interval *iv, struct chain *c)
{
	if (iv->nmet == iv->metcap) {
		iv->metcap = iv->metcap != 0 ? 2 * iv->metcap : 16;
		iv->met = mem_grow(iv->met, iv->metcap, sizeof *iv->met);
	}
	iv->met[iv->nmet++] = (struct meet){ c, c->first };
}

/* Collects the chains that may hold rows in [lo, hi]. */
static void
interval_look(struct interval *iv, const struct slices *s, int64_t lo,
    int64_t hi)
{
	int64_t first = floor_div(lo, iv->cell), last = floor_div(hi, iv->cell);
	int64_t cell;
	size_t i, from = slices_find(s, lo);
	struct map_ent *e;
	struct map_want w;
	struct field k;

	iv->nmet = 0;
	for (cell = first; cell <= last && from < s->n; cell++) {
		k = interval_key(iv, cell);
		w = map_hash(k.s, k.n);
		for (i = from; i < s->n && s->v[i]->start <= hi; i++) {
			if (s->v[i]->end <= cell * iv->cell ||
			    s->v[i]->start >= (cell + 1) * iv->cell ||
			    (e = map_look(&s->v[i]->map, k.s, k.n, w)) == NULL)
				continue;
			interval_add(iv, map_own(e));
		}
	}
}

/* The next row in [lo, hi], of all chains the one that came first; NULL: none. */
static struct join_row *
interval_next(struct interval *iv, int64_t lo, int64_t hi)
{
	struct join_row *row, *best = NULL;
	size_t i, at = 0;

	for (i = 0; i < iv->nmet; i++) {
		row = iv->met[i].row;
		while (row != NULL && (row->time < lo || row->time > hi))
			row = row->link;
		iv->met[i].row = row;
		if (row != NULL && (best == NULL || row->seq < best->seq)) {
			best = row;
			at = i;
		}
	}
	if (best != NULL)
		iv->met[at].row = best->link;
	return best;
}

static void
row_match(struct interval *iv, size_t side, struct join_row *row)
{
	if (row->matched)
		return;
	row->matched = true;
	if (!iv->tracks || !iv->side[side].marks || row->seq >= iv->saved)
		return;
	if (iv->nmatched == iv->matchedcap) {
		iv->matchedcap = iv->matchedcap != 0 ? 2 * iv->matchedcap : 16;
		iv->matched = mem_grow(iv->matched, iv->matchedcap,
		    sizeof *iv->matched);
	}
	iv->matched[iv->nmatched++] = row->seq;
}

/* Nobody asks again for what has been met, where that is all that counts. */
static void
interval_forget(struct interval *iv)
{
	struct join_row **at;
	struct chain *c;
	size_t i;

	for (i = 0; i < iv->nmet; i++) {
		c = iv->met[i].c;
		c->last = NULL;
		for (at = &c->first; *at != NULL;)
			if ((*at)->matched)
				*at = (*at)->link;
			else {
				c->last = *at;
				at = &(*at)->link;
			}
	}
}

/* Pairs the record with what is there.  Whether there was something. */
static bool
interval_meet(struct interval *iv, size_t side, struct rec *r,
    struct field key, struct next *nx)
{
	const struct interval_side *s = &iv->side[side];
	struct join *j = iv->join;
	int64_t t = rec_time(r), lo = t + s->from, hi = t + s->to;
	struct join_row *row;
	bool any = false;

	interval_look(iv, &iv->side[!side].kept, lo, hi);
	while ((row = interval_next(iv, lo, hi)) != NULL) {
		if (join_filters(j)) {
			if (side == 0)
				return true;
			if (!row->matched && j->kind == JOIN_SEMI)
				interval_row(iv, 0, row, nx);
			row_match(iv, !side, row);
			any = true;
			continue;
		}
		if (!any) {
			join_setkey(j, key);
			join_setrec(j, side, r);
			join_setextra(j, side, t);
		}
		any = true;
		row_match(iv, !side, row);
		join_setrow(j, !side, row);
		join_setextra(j, !side, row->time);
		join_emit(j, t > row->time ? t : row->time, nx);
	}
	if (any && join_filters(j))
		interval_forget(iv);
	return any;
}

static void
interval_keep(struct interval *iv, size_t side, struct rec *r, bool met)
{
	struct interval_side *s = &iv->side[side];
	int64_t t = rec_time(r);
	struct slice *p = slice_get(s, t, iv->T);
	struct field k = interval_key(iv, floor_div(t, iv->cell));
	struct map_ent *e = map_get(&p->map, k.s, k.n);
	struct join_row *row = join_keep(iv->join, side, r, &p->map.arena);

	row->seq = iv->seq++;
	row->matched = met;
	slice_add(e, row);
	if (iv->tracks)
		slice_note(p, row);
	if (t > s->newest)
		s->newest = t;
	if (!met && iv->join->side[side].outer)
		heap_add(&s->due, (struct wait){ t, row->seq, row });
}

void
interval_data(struct interval *iv, size_t side, struct rec *r, struct next *nx)
{
	struct join *j = iv->join;
	struct field key = key_text(&j->side[side].key, r);
	bool outer = j->side[side].outer, null = join_isnull(j, key);
	bool met = false;
	int64_t t = rec_time(r);

	if (t < iv->T) {
		join_drop(j, side, r, key, nx);
		return;
	}
	if (null && !outer) {
		reject(nx);
		return;
	}
	interval_setkey(iv, key);
	if (!null)
		met = interval_meet(iv, side, r, key, nx);
	if (met && side == 0 && j->kind == JOIN_SEMI) {
		join_setkey(j, key);
		join_setrec(j, 0, r);
		join_emit(j, t, nx);
	}
	if (met && side == 0 && join_filters(j))
		return;
	if ((outer && !met) || (!null && t + iv->side[side].to >= iv->T))
		interval_keep(iv, side, r, met);
}
