/* rows - accumulators by key and window, and when their rows come out */
#include <err.h>
#include <inttypes.h>

#include "die.h"
#include "rows.h"

const char *const rows_whens[ROWS_WHENS] = { "append", "update", "complete",
    "each" };

void
rows_init(struct rows *rs)
{
	const struct window *w = &rs->window;
	size_t own;

	rs->T = rs->closed = INT64_MIN;
	rs->closes = rs->when == ROWS_APPEND || rs->when == ROWS_UPDATE;
	rs->nf = 1 + rs->key.n + (win_timed(w) ? 2 : 0) + rs->aggs.n;
	rs->f = mem_grow(NULL, rs->nf, sizeof *rs->f);
	rs->at = mem_grow(NULL, rs->nf + 1, sizeof *rs->at);
	buf_room(&rs->b, 1);		/* a row of one empty text has an address */
	if (w->kind == WINDOW_SESSION)
		sessions_init(&rs->sessions, &rs->aggs, rs->lateness,
		    !rs->closes);
	rs->nopen = 1;
	if (w->kind == WINDOW_COUNT)
		rs->nopen = (w->size - 1) / w->slide + 1;
	if (__builtin_mul_overflow((size_t)rs->nopen, rs->aggs.size, &own) ||
	    own > (size_t)1 << 30)
		errx(EXIT_BAD, "count windows of %" PRId64 " every %" PRId64
		    " records are too many for one key", w->size, w->slide);
	rs->head = sizeof(struct accrow);
	table_init(&rs->table, rs->head + own);
	if (win_panes(w)) {
		rs->head = sizeof(struct cell) + rs->aggs.size;
		slide_init(&rs->slide, w, &rs->aggs, &rs->table);
	}
	if (!win_timed(w))
		table_pane(&rs->table, (struct span){ INT64_MIN, INT64_MAX });
}

/* Time and window, as text: mostly those of the row before. */
static void
rows_texts(struct rows *rs, const struct span *w, int64_t time)
{
	size_t i = 1 + rs->key.n;

	if (!rs->texts || time != rs->time) {
		rs->time = time;
		rs->f[0] = (struct field){ rs->timetext,
		    num_putint(rs->timetext, time) };
	}
	if (rs->texts && (w == NULL || (w->start == rs->span.start &&
	    w->end == rs->span.end)))
		return;
	rs->texts = true;
	rs->nwhen = 0;
	rs->b.n = 0;
	rs->at[i] = 0;
	if (!win_timed(&rs->window))
		return;
	rs->span = *w;
	buf_addint(&rs->b, w->start);
	buf_addc(&rs->b, '\t');
	rs->at[++i] = rs->b.n;
	buf_addint(&rs->b, w->end);
	buf_addc(&rs->b, '\t');
	rs->at[++i] = rs->nwhen = rs->b.n;
}

/* Columns have TABs between, so that they are written as one. */
struct rec
rows_make(struct rows *rs, struct field key, const struct span *w,
    int64_t time, const void *acc)
{
	struct rec r = { .f = rs->f, .nf = rs->nf, .time = time,
	    .timed = true, .text = true };
	size_t first = 1 + rs->key.n, i = rs->nf - rs->aggs.n, k;

	key_split(&rs->key, key, rs->f + 1);
	rows_texts(rs, w, time);
	rs->b.n = rs->nwhen;
	for (k = 0; k < rs->aggs.n; k++) {
		aggs_print(&rs->aggs, k, acc, &rs->b);
		buf_addc(&rs->b, '\t');
		rs->at[++i] = rs->b.n;
	}
	for (i = first; i < rs->nf; i++)
		rs->f[i] = (struct field){ rs->b.s + rs->at[i],
		    rs->at[i + 1] - rs->at[i] - 1 };
	return r;
}

static void
rows_put(struct rows *rs, struct next *nx, const struct map_ent *e,
    const struct span *w, int64_t time, const void *acc)
{
	struct rec r = rows_make(rs, (struct field){ e->key, e->n }, w,
	    time, acc);

	emit(nx, &r);
}

static void
rows_entry(struct rows *rs, struct next *nx, const struct pane *p,
    struct map_ent *e)
{
	const struct accrow *row = map_own(e);

