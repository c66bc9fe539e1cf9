#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"
#include "epoch.h"
#include "merge.h"
#include "num.h"

static const char committed[] = "committed=";

static void
string_set(struct buf *b, const char *s, size_t n)
{
	b->n = 0;
	buf_add(b, s, n);
	buf_addc(b, '\0');
}

/* The headings of all.  False: one has none, and the others are read to their end. */
static bool
merge_heads(struct feed *f)
{
	size_t i, left = f->n, rest = 0;
	struct rec r;
	enum event e;

	while (left > 0) {
		e = feed_next(f, &i, &r);
		if (e != STREAM_HEAD && e != STREAM_STOP)
			continue;
		f->v[i].want = false;
		left--;
		rest += e == STREAM_HEAD;
	}
	f->turn = 0;
	if (rest == f->n)
		return true;
	for (i = 0; i < f->n; i++)
		f->v[i].want = f->v[i].s.headed;
	while (rest > 0) {
		e = feed_next(f, &i, &r);
		if (e != STREAM_STOP && e != STREAM_END)
			continue;
		f->v[i].want = false;
		rest--;
	}
	return false;
}

bool
merge_open(struct merge *m, struct feed *f, struct next *next)
{
	const struct feed_input *v;
	const char *id, *first = NULL;
	size_t i;

	*m = (struct merge){ .n = f->n, .feed = f, .next = next,
	    .T = INT64_MIN, .seq = -1 };
	m->v = mem_alloc(f->n * sizeof *m->v);
	for (i = 0; i < f->n; i++)
		m->v[i].pos = INT64_MIN;
	string_set(&m->id, "", 0);
	valve_init(&m->valve, f->n, 0);
	if (!merge_heads(f)) {
		chain_none(next);
		return false;
	}
	for (v = f->v; v < f->v + f->n; v++) {
		if ((id = v->s.restore.s) == NULL)
			continue;
		if (first != NULL && strcmp(id, first) != 0)
			errx(EXIT_BAD, "the inputs resume at different epochs, "
			    "%s and %s", show(first, strlen(first)),
			    show(id, strlen(id)));
		first = id;
	}
	return true;
}

const char *
merge_restore(const struct merge *m)
{
	size_t i;

	for (i = 0; i < m->n; i++)
		if (m->feed->v[i].s.restore.s != NULL)
			return m->feed->v[i].s.restore.s;
	return NULL;
}

enum event
merge_behind(struct merge *m, size_t *i, struct rec *r)
{
	struct feed_input *in = m->feed->v;
	size_t k, behind = m->n;
	enum event e;
	int64_t t;
	bool any;

	for (k = 0; k < m->n; k++)
		if (!m->v[k].waits &&
		    (behind == m->n || m->v[k].pos < m->v[behind].pos))
			behind = k;
	any = m->v[behind].idle && !feed_has(m->feed, behind);
	for (k = 0; k < m->n; k++)
		in[k].want = k == behind || (any && !m->v[k].waits);
	m->feed->turn = behind;
	e = feed_next(m->feed, i, r);
	if (e == STREAM_DATA || e == STREAM_MARK) {
		t = e == STREAM_DATA ? rec_time(r) : in[*i].s.T;
		if (t > m->v[*i].pos)
			m->v[*i].pos = t;
	}
	return e;
}

/* -1: it is none. */
static int64_t
id_seq(const char *id)
{
	int64_t seq;

	return epoch_seq(id, &seq) != NULL ? seq : -1;
}

/* The next argument behind s, or NULL. */
static const char *
args_next(const char *s)
{
	s = strchr(s, '\t');
	return s != NULL ? s + 1 : NULL;
}

/* What a barrier says was committed, if it is more than was known. */
static void
merge_committed(struct merge *m, const char *args)
{
	const char *s;

	for (s = args; (s = args_next(s)) != NULL;) {
		if (strncmp(s, committed, sizeof committed - 1) != 0)
			continue;
		s += sizeof committed - 1;
		if (m->committed.s == NULL ||
		    id_seq(s) > id_seq(m->committed.s))
			string_set(&m->committed, s, strcspn(s, "\t"));
	}
}

/* The arguments with what is known to be committed. */
static void
merge_put(struct merge *m, const char *args)
{
	struct buf b = { 0 };
	const char *s;

	for (s = args; s != NULL; s = args_next(s)) {
		if (s != args &&
		    strncmp(s, committed, sizeof committed - 1) == 0)
			continue;
		if (s != args)
			buf_addc(&b, '\t');
		buf_add(&b, s, strcspn(s, "\t"));
	}
	if (m->committed.s != NULL) {
		buf_addc(&b, '\t');
		buf_adds(&b, committed);
		buf_adds(&b, m->committed.s);
	}
	buf_addc(&b, '\0');
	m->seq = id_seq(args);
	string_set(&m->id, args, strcspn(args, "\t"));
	m->fresh = true;
	chain_barrier(m->next, b.s);
	buf_free(&b);
}

