#include "dur.h"
#include "floor.h"
#include "win.h"

bool
win_first(const struct window *w, int64_t t, struct span *s)
{
	/* both terms are within TIME_LIMIT, so their difference fits */
	int64_t back = floor_mod(t - floor_mod(w->offset, w->slide), w->slide);

	if (back >= w->size)
		return false;
	/* the newest window started `back` ago; older ones may reach t too */
	back += (w->size - 1 - back) / w->slide * w->slide;
	s->start = t - back;
	s->end = s->start + w->size;
	return true;
}

static _Noreturn void
win_far(const struct rec *r)
{
	rec_bad(r, "the record's window reaches beyond what a time can be");
}

bool
win_rec(const struct window *w, struct rec *r, struct span *s)
{
	int64_t t = rec_time(r);

	/* its newest window ends at most a size after it */
	if (t > TIME_LIMIT - w->size)
		win_far(r);
	if (!win_first(w, t, s))
		return false;
	if (s->start < -TIME_LIMIT)
		win_far(r);
	return true;
}

struct span
win_session(const struct window *w, struct rec *r)
{
	int64_t t = rec_time(r);

	if (t > TIME_LIMIT - w->gap)
		win_far(r);
	return (struct span){ t, t + w->gap };
}

int64_t
win_closed(int64_t T, int64_t lateness)
{
	if (T == INT64_MAX)
		return T;
	return T < INT64_MIN + lateness ? INT64_MIN : T - lateness;
}
