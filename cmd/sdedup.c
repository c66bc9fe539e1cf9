/* sdedup - passes the first record of each key */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "due.h"
#include "dur.h"
#include "fit.h"
#include "live.h"
#include "op.h"

struct sdedup {
	char *names;			/* of the key, separated by commas */
	int64_t horizon;		/* ms; -1: keys are never forgotten */
	struct key key;
	struct live seen;		/* with a horizon each has its deadline */
	struct due due;			/* then all in seen */
	int64_t T;
};

extern const struct op sdedup_op;

static void *
sdedup_open(int argc, char **argv)
{
	struct sdedup *s = mem_alloc(sizeof *s);
	struct buf b = { 0 };
	int ch;

	s->horizon = -1;
	while ((ch = opt_next(&sdedup_op, argc, argv, "W:")) != -1) {
		if (ch != 'W')
			return NULL;
		if (dur_parse(optarg, &s->horizon) < 0 || s->horizon < 0) {
			warnx("-W: not a horizon such as 10m: %s",
			    show(optarg, strlen(optarg)));
			return NULL;
		}
	}
	if (optind == argc)
		return NULL;
	for (; optind < argc; optind++) {
		if (b.n > 0)
			buf_addc(&b, ',');
		buf_adds(&b, argv[optind]);
	}
	buf_addc(&b, '\0');
	s->names = b.s;
	return s;
}

static void
sdedup_head(void *st, const struct head *in, struct head *out)
{
	struct sdedup *s = st;

	(void)out;
	if (in->mode != MODE_APPEND)
		errx(EXIT_BAD, "the stream is in %s mode: its rows change, "
		    "and only the first of each would pass",
		    mode_name(in->mode));
	key_bind(&s->key, in, s->names);
	live_init(&s->seen, s->horizon >= 0 ? sizeof(int64_t) : 0);
	s->T = INT64_MIN;
}

static void
sdedup_data(void *st, struct rec *r, struct next *nx)
{
	struct sdedup *s = st;
	struct live_ent *e;
	struct field key;
	int64_t until;

	if (s->horizon >= 0 && rec_time(r) < s->T) {
		drop_late(nx, r);
		return;
	}
	key = key_text(&s->key, r);
	if (live_find(&s->seen, key) != NULL) {
		reject(nx);
		return;
	}
	e = live_add(&s->seen, key);
	if (s->horizon >= 0) {
		if (__builtin_add_overflow(rec_time(r), s->horizon, &until))
			until = INT64_MAX;
		*(int64_t *)live_own(e) = until;
		due_add(&s->due, until, 0, e);
	}
	emit(nx, r);
}

static int64_t
sdedup_mark(void *st, int64_t T, struct next *nx)
{
	struct sdedup *s = st;
	struct wait *it;

	(void)nx;
	s->T = T;
	while ((it = due_first(&s->due)) != NULL && it->time < T) {
		live_drop(&s->seen, it->what);
		due_drop(&s->due);
	}
	return T;
}

static void
sdedup_fits(void *st, struct snap *snap)
{
	const struct sdedup *s = st;

	fit_key(snap, &s->key);
	if (s->horizon >= 0)
		fit_int(snap, "horizon", s->horizon);
	else
		snap_fit(snap, "horizon", "none");
}

static void
sdedup_put(const struct sdedup *s, struct live_ent *e, struct snap *snap)
{
	snap_rec(snap, e->gone ? "gone" : "seen");
	if (!e->gone && s->horizon >= 0)
		snap_int(snap, *(int64_t *)live_own(e));
	key_save(&s->key, live_key(&s->seen, e), snap);
}

static void
sdedup_save(void *st, struct snap *snap)
{
	struct sdedup *s = st;
	struct live_ent *e;
	size_t i;

	snap_rec(snap, "time");
	snap_int(snap, s->T);
	if (snap->whole)
		for (i = 0; (e = live_each(&s->seen, &i)) != NULL;)
			sdedup_put(s, e, snap);
	else
		for (i = 0; i < s->seen.nchanged; i++)
			sdedup_put(s, s->seen.changed[i], snap);
	live_calm(&s->seen);
}

/* All are there: they get their turns. */
static void
sdedup_loaded(struct sdedup *s)
{
	struct wait *v;
	struct live_ent *e;
	size_t i, n = 0;

	live_calm(&s->seen);
	if (s->horizon < 0)
		return;
	v = mem_grow(NULL, s->seen.n, sizeof *v);
	for (i = 0; (e = live_each(&s->seen, &i)) != NULL;)
		v[n++] = (struct wait){ *(int64_t *)live_own(e), 0, e };
	due_fill(&s->due, v, n);
	free(v);
}

static void
sdedup_load(void *st, const struct rec *r)
{
	struct sdedup *s = st;
	size_t at = 1 + (s->horizon >= 0);
	struct live_ent *e;
	struct field key;

	if (r == NULL) {
		sdedup_loaded(s);
	} else if (snap_is(r, "gone", s->key.n)) {
		e = live_find(&s->seen, key_load(&s->key, r, 1));
		if (e != NULL)
			live_drop(&s->seen, e);
	} else if (snap_is(r, "seen", at - 1 + s->key.n)) {
		key = key_load(&s->key, r, at);
		if ((e = live_find(&s->seen, key)) == NULL)
			e = live_add(&s->seen, key);
		if (s->horizon >= 0)
			*(int64_t *)live_own(e) = snap_getint(r, 1);
	} else if (snap_is(r, "time", 1)) {
		s->T = snap_getint(r, 1);
	} else {
		snap_bad(r);
	}
}

const struct op sdedup_op = {
	.name = "sdedup",
	.usage = "[-hVv] [-L file] [-S dir] [-W horizon] name ...",
	.late = true,
	.deltas = true,
	.open = sdedup_open,
	.head = sdedup_head,
	.data = sdedup_data,
	.mark = sdedup_mark,
	.fits = sdedup_fits,
	.save = sdedup_save,
	.load = sdedup_load,
};

int
main(int argc, char **argv)
{
	return run(&sdedup_op, argc, argv);
}
