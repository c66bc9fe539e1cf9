#include <stdlib.h>
#include <string.h>

#include "match.h"

/* An edge to take, and the stage it takes a record for. */
struct way { const struct edge *e; size_t stage; };

static struct partial
partial_at(struct partial p, const struct state *at, struct step *last)
{
	p.at = at;
	p.last = last;
	if (last != NULL)
		last->refs++;
	return p;
}

static void
stack_push(struct matcher *m, size_t n, const struct state *s)
{
	if (n == m->capstack) {
		m->capstack = n ? 2 * n : 16;
		m->stack = mem_grow(m->stack, m->capstack, sizeof *m->stack);
	}
	m->stack[n] = s;
}

static void
way_add(struct matcher *m, const struct edge *e, size_t stage)
{
	if (m->nway == m->capway) {
		m->capway = m->nway ? 2 * m->nway : 16;
		m->way = mem_grow(m->way, m->capway, sizeof *m->way);
	}
	m->way[m->nway++] = (struct way){ e, stage };
}

/* All edges that the record may go along from a state. */
static void
ways_find(struct matcher *m, const struct state *s)
{
	const struct edge *e;
	size_t i, n = 0;

	m->nway = 0;
	stack_push(m, n++, s);
	while (n > 0) {
		s = m->stack[--n];
		for (i = 0; i < s->n; i++) {
			e = &s->v[i];
			if (!guard_holds(&e->guard, m->is))
				continue;
			if (e->act == ACT_PROCEED)
				stack_push(m, n++, e->to);
			else
				way_add(m, e, s->stage);
		}
	}
}

/* Whether nothing more is needed: the final state, or NULL. */
static const struct state *
state_final(struct matcher *m, const struct state *s)
{
	const struct edge *e;
	size_t i, n = 0;

	stack_push(m, n++, s);
	while (n > 0) {
		s = m->stack[--n];
		for (i = 0; i < s->n; i++) {
			e = &s->v[i];
			if (e->act != ACT_PROCEED ||
			    !guard_holds(&e->guard, m->is))
				continue;
			if (e->to->kind == STATE_FINAL)
				return e->to;
			stack_push(m, n++, e->to);
		}
	}
	return NULL;
}

/* What becomes of a partial match with the record, in m->out. */
static void
partial_next(struct matcher *m, const struct partial *p)
{
	bool fresh = p->start == START_NONE;
	const struct state *final;
	struct partial q = *p;
	struct step *s;
	size_t i;

	m->out.n = 0;
	ways_find(m, p->at);
	if (fresh) {
		q.start = m->steps.seq;
		q.from = m->steps.rec->time;
	}
	for (i = 0; i < m->nway; i++) {
		const struct edge *e = m->way[i].e;

		if (e->act == ACT_IGNORE) {
			if (!fresh)
				partials_append(&m->out,
				    partial_at(q, e->to, p->last));
			continue;
		}
		s = step_new(&m->steps, m->way[i].stage, p->last);
		partials_append(&m->out, partial_at(q, e->to, s));
		if ((final = state_final(m, e->to)) != NULL)
			partials_append(&m->out, partial_at(q, final, s));
	}
	if (fresh)
		partials_append(&m->out, *p);
}

/* Where after-match skip leads to; 0: nowhere. */
static uint64_t
skip_to(const struct matcher *m, const struct partial *p)
{
	const struct step *s;
	uint64_t to = 0;

	switch (m->skip) {
	case SKIP_NONE:
		break;
	case SKIP_NEXT:
		return p->start + 1;
	case SKIP_PAST:
		return step_seq(p->last) + 1;
	case SKIP_FIRST:
	case SKIP_LAST:
		for (s = p->last; s != NULL; s = s->prev)
			if (s->stage == m->stage) {
				to = step_seq(s);
				if (m->skip == SKIP_LAST)
					break;
			}
		break;
	}
	return to;
}

static void
partials_prune(struct matcher *m, struct partials *h, uint64_t to)
{
	size_t i, k = 0;

	for (i = 0; i < h->n; i++)
		if (h->v[i].start < to)
			step_drop(&m->steps, h->v[i].last);
		else
			h->v[k++] = h->v[i];
	if (k == h->n)
		return;
	h->n = k;
	partials_order(h);
}

/*
 * Lets the matches in m->maybe and those that waited go, the oldest first.
 * When some are to be skipped, a match waits while an older one may come.
 */
static void
track_emit(struct matcher *m, struct track *t, struct partials *part,
    int64_t time)
{
	struct partial p;
	struct found f;
	size_t i;
	uint64_t to;

	for (i = 0; i < m->maybe.n; i++)
		partials_add(&t->done, m->maybe.v[i]);
	m->maybe.n = 0;
	while (t->done.n > 0) {
		if (m->skip != SKIP_NONE && part->n > 0 &&
		    t->done.v[0].start > part->v[0].start)
			break;
		p = partials_poll(&t->done);
		to = skip_to(m, &p);
		partials_prune(m, part, to);
		partials_prune(m, &t->done, to);
		f = (struct found){ false, time, p.last };
		if (p.at->kind == STATE_PENDING)
			f.time = p.from + m->within;
		m->found(m->arg, t, &f);
		step_drop(&m->steps, p.last);
	}
}