	rows_put(rs, nx, e, &p->w, win_timed(&rs->window) ? p->w.end - 1 :
	    (int64_t)(row->time ^ (uint64_t)1 << 63), row + 1);
}

static void
rows_take(struct rows *rs, struct pane *p, struct rec *r,
    struct field key, struct next *nx)
{
	struct map_ent *e = rows_key(rs, p, key);
	struct accrow *row = map_own(e);
	uint64_t t;

	if (rs->window.kind == WINDOW_NONE &&
	    (t = (uint64_t)rec_time(r) ^ (uint64_t)1 << 63) > row->time)
		row->time = t;
	aggs_add(&rs->aggs, row + 1, r, &p->map.arena, key);
	if (rs->kept || rs->when == ROWS_UPDATE)
		table_touch(&rs->table, p, e);
	if (rs->when == ROWS_EACH)
		rows_put(rs, nx, e, &p->w, rec_time(r), row + 1);
	else if (rs->when == ROWS_APPEND && p->w.end <= rs->T) {
		p->fired = true;	/* late, within the lateness */
		rows_entry(rs, nx, p, e);
	}
}

static void
rows_windows(struct rows *rs, struct rec *r, struct field key,
    struct next *nx)
{
	struct span w;
	bool late = true;

	if (!win_rec(&rs->window, r, &w)) {
		/* late by its own time, as Flink's WindowOperator.isElementLate */
		if (rs->closes && rec_time(r) < rs->closed)
			drop_late(nx, r);
		else
			reject(nx);
		return;
	}
	do {
		if (rs->closes && w.end <= rs->closed)
			continue;
		late = false;
		rows_take(rs, table_pane(&rs->table, w), r, key, nx);
	} while (win_next(&rs->window, rec_time(r), &w));
	if (late)
		drop_late(nx, r);
}

static void
rows_session(struct rows *rs, struct rec *r, struct field key,
    struct next *nx)
{
	struct session *s = sessions_add(&rs->sessions, key,
	    win_session(&rs->window, r), r);

	if (s == NULL)
		drop_late(nx, r);
	else if (rs->when == ROWS_EACH)
		rows_put(rs, nx, s->key, &s->w, rec_time(r), session_acc(s));
	else if (s->fired)
		rows_put(rs, nx, s->key, &s->w, s->w.end - 1, session_acc(s));
}

/*
 * Window k of a key ends with its record k * slide and has the last `size` up
 * to there, as Flink's countWindow(size, slide).
 */
static void
rows_count(struct rows *rs, struct rec *r, struct field key,
    struct next *nx)
{
	struct pane *p = rs->table.v[0];
	struct map_ent *e = rows_key(rs, p, key);
	struct accrow *row = map_own(e);
	const struct window *w = &rs->window;
	int64_t k = row->n / w->slide + 1;
	int64_t left = w->slide - 1 - row->n % w->slide;	/* until k ends */
	int64_t n = ++row->n;
	char *acc = (char *)(row + 1);

	if (rs->kept)
		table_touch(&rs->table, p, e);
	if (left >= w->size)
		reject(nx);
	for (; left < w->size; k++, left += w->slide)
		aggs_add(&rs->aggs,
		    acc + (size_t)(k % rs->nopen) * rs->aggs.size, r,
		    &p->map.arena, key);
	if (n % w->slide == 0) {
		acc += (size_t)(n / w->slide % rs->nopen) * rs->aggs.size;
		rows_put(rs, nx, e, NULL, rec_time(r), acc);
		aggs_clear(&rs->aggs, acc);
	}
}

void
rows_data(struct rows *rs, struct rec *r, struct next *nx)
{
	struct pane *p = rs->table.last;
	struct field key = key_text(&rs->key, r);

	rs->news = true;
	switch (rs->window.kind) {
	case WINDOW_TUMBLING:
		if (p != NULL && (uint64_t)(rec_time(r) - p->w.start) <
		    (uint64_t)rs->window.size)
			rows_take(rs, p, r, key, nx);
		else
			rows_windows(rs, r, key, nx);
		break;
	case WINDOW_SLIDING:
		(win_panes(&rs->window) ? rows_slide : rows_windows)(rs, r,
		    key, nx);
		break;
	case WINDOW_SESSION:
		rows_session(rs, r, key, nx);
		break;
	case WINDOW_COUNT:
		rows_count(rs, r, key, nx);
		break;
	case WINDOW_NONE:
		rows_take(rs, p, r, key, nx);
		break;
	}
}

