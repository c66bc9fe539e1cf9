/*
 * What keys have begun, over a restart: a key's partial matches with the
 * records they are made of, whole; and the deadlines, in their order.
 */
#include <stdlib.h>

#include "match.h"
#include "snap.h"

static void
step_list(struct matcher *m, struct step *s)
{
	if (m->nstep == m->capstep) {
		m->capstep = m->capstep ? 2 * m->capstep : 64;
		m->step = mem_grow(m->step, m->capstep, sizeof(struct step *));
	}
	m->step[m->nstep++] = s;
	s->i = (uint32_t)m->nstep;
}

/* Each step that leads to one of the matches, once. */
static void
steps_collect(struct matcher *m, const struct partials *h)
{
	struct step *s;
	size_t i;

	for (i = 0; i < h->n; i++)
		for (s = h->v[i].last; s != NULL && s->i == 0; s = s->prev)
			step_list(m, s);
}

/* By their records, so that what comes before a step is of a smaller number. */
static int
step_cmp(const void *va, const void *vb)
{
	const struct step *a = *(struct step *const *)va;
	const struct step *b = *(struct step *const *)vb;
	uint64_t x = step_seq(a), y = step_seq(b);

	if (x != y)
		return x < y ? -1 : 1;
	return (a->i > b->i) - (a->i < b->i);
}

static void
step_save(struct matcher *m, size_t i, struct snap *s, size_t nf)
{
	const struct step *p = m->step[i];
	struct rec r;
	size_t k;

	if (i == 0 || m->step[i - 1]->rec != p->rec) {
		r = step_rec(&m->steps, p, nf);
		snap_rec(s, "event");
		snap_int(s, (int64_t)step_seq(p));
		snap_int(s, r.time);
		for (k = 1; k < nf; k++)
			snap_put(s, r.f[k]);
	}
	snap_rec(s, "step");
	snap_int(s, (int64_t)p->stage);
	snap_int(s, p->prev != NULL ? p->prev->i : 0);
}

static void
partials_save(const struct partials *h, const char *word, struct snap *s)
{
	const struct partial *p;

	for (p = h->v; p < h->v + h->n; p++) {
		snap_rec(s, word);
		snap_int(s, (int64_t)p->at->i);
		snap_int(s, p->last != NULL ? p->last->i : 0);
		snap_int(s, (int64_t)p->start);
		snap_int(s, p->from);
	}
}

static void
track_save(struct matcher *m, const struct track *t, struct snap *s,
    const struct key *key, size_t nf)
{
	struct field text = { t->key, t->nkey };
	size_t i;

	snap_rec(s, t->gone ? "gone" : "key");
	key_save(key, text, s);
	if (t->gone)
		return;
	snap_rec(s, "now");
	snap_int(s, t->now);
	m->nstep = 0;
	steps_collect(m, &t->part);
	steps_collect(m, &t->done);
	if (m->nstep > 1)
		qsort(m->step, m->nstep, sizeof(struct step *), step_cmp);
	for (i = 0; i < m->nstep; i++)
		m->step[i]->i = (uint32_t)i + 1;
	for (i = 0; i < m->nstep; i++)
		step_save(m, i, s, nf);
	partials_save(&t->part, "part", s);
	partials_save(&t->done, "done", s);
	for (i = 0; i < m->nstep; i++)
		m->step[i]->i = 0;
}

static struct deadline *
due_at(const struct matcher *m, size_t i)
{
	return &m->due[(m->due0 + i) % m->capdue];
}

static void
due_save(struct matcher *m, struct snap *s, const struct key *key)
{
	const struct deadline *d;
	size_t i = 0;

	/* they stand in the order of their records */
	if (!s->whole)
		for (i = m->ndue; i > 0 && due_at(m, i - 1)->seq > m->saved;)
			i--;
	for (; i < m->ndue; i++) {
		d = due_at(m, i);
		snap_rec(s, "due");
		snap_int(s, (int64_t)d->seq);
		snap_int(s, d->from);
		key_save(key, (struct field){ d->track->key,
		    d->track->nkey }, s);
	}
	m->saved = m->steps.seq;
}

/* From here on changes are listed anew. */
static void
match_calm(struct matcher *m)
{
	size_t i;

	for (i = 0; i < m->nchanged; i++)
		if (m->changed[i]->gone)
			free(m->changed[i]);
		else
			m->changed[i]->listed = false;
	m->nchanged = 0;
	m->tracks = true;
}

void
match_save(struct matcher *m, struct snap *s, const struct key *key,
    const struct map *tracks, size_t nf)
{
	struct track **t;
	size_t i;

	snap_rec(s, "records");
	snap_int(s, (int64_t)m->steps.seq);
	if (s->whole) {
		for (i = 0; i < tracks->n; i++) {
			t = map_own(map_at(tracks, i));
			if (*t != NULL)
				track_save(m, *t, s, key, nf);
		}
	} else {
		for (i = 0; i < m->nchanged; i++)
			track_save(m, m->changed[i], s, key, nf);
	}
	due_save(m, s, key);
	match_calm(m);
}

