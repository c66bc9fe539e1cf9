/* wmark - watermarks made of event times: the option -w, and when one is due */
#ifndef WMARK_H
#define WMARK_H
#include <stdbool.h>
#include <stdint.h>

#include "dur.h"
#include "snap.h"

struct wmark {
	int64_t delay, step;	/* ms; step WMARK_BARRIER: Spark's rule */
	/* the rest is wmark.c's own */
	int64_t stepT;		/* the next step starts here */
	int64_t sentT, epochT;	/* last one written; the one at the last barrier */
};

#define WMARK_STEP 1000		/* ms of event time between watermarks, unless -w says otherwise */
#define WMARK_BARRIER (-1)
#define WMARK_INIT { .step = WMARK_STEP, .sentT = INT64_MIN, .epochT = INT64_MIN }

void wmark_parse(struct wmark *, const char *);	/* "delay[,step]"; a bad one: message, exit 2 */
bool wmark_slow(struct wmark *, int64_t T);	/* for wmark_step only */
bool wmark_moved(const struct wmark *, int64_t T);	/* it is later than the one written */
/* Before a barrier, T as above: is *due to be written?  It is when Spark's rule has one. */
bool wmark_barrier(struct wmark *, int64_t T, int64_t *due);
bool wmark_owes(const struct wmark *);	/* Spark's rule: the next barrier has one to write */

void wmark_save(const struct wmark *, struct snap *);
bool wmark_load(struct wmark *, const struct rec *);	/* false: it is another record */

/* The watermark that a time allows, in +-TIME_LIMIT. */
static inline int64_t
wmark_of(const struct wmark *w, int64_t t)
{
	return t < -TIME_LIMIT + w->delay ? -TIME_LIMIT : t - w->delay;
}

/* After a record: is T (INT64_MIN: none yet) to be written now?  Then it counts as written. */
static inline bool
wmark_step(struct wmark *w, int64_t T)
{
	if (T < w->stepT && w->step > 0 && w->sentT != INT64_MIN)
		return false;
	return wmark_slow(w, T);
}
#endif
