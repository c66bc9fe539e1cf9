/* session - session windows: per key, merged when they overlap or touch */
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "session.h"

void
sessions_init(struct sessions *ss, struct aggs *aggs, int64_t lateness,
    bool keep)
{
	*ss = (struct sessions){ .aggs = aggs, .lateness = lateness,
	    .keep = keep, .T = INT64_MIN, .closed = INT64_MIN };
	map_init(&ss->keys, sizeof(struct line));
}

static int64_t
add_clamp(int64_t a, int64_t b)
{
	int64_t v;

	return __builtin_add_overflow(a, b, &v) ? INT64_MAX : v;
}

/*
 * A turn is only entered when it comes earlier than the one that is there.
 * Sessions mostly grow, so their turns come too early: those are put off when
 * they come up, instead of at every record.
 */
static void
turn_enter(struct sessions *ss, struct session *s, int64_t due)
{
	heap_push(&ss->turns, due, s);
	s->due = due;
}

/* When something is to be done with it next. */
static int64_t
session_turn(const struct sessions *ss, const struct session *s)
{
	return s->fired ? add_clamp(s->w.end, ss->lateness) : s->w.end;
}

void
session_wait(struct sessions *ss, struct session *s)
{
	if (session_turn(ss, s) < s->due)
		turn_enter(ss, s, session_turn(ss, s));
}

struct session *
session_new(struct sessions *ss, struct map_ent *key, struct span w)
{
	struct session *s = ss->free;

	if (s != NULL) {
		ss->free = s->link;
		aggs_clear(ss->aggs, session_acc(s));
	} else {
		s = arena_alloc(&ss->arena, sizeof *s + ss->aggs->size);
		memset(session_acc(s), 0, ss->aggs->size);
		ss->made++;
	}
	s->w = w;
	s->key = key;
	s->due = INT64_MAX;
	s->fired = s->changed = false;
	ss->n++;
	return s;
}

void
session_free(struct sessions *ss, struct session *s)
{
	s->due = INT64_MIN;	/* what the heap has of it is stale */
	s->changed = false;
	s->link = ss->free;
	ss->free = s;
	ss->n--;
}

static void
session_change(struct sessions *ss, struct session *s)
{
	if (s->changed)
		return;
	s->changed = true;
	if (ss->nchanged == ss->changedcap) {
		ss->changedcap = ss->changedcap ? 2 * ss->changedcap : 64;
		ss->changed = mem_grow(ss->changed, ss->changedcap,
		    sizeof(struct session *));
	}
	ss->changed[ss->nchanged++] = s;
}

/* One that another has taken is no more. */
static void
merged_add(struct sessions *ss, int64_t seq)
{
	if (!ss->kept || seq >= ss->saved)
		return;
	if (ss->nmerged == ss->mergedcap) {
		ss->mergedcap = ss->mergedcap ? 2 * ss->mergedcap : 64;
		ss->merged = mem_grow(ss->merged, ss->mergedcap,
		    sizeof *ss->merged);
	}
	ss->merged[ss->nmerged++] = seq;
}

void
session_link(struct session *s, struct session *newer)
{
	struct session **at = newer != NULL ? &newer->link :
	    &line_of(s->key)->newest;

	if ((s->link = *at) != NULL)
		s->link->newer = s;
	s->newer = newer;
	*at = s;
}

void
session_unlink(struct session *s)
{
	struct line *l = line_of(s->key);

	*(s->newer != NULL ? &s->newer->link : &l->newest) = s->link;
	if (s->link != NULL)
		s->link->newer = s->newer;
	if (l->near == s)
		l->near = s->newer;
}

/*
 * It is looked for from the newest on and around the one of lately at the same time, since
 * a source that lags behind another stays near where it was.
 */
struct session *
line_find(const struct line *l, int64_t t)
{
	struct session *newer = NULL, *s = l->newest, *near = l->near;

	while (s != NULL && s->w.start > t) {
		if (near != NULL && near->w.start <= t) {
			if (near->newer == NULL || near->newer->w.start > t)
				return near->newer;
			near = near->newer;
		} else if (near != NULL) {
			if (near->link == NULL || near->link->w.start <= t)
				return near;
			near = near->link;
		}
		newer = s;
		s = s->link;
	}
	return newer;
}

/*
 * The key's open sessions are apart by more than a gap, so those that the span
 * meets stand together, from s on.  They become one, which takes the span too;
 * NULL: it meets none.
 */
static struct session *
session_meet(struct sessions *ss, struct session *s, struct span w,
    struct rec *r, struct field key)
{
	struct session *o;

	if (s == NULL || s->w.end < w.start)
		return NULL;
	while ((o = s->link) != NULL && o->w.end >= w.start) {
		aggs_merge(ss->aggs, session_acc(s), session_acc(o),
		    &ss->arena, r, key);
		s->w.start = o->w.start;
		merged_add(ss, o->seq > s->seq ? o->seq : s->seq);
		if (o->seq < s->seq)
			s->seq = o->seq;
		session_unlink(o);
		session_free(ss, o);
	}
	if (w.start < s->w.start)
		s->w.start = w.start;
	if (w.end > s->w.end)
		s->w.end = w.end;
	return s;
}

