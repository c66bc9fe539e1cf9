/* rowsnap - the rows of rows.c over a restart */
#include "dur.h"
#include "fit.h"
#include "rows.h"

void
rows_fits(const struct rows *rs, struct snap *s)
{
	fit_key(s, &rs->key);
	fit_window(s, &rs->window);
	snap_fit(s, "mode", rows_whens[rs->when]);
	fit_int(s, "lateness", rs->lateness);
	aggs_fit(&rs->aggs, s);
	/* a state of before there were panes has whole windows */
	if (win_panes(&rs->window))
		fit_int(s, "panes", rs->slide.rest > 0 ? 2 : 1);
}

int64_t
rows_size(const struct rows *rs)
{
	if (rs->T == INT64_MAX)
		return 0;
	return (int64_t)(rs->nrow + rs->sessions.n);
}

static struct field
key_of(const struct map_ent *e)
{
	return (struct field){ e->key, e->n };
}

static void
row_save(const struct rows *rs, struct map_ent *e, struct snap *s)
{
	const struct accrow *row = map_own(e);
	const struct cell *cell = map_own(e);
	char *acc = (char *)map_own(e) + rs->head;
	size_t i, n = (size_t)rs->nopen;

	snap_rec(s, "row");
	key_save(&rs->key, key_of(e), s);
	if (rs->window.kind == WINDOW_COUNT)
		snap_int(s, row->n);
	else if (rs->window.kind == WINDOW_NONE)
		snap_int(s, (int64_t)(row->time ^ (uint64_t)1 << 63));
	else if (win_panes(&rs->window))
		snap_int(s, (int64_t)cell->seq);
	for (i = 0; i < n; i++)
		aggs_save(&rs->aggs, acc + i * rs->aggs.size, s);
	for (i = 0; i < n; i++)
		aggs_rest(&rs->aggs, acc + i * rs->aggs.size, i, s);
}

static void
pane_save(const struct rows *rs, const struct pane *p, struct snap *s)
{
	if (!win_timed(&rs->window))
		return;
	snap_rec(s, win_panes(&rs->window) ? "pane" : "window");
	snap_int(s, p->w.start);
	snap_int(s, p->w.end);
}

static void
panes_save(struct rows *rs, struct snap *s)
{
	const struct table *t = &rs->table;
	struct pane *p;
	size_t i, k;

	for (i = t->first; i < t->n; i++) {
		p = t->v[i];
		pane_save(rs, p, s);
		for (k = 0; k < p->map.n; k++)
			row_save(rs, map_at(&p->map, k), s);
	}
}

#define AHEAD 16

/*
 * The k-th that has changed.  They lie far apart in memory, which takes long
 * to answer: it is asked early for those that come.
 */
static struct map_ent *
changed_at(const struct pane *p, size_t k)
{
	const uint32_t *i = p->touched;
	const struct map_ent *e;

	if (k + AHEAD < p->ntouched) {
		e = map_at(&p->map, i[k + AHEAD]);
		__builtin_prefetch(e);
		__builtin_prefetch(e + 1);
	}
	if (k + AHEAD / 2 < p->ntouched)
		__builtin_prefetch(map_at(&p->map, i[k + AHEAD / 2])->key);
	return map_at(&p->map, i[k]);
}

static void
panes_savenew(struct rows *rs, struct snap *s)
{
	struct table *t = &rs->table;
	struct pane *p;
	size_t i, k;

	table_order(t);
	for (i = 0; i < t->ntouched; i++) {
		p = t->touched[i];
		pane_save(rs, p, s);
		for (k = 0; k < p->ntouched; k++)
			row_save(rs, changed_at(p, k), s);
	}
}

static void
session_save(const struct rows *rs, struct session *x, struct snap *s)
{
	snap_rec(s, "session");
	snap_int(s, x->seq);
	key_save(&rs->key, key_of(x->key), s);
	snap_int(s, x->w.start);
	snap_int(s, x->w.end);
	aggs_save(&rs->aggs, session_acc(x), s);
	aggs_rest(&rs->aggs, session_acc(x), 0, s);
}

static void
sessions_save(struct rows *rs, struct snap *s)
{
	struct session **v;
	int64_t *gone;
	size_t i, n;

	gone = sessions_merged(&rs->sessions, &n);
	for (i = 0; !s->whole && i < n; i++) {
		snap_rec(s, "merged");
		snap_int(s, gone[i]);
	}
	v = s->whole ? sessions_all(&rs->sessions, &n) :
	    sessions_changed(&rs->sessions, &n);
	for (i = 0; i < n; i++)
		session_save(rs, v[i], s);
}

/*
 * What the watermark closes needs no record: who loads knows it from the time,
 * which stands in front.  At the end nothing is left.
 */
