/* session - session windows: per key, merged when they overlap or touch */
#ifndef SESSION_H
#define SESSION_H
#include "agg.h"
#include "heap.h"
#include "map.h"
#include "win.h"

struct session {
	struct span w;
	struct session *link;		/* the key's next older one, or the next free one */
	struct session *newer;		/* the key's next newer one; NULL: it is the newest */
	struct map_ent *key;
	int64_t seq;			/* when its first record came: ties are in that order */
	int64_t due;			/* when its turn comes; an entry of the heap that says otherwise is stale */
	bool fired;			/* as it is now, it has been written */
	bool changed;			/* since the last sessions_calm */
	/* the accumulators follow */
};

/* A key's open sessions, linked from the newest to the oldest. */
struct line {
	struct session *newest;
	struct session *near;		/* one that took a record lately; NULL: the newest */
};

struct sessions {
	struct aggs *aggs;
	int64_t T, closed;		/* watermark; less the lateness */
	int64_t lateness;
	bool keep;			/* nothing closes */
	struct map keys;		/* to the sessions of each */
	struct arena arena;
	struct session *free, *gone;	/* gone: written and closed */
	size_t n, made;			/* open; taken from the arena */
	int64_t seq;
	struct heap turns;		/* of struct session, by due */
	struct session **v;		/* of sessions_due and sessions_all */
	size_t vcap;
	/* over a restart; sessions are known by seq, which no two have and none gets again */
	bool kept;			/* there are snapshots, which ask what has changed */
	struct session **changed;	/* since the last one; some are no more, or there twice */
	size_t nchanged, changedcap;
	int64_t *merged;		/* seq of those in it that others have taken */
	size_t nmerged, mergedcap;
	int64_t saved;			/* seq: what has a lower one is in it */
	struct map byseq;		/* of sessions_put and sessions_take */
};

void sessions_init(struct sessions *, struct aggs *, int64_t lateness, bool keep);
/*
 * The session that the record is in now.  NULL: it is late.  If its end is at
 * most T, it is to be written at once and counts as written.
 */
struct session *sessions_add(struct sessions *, struct field key, struct span, struct rec *);
/*
 * Those that the watermark completes, by end, start and arrival; valid until
 * the next call but sessions_close, which then forgets those past the lateness.
 */
struct session **sessions_due(struct sessions *, int64_t T, size_t *n);
void sessions_close(struct sessions *);
struct session **sessions_all(struct sessions *, size_t *n);	/* the same order */

/* For a snapshot: since the last sessions_calm, by which it is told that there is one. */
struct session **sessions_changed(struct sessions *, size_t *n);
int64_t *sessions_merged(struct sessions *, size_t *n);
void sessions_calm(struct sessions *);
/*
 * From a snapshot: the session of that seq, new or as it is there, its
 * accumulators to be loaded; one that is no more, false: nor was; and when all
 * are there, the watermark.
 */
struct session *sessions_put(struct sessions *, int64_t seq, struct field key, struct span);
bool sessions_take(struct sessions *, int64_t seq);
void sessions_loaded(struct sessions *, int64_t T);

/* For session.c and sessnap.c. */
struct session *session_new(struct sessions *, struct map_ent *, struct span);	/* its accumulators are empty */
void session_free(struct sessions *, struct session *);
void session_wait(struct sessions *, struct session *);	/* its turn, when something is to be done with it */

void session_link(struct session *, struct session *newer);	/* behind that one; NULL: it is the newest */
void session_unlink(struct session *);
struct session *line_find(const struct line *, int64_t t);	/* the oldest that starts after t; NULL: none does */

static inline struct line *
line_of(struct map_ent *key)
{
	return map_own(key);
}

static inline void *
session_acc(struct session *s)
{
	return s + 1;
}
#endif
