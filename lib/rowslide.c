/* rowslide - the rows of rows.c in sliding windows that are put together from panes */
#include <string.h>

#include "dur.h"
#include "rows.h"

struct map_ent *
rows_cell(struct rows *rs, struct pane *p, struct field key, uint64_t seq)
{
	size_t had = p->map.n;
	struct map_ent *e = rows_key(rs, p, key);

	if (p->map.n > had)
		slide_add(&rs->slide, p, e, seq);
	return e;
}

/*
 * The rows of a closed window are due at the barrier, but a record that comes
 * before it may be late for that window and not for a newer one of its pane.
 */
static void
held_add(struct rows *rs, const struct rec *r)
{
	size_t i;

	buf_add(&rs->held, &r->time, sizeof r->time);
	for (i = 0; i < rs->nf; i++) {
		buf_add(&rs->held, &r->f[i].n, sizeof r->f[i].n);
		buf_add(&rs->held, r->f[i].s, r->f[i].n);
	}
}

static void
held_put(struct rows *rs, struct next *nx)
{
	const char *p = rs->held.s, *end;
	struct rec r = { .f = rs->f, .nf = rs->nf, .timed = true,
	    .text = true };
	size_t i;

	if (rs->held.n == 0)
		return;
	end = p + rs->held.n;
	while (p < end) {
		memcpy(&r.time, p, sizeof r.time);
		p += sizeof r.time;
		for (i = 0; i < rs->nf; i++) {
			memcpy(&rs->f[i].n, p, sizeof rs->f[i].n);
			rs->f[i].s = p += sizeof rs->f[i].n;
			p += rs->f[i].n;
		}
		emit(nx, &r);
	}
	rs->texts = false;
	rs->held.n = 0;
}

/* nx NULL: they are held. */
static void
slide_put(struct rows *rs, struct next *nx, struct field key,
    const struct span *w, int64_t time, const void *acc)
{
	struct rec r;

	if (rs->aggs.wide)
		aggs_over(&rs->aggs, acc, key);
	r = rows_make(rs, key, w, time, acc);
	if (nx == NULL)
		held_add(rs, &r);
	else
		emit(nx, &r);
}

/* What a record owes at once: in `each` mode, and late within the lateness. */
static void
slide_now(struct rows *rs, struct map_ent *e, struct rec *r, struct next *nx)
{
	struct span w;
	bool each = rs->when == ROWS_EACH;
	struct field key = { e->key, e->n };

	(void)win_first(&rs->window, rec_time(r), &w);
	slide_one(&rs->slide, map_own(e));
	do {
		if (!each && w.end <= rs->closed)
			continue;
		if (!each && w.end > rs->T)
			break;
		slide_put(rs, nx, key, &w, each ? rec_time(r) : w.end - 1,
		    slide_at(&rs->slide, &w));
	} while (win_next(&rs->window, rec_time(r), &w));
}

static void
slide_take(struct rows *rs, struct pane *p, struct rec *r, struct field key,
    struct next *nx)
{
	struct map_ent *e = rows_cell(rs, p, key,
	    (uint64_t)rs->aggs.seq + 1);
	struct cell *c = map_own(e);

	slide_change(&rs->slide, c);
	aggs_add(&rs->aggs, (char *)c + rs->head, r, &p->map.arena, key);
	if ((rs->kept || rs->when == ROWS_UPDATE) && e->mark == 0) {
		table_touch(&rs->table, p, e);
		if (rs->when == ROWS_UPDATE)
			slide_touch(&rs->slide, c);
	}
	/* the windows of a pane end with it or later */
	if (rs->when == ROWS_EACH ||
	    (rs->when == ROWS_APPEND && p->w.end <= rs->T))
		slide_now(rs, e, r, nx);
}

void
rows_slide(struct rows *rs, struct rec *r, struct field key, struct next *nx)
{
	struct pane *p = rs->table.last;
	int64_t t = rec_time(r);
	struct span w;

	if (p != NULL && t >= p->w.start && t < p->w.end &&
	    t <= TIME_LIMIT - rs->window.size) {
		slide_take(rs, p, r, key, nx);
		return;
	}
	(void)win_rec(&rs->window, r, &w);
	if (rs->closes && slide_last(&rs->slide, t) <= rs->closed)
		drop_late(nx, r);
	else
		slide_take(rs, table_pane(&rs->table,
		    slide_pane(&rs->slide, t)), r, key, nx);
}

/* The windows that end behind a time, up to another. */
static void
slide_rows(struct rows *rs, int64_t from, int64_t to, struct next *nx)
{
	bool touched = rs->when == ROWS_UPDATE;
	struct field key;
	struct span w;
	size_t i, n;
	const void *acc;

	while (slide_next(&rs->slide, from, touched, &w) && w.end <= to) {
		n = slide_turn(&rs->slide, &w, touched);
		for (i = 0; i < n; i++) {
			acc = slide_row(&rs->slide, i, &key);
			slide_put(rs, nx, key, &w, w.end - 1, acc);
		}
		from = w.end;
	}
}

void
rows_slid(struct rows *rs, int64_t T, int64_t closed, struct next *nx)
{
	rs->table.last = NULL;
	if (rs->when == ROWS_UPDATE && rs->closed > closed) {
		table_sort(&rs->table);
		slide_rows(rs, closed, rs->closed, NULL);
	} else if (rs->when == ROWS_APPEND) {
		slide_rows(rs, T, rs->T, nx);
		rows_shut(rs);
	}
}

void
rows_slides(struct rows *rs, struct next *nx)
{
	held_put(rs, nx);
	table_sort(&rs->table);
	slide_rows(rs, rs->when == ROWS_UPDATE ? rs->closed : INT64_MIN,
	    INT64_MAX, nx);
	slide_reset(&rs->slide);
}
