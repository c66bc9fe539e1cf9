/* What the merged inputs' marks have come to, over a restart. */
#include "fit.h"
#include "merge.h"

void
merge_fits(const struct merge *m, struct snap *s)
{
	fit_int(s, "inputs", (int64_t)m->n);
}

void
merge_save(const struct merge *m, struct snap *s)
{
	const struct port *p;
	size_t i;

	snap_rec(s, "merge");
	snap_int(s, m->T);
	snap_int(s, m->valve.T);
	snap_int(s, m->idle);
	snap_int(s, (int64_t)m->feed->turn);
	snap_int(s, m->seq);
	snap_text(s, m->id.s, m->id.n - 1);
	if (m->committed.s != NULL)
		snap_text(s, m->committed.s, m->committed.n - 1);
	else
		snap_put(s, NULL_FIELD);
	for (i = 0; i < m->n; i++) {
		p = &m->valve.port[i];
		snap_rec(s, "input");
		snap_int(s, (int64_t)i);
		snap_int(s, p->max);
		snap_int(s, p->counts);
		snap_int(s, p->done);
		snap_int(s, m->v[i].idle);
		snap_int(s, m->v[i].pos);
	}
}

static void
merge_loadinput(struct merge *m, const struct rec *r)
{
	size_t i = snap_getsize(r, 1);
	struct port *p;

	if (i >= m->n)
		snap_bad(r);
	p = &m->valve.port[i];
	p->max = snap_getint(r, 2);
	p->counts = snap_getint(r, 3) != 0;
	p->done = snap_getint(r, 4) != 0;
	m->v[i].idle = snap_getint(r, 5) != 0;
	m->v[i].pos = snap_getint(r, 6);
}

static void
string_load(struct buf *b, const struct rec *r, size_t i)
{
	b->n = 0;
	snap_getraw(r, i, b);
	buf_addc(b, '\0');
}

bool
merge_load(struct merge *m, const struct rec *r)
{
	if (snap_is(r, "input", 6)) {
		merge_loadinput(m, r);
		return true;
	}
	if (!snap_is(r, "merge", 7))
		return false;
	m->T = snap_getint(r, 1);
	m->valve.T = snap_getint(r, 2);
	m->idle = snap_getint(r, 3) != 0;
	m->feed->turn = snap_getsize(r, 4);
	m->seq = snap_getint(r, 5);
	string_load(&m->id, r, 6);
	if (!field_isnull(snap_field(r, 7)))
		string_load(&m->committed, r, 7);
	if (m->feed->turn >= m->n || m->seq < 0)
		snap_bad(r);
	return true;
}
