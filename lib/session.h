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
	/* the accumulators follow */
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

static inline void *
session_acc(struct session *s)
{
	return s + 1;
}
#endif