struct session *
sessions_add(struct sessions *ss, struct field key, struct span w,
    struct rec *r)
{
	struct map_ent *e = map_get(&ss->keys, key.s, key.n);
	struct line *l = line_of(e);
	struct session *newer = line_find(l, w.end), *s;

	s = newer != NULL ? newer->link : l->newest;
	if ((s = session_meet(ss, s, w, r, key)) == NULL) {
		if (!ss->keep && w.end <= ss->closed)
			return NULL;
		s = session_new(ss, e, w);
		s->seq = ss->seq++;
		session_link(s, newer);
	}
	if (s->newer != NULL)
		l->near = s;
	aggs_add(ss->aggs, session_acc(s), r, &ss->arena, key);
	if (ss->kept)
		session_change(ss, s);
	if (!ss->keep) {
		s->fired = s->w.end <= ss->T;
		session_wait(ss, s);
	}
	return s;
}

static int
session_cmp(const void *va, const void *vb)
{
	const struct session *a = *(struct session *const *)va;
	const struct session *b = *(struct session *const *)vb;

	if (a->w.end != b->w.end)
		return a->w.end < b->w.end ? -1 : 1;
	if (a->w.start != b->w.start)
		return a->w.start < b->w.start ? -1 : 1;
	return (a->seq > b->seq) - (a->seq < b->seq);
}

static void
v_add(struct sessions *ss, size_t n, struct session *s)
{
	if (n == ss->vcap) {
		ss->vcap = ss->vcap ? 2 * ss->vcap : 64;
		ss->v = mem_grow(ss->v, ss->vcap, sizeof(struct session *));
	}
	ss->v[n] = s;
}

/* Its key knows it no more; it stays valid until sessions_close. */
static void
session_retire(struct sessions *ss, struct session *s)
{
	session_unlink(s);
	s->link = ss->gone;
	ss->gone = s;
	/* the heap may have it twice: from when its memory was another session's */
	s->due = INT64_MIN;
}

struct session **
sessions_due(struct sessions *ss, int64_t T, size_t *n)
{
	struct session *s;
	struct wait t;

	ss->T = T;
	ss->closed = win_closed(T, ss->lateness);
	*n = 0;
	while (ss->turns.n > 0 && ss->turns.v[0].time <= T) {
		t = heap_pop(&ss->turns);
		s = t.what;
		if (t.time != s->due)
			continue;
		if (!s->fired && s->w.end <= T) {
			s->fired = true;
			v_add(ss, (*n)++, s);
		}
		if (s->fired && s->w.end <= ss->closed)
			session_retire(ss, s);
		else
			turn_enter(ss, s, session_turn(ss, s));
	}
	if (*n > 1)
		qsort(ss->v, *n, sizeof(struct session *), session_cmp);
	return ss->v;
}

/* A copy of what is open, so that the memory of keys long gone comes back. */
static void
sessions_pack(struct sessions *ss)
{
	struct sessions old = *ss;
	struct session *s, *new, *newer;
	struct map_ent *e;
	size_t i;

	map_init(&ss->keys, sizeof(struct line));
	ss->arena = (struct arena){ 0 };
	ss->turns = (struct heap){ 0 };
	ss->free = NULL;
	ss->n = ss->made = 0;
	ss->changed = NULL;
	ss->nchanged = ss->changedcap = 0;
	for (i = 0; i < old.keys.n; i++) {
		if ((s = line_of(map_at(&old.keys, i))->newest) == NULL)
			continue;
		e = map_get(&ss->keys, s->key->key, s->key->n);
		for (newer = NULL; s != NULL; s = s->link, newer = new) {
			new = session_new(ss, e, s->w);
			new->seq = s->seq;
			new->fired = s->fired;
			aggs_merge(ss->aggs, session_acc(new), session_acc(s),
			    &ss->arena, NULL, NULL_FIELD);
			if (s->changed)
				session_change(ss, new);
			turn_enter(ss, new, s->due);
			session_link(new, newer);
		}
	}
	map_free(&old.keys);
	arena_free(&old.arena);
	heap_free(&old.turns);
	free(old.changed);
}

void
sessions_close(struct sessions *ss)
{
	struct session *s;

	while ((s = ss->gone) != NULL) {
		ss->gone = s->link;
		session_free(ss, s);
	}
	if ((ss->keys.n > ss->made ? ss->keys.n : ss->made) > 1024 + 4 * ss->n)
		sessions_pack(ss);
}

struct session **
sessions_all(struct sessions *ss, size_t *n)
{
	struct session *s;
	size_t i;

	*n = 0;
	for (i = 0; i < ss->keys.n; i++)
		for (s = line_of(map_at(&ss->keys, i))->newest; s != NULL;
		    s = s->link)
			v_add(ss, (*n)++, s);
	if (*n > 1)
		qsort(ss->v, *n, sizeof(struct session *), session_cmp);
	return ss->v;
}