void
rows_save(struct rows *rs, struct snap *s)
{
	snap_rec(s, "time");
	snap_int(s, rs->T);
	snap_int(s, rs->aggs.seq);
	snap_int(s, rs->sessions.seq);
	if (rs->T != INT64_MAX) {
		(s->whole ? panes_save : panes_savenew)(rs, s);
		if (rs->window.kind == WINDOW_SESSION)
			sessions_save(rs, s);
	}
	table_calm(&rs->table);
	sessions_calm(&rs->sessions);
	rs->kept = true;
}

static void
time_load(struct rows *rs, const struct rec *r)
{
	rs->T = snap_getint(r, 1);
	rs->closed = win_closed(rs->T, rs->lateness);
	rs->aggs.seq = snap_getint(r, 2);
	rs->sessions.seq = snap_getint(r, 3);
	if (rs->closes || rs->T == INT64_MAX)
		rows_shut(rs);
	rs->load.p = NULL;
	if (!win_timed(&rs->window))
		rs->load.p = table_pane(&rs->table,
		    (struct span){ INT64_MIN, INT64_MAX });
}

static struct span
span_load(const struct rec *r, size_t i)
{
	struct span w = { snap_getint(r, i), snap_getint(r, i + 1) };

	if (w.start < -TIME_LIMIT || w.end > TIME_LIMIT || w.start >= w.end)
		snap_bad(r);
	return w;
}

static void
row_load(struct rows *rs, const struct rec *r)
{
	struct pane *p = rs->load.p;
	struct map_ent *e;
	struct field key;
	struct accrow *row;
	size_t i = 1 + rs->key.n, k;

	if (p == NULL)
		snap_bad(r);
	key = key_load(&rs->key, r, 1);
	e = win_panes(&rs->window) ? rows_cell(rs, p, key,
	    (uint64_t)snap_getsize(r, i++)) : rows_key(rs, p, key);
	row = map_own(e);
	if (rs->window.kind == WINDOW_COUNT)
		row->n = (int64_t)snap_getsize(r, i++);
	else if (rs->window.kind == WINDOW_NONE)
		row->time = (uint64_t)snap_getint(r, i++) ^ (uint64_t)1 << 63;
	rs->load.accs = (char *)map_own(e) + rs->head;
	rs->load.ar = &p->map.arena;
	for (k = 0; k < (size_t)rs->nopen; k++)
		i = aggs_load(&rs->aggs, rs->load.accs + k * rs->aggs.size, r,
		    i, rs->load.ar);
	if (i != r->nf)
		snap_bad(r);
}

static void
session_load(struct rows *rs, const struct rec *r)
{
	int64_t seq = snap_getint(r, 1);
	struct field key = key_load(&rs->key, r, 2);
	size_t i = 2 + rs->key.n;
	struct session *x = sessions_put(&rs->sessions, seq, key,
	    span_load(r, i));

	rs->load.accs = session_acc(x);
	rs->load.ar = &rs->sessions.arena;
	if (aggs_load(&rs->aggs, session_acc(x), r, i + 2, rs->load.ar) !=
	    r->nf)
		snap_bad(r);
}

static void
rows_loaded(struct rows *rs)
{
	struct table *t = &rs->table;
	size_t i;

	for (i = t->first; i < t->n; i++)
		t->v[i]->fired = rs->when == ROWS_APPEND &&
		    t->v[i]->w.end <= rs->T;
	if (win_timed(&rs->window))
		t->last = NULL;
	if (rs->window.kind == WINDOW_SESSION)
		sessions_loaded(&rs->sessions, rs->T);
	rs->kept = true;
}

void
rows_load(struct rows *rs, const struct rec *r)
{
	bool sessions = rs->window.kind == WINDOW_SESSION;
	bool panes = win_panes(&rs->window);

	if (r == NULL)
		rows_loaded(rs);
	else if (snap_is(r, "time", 3))
		time_load(rs, r);
	else if (!sessions && snap_word(r, "row"))
		row_load(rs, r);
	else if (!sessions && !panes && win_timed(&rs->window) && snap_is(r, "window", 2))
		rs->load.p = table_pane(&rs->table, span_load(r, 1));
	else if (panes && snap_is(r, "pane", 2))
		rs->load.p = table_pane(&rs->table, span_load(r, 1));
	else if (sessions && snap_word(r, "session"))
		session_load(rs, r);
	else if (sessions && snap_is(r, "merged", 1) &&
	    sessions_take(&rs->sessions, snap_getint(r, 1)))
		return;
	else if (rs->load.accs == NULL || !aggs_take(&rs->aggs, rs->load.accs,
	    rs->window.kind == WINDOW_COUNT ? (size_t)rs->nopen : 1, r,
	    rs->load.ar))
		snap_bad(r);
}