/* Barriers that every input has reached. */
static void
merge_barriers(struct merge *m)
{
	struct merge_input *v, *end = m->v + m->n, *first;

	for (;;) {
		for (first = NULL, v = m->v; v < end; v++) {
			if (!v->waits)
				return;
			if (!v->stopped && !v->ended &&
			    (first == NULL || v->seq < first->seq))
				first = v;
		}
		if (first == NULL)
			return;
		merge_put(m, first->args.s);
		for (v = m->v; v < end; v++)
			if (!v->stopped && !v->ended && v->seq == m->seq)
				v->waits = false;
	}
}

/* What the valve let through, and whether there is nothing at all now. */
static void
merge_settle(struct merge *m)
{
	bool idle = false;
	size_t i;

	if (m->valve.T > m->T) {
		m->T = m->valve.T;
		m->fresh = false;
		chain_mark(m->next, m->T);
	}
	for (i = 0; i < m->n; i++) {
		/* not v->ended: one that had ended before a restart says so only later */
		if (!m->valve.port[i].done && !m->v[i].idle)
			return;
		idle = idle || m->v[i].idle;
	}
	if (idle && !m->idle) {
		m->idle = true;
		chain_line(m->next, "#idle", 5);
	}
}

void
merge_wake(struct merge *m, size_t i)
{
	m->v[i].idle = m->idle = false;
	valve_move(&m->valve, i, m->valve.port[i].max);
}

static void
merge_barrier(struct merge *m, size_t i, const struct rec *r)
{
	const struct buf *args = &m->feed->v[i].s.args;
	struct merge_input *v = &m->v[i];
	int64_t seq = id_seq(args->s);

	if (seq < 0)
		rec_bad(r, "#barrier: not an ID such as 17.0: \"%s\"",
		    show(args->s, strcspn(args->s, "\t")));
	if (seq <= m->seq)
		rec_bad(r, "#barrier %s comes behind %s",
		    show(args->s, strcspn(args->s, "\t")), m->id.s);
	v->seq = seq;
	v->waits = true;
	string_set(&v->args, args->s, args->n - 1);
	merge_committed(m, args->s);
	merge_barriers(m);
}

/* The input is at its end: what that lets the others do. */
static void
merge_done(struct merge *m, size_t i)
{
	const struct buf *args = &m->feed->v[i].s.args;
	struct merge_input *v = &m->v[i];

	v->waits = v->ended = true;
	v->idle = false;
	string_set(&v->args, args->s, args->n - 1);
	valve_done(&m->valve, i);
	for (v = m->v; v < m->v + m->n; v++)
		if (v->idle) {
			/* none may count any more: then the largest is the watermark */
			valve_idle(&m->valve, (size_t)(v - m->v));
			break;
		}
}

/* #stop stands right behind a barrier: makes one, if there is none. */
static void
merge_stop(struct merge *m)
{
	const struct merge_input *v, *last = NULL;
	struct buf b = { 0 };

	for (v = m->v; v < m->v + m->n; v++)
		if (v->ended && id_seq(v->args.s) > m->seq &&
		    (last == NULL || id_seq(v->args.s) > id_seq(last->args.s)))
			last = v;
	if (last != NULL) {
		merge_put(m, last->args.s);
	} else if (!m->fresh) {
		buf_addint(&b, m->seq + 1);
		buf_adds(&b, m->id.s + strcspn(m->id.s, "."));
		buf_addc(&b, '\0');
		merge_put(m, b.s);
		buf_free(&b);
	}
	chain_stop(m->next);
}

static void
merge_end(struct merge *m)
{
	const struct merge_input *v, *last = m->v;

	for (v = m->v; v < m->v + m->n; v++)
		if (id_seq(v->args.s) > id_seq(last->args.s))
			last = v;
	m->seq = id_seq(last->args.s);
	string_set(&m->id, last->args.s, strcspn(last->args.s, "\t"));
	chain_end(m->next, last->args.s);
}

/* An input stopped or ended: whether it was the last one. */
static bool
merge_over(struct merge *m)
{
	const struct merge_input *v;
	bool stopped = false;

	for (v = m->v; v < m->v + m->n; v++) {
		if (!v->stopped && !v->ended)
			return false;
		stopped = stopped || v->stopped;
	}
	if (stopped)
		merge_stop(m);
	else
		merge_end(m);
	return true;
}

bool
merge_event(struct merge *m, size_t i, enum event e, const struct rec *r)
{
	struct merge_input *v = &m->v[i];
	struct field line;

	switch (e) {
	case STREAM_NONE:
	case STREAM_HEAD:
	case STREAM_DATA:
		return false;
	case STREAM_MARK:
		if (v->idle)
			merge_wake(m, i);
		valve_move(&m->valve, i, m->feed->v[i].s.T);
		merge_settle(m);
		return false;
	case STREAM_IDLE:
		v->idle = true;
		valve_idle(&m->valve, i);
		merge_settle(m);
		return false;
	case STREAM_LINE:
		line = rec_line(r);
		m->fresh = false;
		chain_line(m->next, line.s, line.n);
		return false;
	case STREAM_BARRIER:
		merge_barrier(m, i, r);
		return false;
	case STREAM_STOP:
		v->waits = v->stopped = true;
		v->idle = false;
		break;
	case STREAM_END:
		merge_done(m, i);
		break;
	}
	if (merge_over(m))
		return true;
	merge_settle(m);
	merge_barriers(m);
	return false;
}
