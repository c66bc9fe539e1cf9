/* sessnap - the sessions of session.c over a restart */
#include <string.h>

#include "session.h"

struct session **
sessions_changed(struct sessions *ss, size_t *n)
{
	size_t i;

	*n = 0;
	for (i = 0; i < ss->nchanged; i++) {
		struct session *s = ss->changed[i];

		/* it may be there twice, having been another one before */
		if (!s->changed)
			continue;
		s->changed = false;
		ss->changed[(*n)++] = s;
	}
	ss->nchanged = *n;
	return ss->changed;
}

int64_t *
sessions_merged(struct sessions *ss, size_t *n)
{
	*n = ss->nmerged;
	return ss->merged;
}

void
sessions_calm(struct sessions *ss)
{
	size_t i;

	for (i = 0; i < ss->nchanged; i++)
		ss->changed[i]->changed = false;
	ss->nchanged = ss->nmerged = 0;
	ss->saved = ss->seq;
	ss->kept = true;
}

static struct session **
place_of(struct sessions *ss, int64_t seq)
{
	char key[sizeof seq];

	if (ss->byseq.size == 0)
		map_init(&ss->byseq, sizeof(struct session *));
	memcpy(key, &seq, sizeof seq);
	return map_own(map_get(&ss->byseq, key, sizeof key));
}

static void
session_unlink(struct session *s)
{
	struct session **at = session_list(s->key);

	while (*at != s)
		at = &(*at)->link;
	*at = s->link;
}

struct session *
sessions_put(struct sessions *ss, int64_t seq, struct field key, struct span w)
{
	struct session **place = place_of(ss, seq), *s = *place, **at;
	struct map_ent *e = map_get(&ss->keys, key.s, key.n);

	if (s == NULL) {
		s = *place = session_new(ss, e, w);
		s->seq = seq;
	} else {
		session_unlink(s);
	}
	s->key = e;
	s->w = w;
	for (at = session_list(e); *at != NULL && (*at)->w.start > w.start;)
		at = &(*at)->link;
	s->link = *at;
	*at = s;
	return s;
}

bool
sessions_take(struct sessions *ss, int64_t seq)
{
	struct session **place = place_of(ss, seq), *s = *place;

	if (s == NULL)
		return false;
	*place = NULL;
	session_unlink(s);
	session_free(ss, s);
	return true;
}

void
sessions_loaded(struct sessions *ss, int64_t T)
{
	struct session *s, **at;
	size_t i;

	ss->T = T;
	ss->closed = win_closed(T, ss->lateness);
	for (i = 0; i < ss->keys.n; i++)
		for (at = session_list(map_at(&ss->keys, i));
		    (s = *at) != NULL;) {
			if (T == INT64_MAX ||
			    (!ss->keep && s->w.end <= ss->closed)) {
				*at = s->link;
				session_free(ss, s);
				continue;
			}
			s->fired = !ss->keep && s->w.end <= T;
			if (!ss->keep)
				session_wait(ss, s);
			at = &s->link;
		}
	if (ss->byseq.size > 0)
		map_free(&ss->byseq);
	ss->byseq = (struct map){ 0 };
	ss->saved = ss->seq;
	ss->kept = true;
}