static void
partials_clear(struct matcher *m, struct partials *h)
{
	while (h->n > 0)
		step_drop(&m->steps, h->v[--h->n].last);
}

static struct track **
track_find(const struct map *tracks, struct field key)
{
	struct map_ent *e = map_look(tracks, key.s, key.n,
	    map_hash(key.s, key.n));

	return e != NULL ? map_own(e) : NULL;
}

/* A key as it is now; of one that is there already, other things are known. */
static void
track_load(struct matcher *m, struct field key, struct map *tracks)
{
	struct track **home = map_own(map_get(tracks, key.s, key.n));
	struct track *t = *home;

	if (t == NULL)
		t = match_track(m, home, key);
	partials_clear(m, &t->part);
	partials_clear(m, &t->done);
	m->into = t;
	m->nstep = 0;
	m->steps.copy = NULL;
}

/* Deadlines that name it are over, but still there: it is freed behind them. */
static void
track_end(struct matcher *m, struct field key, const struct map *tracks)
{
	struct track **home = track_find(tracks, key), *t;

	if (home == NULL || (t = *home) == NULL)
		return;
	*home = NULL;
	partials_clear(m, &t->part);
	partials_clear(m, &t->done);
	partials_free(&t->part);
	partials_free(&t->done);
	t->gone = true;
	match_list(m, t);
	m->into = NULL;
}

static void
due_load(struct matcher *m, const struct rec *r, const struct key *key,
    const struct map *tracks)
{
	struct track **t = track_find(tracks, key_load(key, r, 3));

	if (t == NULL || *t == NULL)
		snap_bad(r);
	match_due(m, (struct deadline){ *t, snap_getint(r, 2),
	    snap_getsize(r, 1) });
}

static void
event_load(struct matcher *m, const struct rec *r, size_t nf)
{
	struct field *f = hold_row(&m->steps.kept, nf);
	struct rec ev = { .f = f, .nf = nf, .time = snap_getint(r, 2),
	    .timed = true };
	size_t i;

	for (i = 1; i < nf; i++)
		f[i] = snap_field(r, i + 2);
	steps_load(&m->steps, &ev, snap_getsize(r, 1));
}

static struct step *
step_at(const struct matcher *m, const struct rec *r, size_t field)
{
	size_t i = snap_getsize(r, field);

	if (i > m->nstep)
		snap_bad(r);
	return i > 0 ? m->step[i - 1] : NULL;
}

static void
step_load(struct matcher *m, const struct rec *r)
{
	size_t stage = snap_getsize(r, 1);

	if (m->steps.copy == NULL || stage >= m->nfa.nstage)
		snap_bad(r);
	step_list(m, step_new(&m->steps, stage, step_at(m, r, 2)));
	m->step[m->nstep - 1]->i = 0;
}

static void
partial_load(struct matcher *m, struct partials *h, const struct rec *r)
{
	size_t at = snap_getsize(r, 1);
	struct step *last = step_at(m, r, 2);

	if (at >= m->nfa.n)
		snap_bad(r);
	if (last != NULL)
		last->refs++;
	partials_append(h, (struct partial){ .at = m->nfa.v[at], .last = last,
	    .start = (uint64_t)snap_getint(r, 3), .from = snap_getint(r, 4) });
}

/* What stands behind a key's record and belongs to it. */
static bool
part_load(struct matcher *m, const struct rec *r, size_t nf)
{
	if (m->into == NULL)
		return false;
	if (snap_is(r, "now", 1))
		m->into->now = snap_getint(r, 1);
	else if (snap_is(r, "event", 1 + nf))
		event_load(m, r, nf);
	else if (snap_is(r, "step", 2))
		step_load(m, r);
	else if (snap_is(r, "part", 4))
		partial_load(m, &m->into->part, r);
	else if (snap_is(r, "done", 4))
		partial_load(m, &m->into->done, r);
	else
		return false;
	return true;
}

bool
match_load(struct matcher *m, const struct rec *r, const struct key *key,
    struct map *tracks, size_t nf)
{
	if (part_load(m, r, nf))
		return true;
	if (snap_is(r, "key", key->n))
		track_load(m, key_load(key, r, 1), tracks);
	else if (snap_is(r, "gone", key->n))
		track_end(m, key_load(key, r, 1), tracks);
	else if (snap_is(r, "due", 2 + key->n))
		due_load(m, r, key, tracks);
	else if (snap_is(r, "records", 1))
		m->saved = snap_getsize(r, 1);
	else
		return false;
	return true;
}

void
match_loaded(struct matcher *m, int64_t now)
{
	size_t i, n = 0;

	for (i = 0; i < m->ndue; i++) {
		if (due_at(m, i)->from + m->within <= now ||
		    due_at(m, i)->track->gone)
			continue;
		due_at(m, i)->track->due++;
		*due_at(m, n++) = *due_at(m, i);
	}
	m->ndue = n;
	m->steps.seq = m->saved;
	m->steps.copy = NULL;
	m->into = NULL;
	match_calm(m);
}