static void
track_timeouts(struct matcher *m, const struct track *t)
{
	struct partial p;
	struct found f;
	size_t i, k;

	/* by start; few, and mostly so already */
	for (i = 1; i < m->late.n; i++) {
		p = m->late.v[i];
		for (k = i; k > 0 && m->late.v[k - 1].start > p.start; k--)
			m->late.v[k] = m->late.v[k - 1];
		m->late.v[k] = p;
	}
	for (i = 0; i < m->late.n; i++) {
		f = (struct found){ true, m->late.v[i].from + m->within,
		    m->late.v[i].last };
		m->found(m->arg, t, &f);
		step_drop(&m->steps, m->late.v[i].last);
	}
	m->late.n = 0;
}

static bool
partial_due(const struct matcher *m, const struct partial *p, int64_t now)
{
	return p->start != START_NONE && p->from + m->within <= now;
}

/* What is over the limit ends: as a match if it waited that nothing comes. */
static void
track_time(struct matcher *m, struct track *t, int64_t now)
{
	struct partials *h = &t->part;
	int64_t last = INT64_MIN;
	size_t i, k = 0;

	t->now = now;
	if (m->within == 0 || h->n == 0 || !partial_due(m, &h->v[0], now))
		return;
	for (i = 0; i < h->n; i++) {
		if (!partial_due(m, &h->v[i], now)) {
			h->v[k++] = h->v[i];
			continue;
		}
		if (last < h->v[i].from + m->within)
			last = h->v[i].from + m->within;
		if (h->v[i].at->kind == STATE_PENDING)
			partials_add(&m->maybe, h->v[i]);
		else
			partials_append(&m->late, h->v[i]);
	}
	/* one after the other, each as if newly added */
	for (h->n = 0, i = 0; i < k; i++)
		partials_add(h, h->v[i]);
	track_emit(m, t, h, last);
	track_timeouts(m, t);
}

void
match_list(struct matcher *m, struct track *t)
{
	if (m->nchanged == m->capchanged) {
		m->capchanged = m->capchanged ? 2 * m->capchanged : 64;
		m->changed = mem_grow(m->changed, m->capchanged,
		    sizeof(struct track *));
	}
	m->changed[m->nchanged++] = t;
	t->listed = true;
}

static void
track_settle(struct matcher *m, struct track *t)
{
	if (m->tracks && !t->listed)
		match_list(m, t);
	if (t->part.n > 1 || t->done.n > 0 || t->due > 0)
		return;
	*t->home = NULL;
	partials_free(&t->part);
	partials_free(&t->done);
	if (t->listed)
		t->gone = true;		/* its key is still to be saved */
	else
		free(t);
}

void
match_due(struct matcher *m, struct deadline d)
{
	struct deadline *to;
	size_t i, cap;

	if (m->ndue == m->capdue) {
		cap = m->capdue ? 2 * m->capdue : 64;
		to = mem_grow(NULL, cap, sizeof *to);
		for (i = 0; i < m->ndue; i++)
			to[i] = m->due[(m->due0 + i) % m->capdue];
		free(m->due);
		m->due = to;
		m->due0 = 0;
		m->capdue = cap;
	}
	i = (m->due0 + m->ndue++) % m->capdue;
	m->due[i] = d;
}

void
match_time(struct matcher *m, int64_t now)
{
	struct track *t;

	while (m->ndue > 0 && m->due[m->due0].from + m->within <= now) {
		t = m->due[m->due0].track;
		m->due0 = (m->due0 + 1) % m->capdue;
		m->ndue--;
		t->due--;
		track_time(m, t, now);
		track_settle(m, t);
	}
}

/* One partial match meets the record; true: a new one began. */
static bool
track_step(struct matcher *m, const struct partial *p)
{
	size_t i;
	bool stop = false;

	partial_next(m, p);
	for (i = 0; i < m->out.n; i++)
		stop |= m->out.v[i].at->kind == STATE_STOP;
	for (i = 0; i < m->out.n; i++) {
		const struct partial *q = &m->out.v[i];

		if (q->at->kind == STATE_FINAL)
			partials_add(&m->maybe, *q);
		else if (stop)
			step_drop(&m->steps, q->last);
		else
			partials_add(&m->next, *q);
	}
	return p->start == START_NONE && m->out.n > 1 && !stop;
}

struct track *
match_track(struct matcher *m, struct track **home, struct field key)
{
	struct track *t = mem_alloc(sizeof *t + key.n);

	t->home = home;
	t->now = INT64_MIN;
	t->nkey = key.n;
	memcpy(t->key, key.s, key.n);
	partials_add(&t->part, (struct partial){ .at = m->nfa.start,
	    .start = START_NONE });
	return *home = t;
}

void
match_feed(struct matcher *m, struct track **home, struct field key,
    struct rec *r, uint64_t is)
{
	struct track *t = *home;
	struct partials old;
	bool began = false;
	size_t i;

	steps_begin(&m->steps, r);
	m->is = is;
	if (t == NULL) {
		ways_find(m, m->nfa.start);
		for (i = 0; i < m->nway && m->way[i].e->act != ACT_TAKE; i++)
			;
		if (i == m->nway)
			return;
		t = match_track(m, home, key);
	}
	if (t->now != r->time)
		track_time(m, t, r->time);
	m->next.n = 0;
	for (i = 0; i < t->part.n; i++)
		began |= track_step(m, &t->part.v[i]);
	old = t->part;
	t->part = m->next;
	m->next = old;
	if (m->maybe.n > 0 || t->done.n > 0)
		track_emit(m, t, &t->part, r->time);
	for (i = 0; i < old.n; i++)
		step_drop(&m->steps, old.v[i].last);
	if (began && m->within > 0) {
		match_due(m, (struct deadline){ t, r->time, m->steps.seq });
		t->due++;
	}
	track_settle(m, t);
}
