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

struct session *
sessions_put(struct sessions *ss, int64_t seq, struct field key, struct span w)
{
	struct session **place = place_of(ss, seq), *s = *place;
	struct map_ent *e = map_get(&ss->keys, key.s, key.n);
	struct line *l = line_of(e);

	if (s == NULL) {
		s = *place = session_new(ss, e, w);
		s->seq = seq;
	} else {
		session_unlink(s);
	}
	s->key = e;
	s->w = w;
	session_link(s, line_find(l, w.start));
	l->near = s->newer != NULL ? s : NULL;
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

/* What the watermark has closed is dropped; the others wait for their turns. */
static void
line_loaded(struct sessions *ss, struct line *l)
{
	struct session *s, *older;

	for (s = l->newest; s != NULL; s = older) {
		older = s->link;
		if (ss->T == INT64_MAX ||
		    (!ss->keep && s->w.end <= ss->closed)) {
			session_unlink(s);
			session_free(ss, s);
		} else if (!ss->keep) {
			s->fired = s->w.end <= ss->T;
			session_wait(ss, s);
		}
	}
}

void
sessions_loaded(struct sessions *ss, int64_t T)
{
	size_t i;

	ss->T = T;
	ss->closed = win_closed(T, ss->lateness);
	for (i = 0; i < ss->keys.n; i++)
		line_loaded(ss, line_of(map_at(&ss->keys, i)));
	if (ss->byseq.size > 0)
		map_free(&ss->byseq);
	ss->byseq = (struct map){ 0 };
	ss->saved = ss->seq;
	ss->kept = true;
}
