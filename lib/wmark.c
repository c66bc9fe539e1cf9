#include <err.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "die.h"
#include "dur.h"
#include "floor.h"
#include "wmark.h"

#define STEP_MOST (TIME_LIMIT / 2)	/* ms; the step behind any time is an int64 */

void
wmark_parse(struct wmark *w, const char *arg)
{
	char *delay = mem_copy(arg, strlen(arg)), *step = strchr(delay, ',');

	if (step != NULL) {
		*step++ = '\0';
		w->step = strcmp(step, "barrier") == 0 ?
		    WMARK_BARRIER : dur_option('w', step, 0);
		if (w->step > STEP_MOST)
			errx(EXIT_USAGE, "-w: a step of more than %" PRId64
			    "ms: %s", STEP_MOST, step);
	}
	w->delay = dur_option('w', delay, 0);
	free(delay);
}

static void
wmark_sent(struct wmark *w, int64_t T)
{
	w->sentT = T;
	if (w->step > 0)
		w->stepT = T - floor_mod(T, w->step) + w->step;
}

bool
wmark_slow(struct wmark *w, int64_t T)
{
	if (w->step == WMARK_BARRIER || T == INT64_MIN)
		return false;
	if (w->step > 0 && w->sentT != INT64_MIN && T < w->stepT)
		return false;
	wmark_sent(w, T);
	return true;
}

bool
wmark_moved(const struct wmark *w, int64_t T)
{
	return T > w->sentT;
}

bool
wmark_owes(const struct wmark *w)
{
	return w->step == WMARK_BARRIER && w->epochT > w->sentT;
}

bool
wmark_barrier(struct wmark *w, int64_t T, int64_t *due)
{
	bool owes = wmark_owes(w);

	*due = w->epochT;
	if (owes)
		wmark_sent(w, *due);
	w->epochT = T;
	return owes;
}

void
wmark_save(const struct wmark *w, struct snap *s)
{
	snap_rec(s, "steps");
	snap_int(s, w->stepT);
	snap_int(s, w->sentT);
	snap_int(s, w->epochT);
}

bool
wmark_load(struct wmark *w, const struct rec *r)
{
	if (!snap_is(r, "steps", 3))
		return false;
	w->stepT = snap_getint(r, 1);
	w->sentT = snap_getint(r, 2);
	w->epochT = snap_getint(r, 3);
	return true;
}