static void
rows_pane(struct rows *rs, struct next *nx, struct pane *p)
{
	size_t i;

	for (i = 0; i < p->map.n; i++)
		rows_entry(rs, nx, p, map_at(&p->map, i));
}

static void
rows_due(struct rows *rs, struct next *nx)
{
	struct session **v;
	size_t i, n;

	v = sessions_due(&rs->sessions, rs->T, &n);
	for (i = 0; i < n; i++)
		rows_put(rs, nx, v[i]->key, &v[i]->w, v[i]->w.end - 1,
		    session_acc(v[i]));
	sessions_close(&rs->sessions);
}

void
rows_shut(struct rows *rs)
{
	struct table *t = &rs->table;
	bool panes = win_panes(&rs->window);
	const struct pane *p;

	while (t->first < t->n) {
		p = t->v[t->first];
		if ((panes ? slide_last(&rs->slide, p->w.start) : p->w.end) >
		    rs->closed)
			break;
		rs->nrow -= p->map.n;
		if (panes)
			slide_drop(&rs->slide);
		else
			table_drop(t);
	}
}

int64_t
rows_mark(struct rows *rs, int64_t T, struct next *nx)
{
	struct table *t = &rs->table;
	int64_t before = rs->T, closed = rs->closed;
	size_t i;

	rs->T = T;
	rs->closed = win_closed(T, rs->lateness);
	if (win_panes(&rs->window)) {
		rows_slid(rs, before, closed, nx);
		return T;
	}
	if (rs->when != ROWS_APPEND) {
		if (win_timed(&rs->window))
			t->last = NULL;
		return T;
	}
	switch (rs->window.kind) {
	case WINDOW_NONE:
		if (T == INT64_MAX)
			rows_pane(rs, nx, t->v[0]);
		/* only the end brings rows, and of any time */
		return INT64_MIN;
	case WINDOW_COUNT:
		return T;
	case WINDOW_SESSION:
		rows_due(rs, nx);
		return T;
	default:
		/* with a lateness there may be many older ones */
		for (i = table_after(t, before);
		    i < t->n && t->v[i]->w.end <= T; i++) {
			if (!t->v[i]->fired)
				rows_pane(rs, nx, t->v[i]);
			t->v[i]->fired = true;
		}
		rows_shut(rs);
		t->last = NULL;
		return T;
	}
}

static void
rows_touched(struct rows *rs, struct next *nx)
{
	struct table *t = &rs->table;
	struct pane *p;
	size_t i, k;

	table_order(t);
	for (i = 0; i < t->ntouched; i++) {
		p = t->touched[i];
		for (k = 0; k < p->ntouched; k++)
			rows_entry(rs, nx, p, map_at(&p->map, p->touched[k]));
	}
}

static void
rows_updated(struct rows *rs, struct next *nx)
{
	struct table *t = &rs->table;

	(win_panes(&rs->window) ? rows_slides : rows_touched)(rs, nx);
	/* else the snapshot, which comes next, has use for them */
	if (!rs->kept)
		table_calm(t);
	if (win_timed(&rs->window))
		rows_shut(rs);
}

static void
rows_all(struct rows *rs, struct next *nx)
{
	struct session **v;
	size_t i, n;

	if (win_panes(&rs->window)) {
		rows_slides(rs, nx);
		return;
	}
	for (i = rs->table.first; i < rs->table.n; i++)
		rows_pane(rs, nx, rs->table.v[i]);
	if (rs->window.kind != WINDOW_SESSION)
		return;
	v = sessions_all(&rs->sessions, &n);
	for (i = 0; i < n; i++)
		rows_put(rs, nx, v[i]->key, &v[i]->w, v[i]->w.end - 1,
		    session_acc(v[i]));
}

void
rows_epoch(struct rows *rs, struct next *nx)
{
	if (rs->when == ROWS_UPDATE)
		rows_updated(rs, nx);
	else if (rs->when == ROWS_COMPLETE && rs->news)
		rows_all(rs, nx);
	rs->news = false;
}
