/*
 * What an interval join keeps, over a restart.  A snapshot has the slices with
 * their bounds, so that a key's rows stand in them in the same order again.
 */
#include <stdlib.h>

#include "floor.h"
#include "interval.h"

static void
row_save(const struct interval *iv, size_t side, const struct join_row *row,
    struct snap *s)
{
	const struct join *j = iv->join;
	const struct map_ent *e = row->key;

	snap_rec(s, side == 0 ? "left" : "right");
	snap_int(s, (int64_t)row->seq);
	snap_int(s, row->matched);
	snap_int(s, row->time);
	key_save(&j->side[0].key, (struct field){ e->key + sizeof(int64_t),
	    e->n - sizeof(int64_t) }, s);
	join_saverow(j, side, row, s);
}

static void
slice_save(const struct interval *iv, size_t side, struct slice *p,
    struct snap *s)
{
	const struct join_row *row;
	const struct chain *c;
	size_t i;

	if (s->whole || !p->saved) {
		snap_rec(s, "slice");
		snap_int(s, (int64_t)side);
		snap_int(s, p->start);
		snap_int(s, p->end);
		p->saved = true;
	}
	if (s->whole) {
		for (i = 0; i < p->map.n; i++) {
			c = map_own(map_at(&p->map, i));
			for (row = c->first; row != NULL; row = row->link)
				row_save(iv, side, row, s);
		}
	} else {
		for (i = 0; i < p->nfresh; i++)
			row_save(iv, side, p->fresh[i], s);
	}
	p->nfresh = 0;
}

/* What was matched stands first: when it is loaded, those rows are still there. */
void
interval_save(struct interval *iv, struct snap *s)
{
	const struct slices *k;
	size_t i, side;

	for (i = 0; i < iv->nmatched && !s->whole; i++) {
		snap_rec(s, "matched");
		snap_int(s, (int64_t)iv->matched[i]);
	}
	iv->nmatched = 0;
	snap_rec(s, "time");
	snap_int(s, iv->T);
	snap_int(s, (int64_t)iv->seq);
	for (side = 0; side < 2; side++) {
		k = &iv->side[side].kept;
		for (i = k->first; i < k->n; i++)
			slice_save(iv, side, k->v[i], s);
	}
	iv->saved = iv->seq;
	iv->tracks = true;
}

/* To the row of that number, while loading; NULL where matches mean nothing. */
static struct join_row **
row_byseq(struct interval *iv, uint64_t seq)
{
	if (!iv->side[0].marks && !iv->side[1].marks)
		return NULL;
	if (iv->byseq == NULL) {
		iv->byseq = mem_alloc(sizeof *iv->byseq);
		map_init(iv->byseq, sizeof(struct join_row *));
	}
	return map_own(map_get(iv->byseq, (char *)&seq, sizeof seq));
}

/* Calls back with the rows of a side; gone: only those of slices that are to be dropped. */
static void
rows_each(struct interval *iv, size_t side, bool gone,
    void (*each)(struct interval *, size_t, struct join_row *))
{
	const struct interval_side *is = &iv->side[side];
	const struct slices *k = &is->kept;
	struct join_row *row;
	struct slice *p;
	size_t i, n;

	for (i = k->first; i < k->n; i++) {
		p = k->v[i];
		if (gone && p->end + is->to >= iv->T)
			return;
		for (n = 0; n < p->map.n; n++) {
			row = ((struct chain *)map_own(map_at(&p->map,
			    n)))->first;
			for (; row != NULL; row = row->link)
				each(iv, side, row);
		}
	}
}

static void
row_forget(struct interval *iv, size_t side, struct join_row *row)
{
	struct join_row **at = row_byseq(iv, row->seq);

	(void)side;
	if (at != NULL)
		*at = NULL;
}

static void
row_await(struct interval *iv, size_t side, struct join_row *row)
{
	struct interval_side *s = &iv->side[side];

	/* what was due is out */
	if (!row->matched && row->time + s->to + 1 >= iv->T)
		heap_add(&s->due, (struct wait){ row->time, row->seq, row });
}

static void
interval_loaded(struct interval *iv)
{
	size_t side;

	for (side = 0; side < 2; side++)
		if (iv->join->side[side].outer)
			rows_each(iv, side, false, row_await);
	if (iv->byseq != NULL)
		map_free(iv->byseq);
	free(iv->byseq);
	iv->byseq = NULL;
	iv->saved = iv->seq;
	iv->tracks = true;
}

static void
time_load(struct interval *iv, const struct rec *r)
{
	size_t side;

	iv->T = snap_getint(r, 1);
	iv->seq = snap_getsize(r, 2);
	for (side = 0; side < 2; side++) {
		rows_each(iv, side, true, row_forget);
		slices_drop(&iv->side[side].kept, iv->side[side].to, iv->T);
	}
}

static void
slice_load(struct interval *iv, const struct rec *r)
{
	size_t side = snap_getsize(r, 1), i;
	int64_t start = snap_getint(r, 2), end = snap_getint(r, 3);
	struct slices *k;
	struct slice *p;

	if (side > 1)
		snap_bad(r);
	k = &iv->side[side].kept;
	i = slices_find(k, start);
	if (start >= end || (i < k->n && k->v[i]->start < end))
		snap_bad(r);
	p = slices_put(k, i, start, end);
	p->saved = true;
}

static void
row_load(struct interval *iv, size_t side, const struct rec *r)
{
	struct interval_side *s = &iv->side[side];
	const struct key *key = &iv->join->side[0].key;
	int64_t t = snap_getint(r, 3);
	size_t i = slices_find(&s->kept, t);
	struct join_row *row, **at;
	struct slice *p;
	struct field k;

	if (i == s->kept.n || (p = s->kept.v[i])->start > t)
		snap_bad(r);
	interval_setkey(iv, key_load(key, r, 4));
	k = interval_key(iv, floor_div(t, iv->cell));
	row = join_loadrow(iv->join, side, r, 4 + key->n, t, &p->map.arena);
	row->seq = snap_getsize(r, 1);
	row->matched = snap_getint(r, 2) != 0;
	slice_add(map_get(&p->map, k.s, k.n), row);
	if ((at = row_byseq(iv, row->seq)) != NULL)
		*at = row;
	if (t > s->newest)
		s->newest = t;
}

bool
interval_load(struct interval *iv, const struct rec *r)
{
	const struct join *j = iv->join;
	size_t nkey = j->side[0].key.n;
	struct join_row **at;

	if (r == NULL) {
		interval_loaded(iv);
	} else if (snap_is(r, "left", 3 + nkey + j->side[0].ncol)) {
		row_load(iv, 0, r);
	} else if (snap_is(r, "right", 3 + nkey + j->side[1].ncol)) {
		row_load(iv, 1, r);
	} else if (snap_is(r, "matched", 1)) {
		at = row_byseq(iv, snap_getsize(r, 1));
		if (at != NULL && *at != NULL)
			(*at)->matched = true;
	} else if (snap_is(r, "slice", 3)) {
		slice_load(iv, r);
	} else if (snap_is(r, "time", 2)) {
		time_load(iv, r);
	} else {
		return false;
	}
	return true;
}
