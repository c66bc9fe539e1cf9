/* win - which event-time windows a record is in, by the #window line */
#ifndef WIN_H
#define WIN_H
#include <stdbool.h>

#include "head.h"
#include "rec.h"

struct span { int64_t start, end; };	/* ms, [start, end) */

/*
 * Tumbling and sliding windows, aligned as Flink's TimeWindow.getWindowStartWithOffset,
 * floored also for negative times.  win_first sets the oldest window that t is
 * in and says whether there is one (a slide larger than the size leaves gaps);
 * win_next goes to the next newer one and says whether t is in it too.
 */
bool win_first(const struct window *, int64_t t, struct span *);

static inline bool
win_next(const struct window *w, int64_t t, struct span *s)
{
	s->start += w->slide;
	if (s->start > t)
		return false;	/* and its end may be beyond int64 */
	s->end += w->slide;
	return true;
}

/* The same for a record; times beyond TIME_LIMIT in its windows are bad data, exit 1. */
bool win_rec(const struct window *, struct rec *, struct span *);
/* What a record alone makes a session of: [t, t + gap). */
struct span win_session(const struct window *, struct rec *);

/* T - lateness, without overflow: windows whose end is at most this take nothing more. */
int64_t win_closed(int64_t T, int64_t lateness);

static inline bool
win_panes(const struct window *w)	/* a record is in several, which are put together from panes */
{
	return w->kind == WINDOW_SLIDING && w->slide < w->size;
}

static inline bool
win_timed(const struct window *w)	/* has a start and an end */
{
	return w->kind == WINDOW_TUMBLING || w->kind == WINDOW_SLIDING ||
	    w->kind == WINDOW_SESSION;
}
#endif
