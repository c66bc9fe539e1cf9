/* sgap - a record for each key that was silent for so long */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "due.h"
#include "dur.h"
#include "fit.h"
#include "live.h"
#include "num.h"
#include "op.h"

struct sgap {
	const char *keys;
	int64_t gap;			/* ms */
	struct key key;
	struct live open;
	struct due due;			/* of all open ones, not too late */
	int64_t T;
	uint64_t seq;
	struct field *f;		/* the output record */
};

struct seen {				/* what a key has */
	int64_t last;			/* the largest time */
	int64_t n;			/* records */
	uint64_t seq;			/* when it came: those of one deadline are in that order */
};

extern const struct op sgap_op;

static void *
sgap_open(int argc, char **argv)
{
	struct sgap *s = mem_alloc(sizeof *s);
	int ch;

	while ((ch = opt_next(&sgap_op, argc, argv, "k:")) != -1) {
		if (ch != 'k')
			return NULL;
		s->keys = optarg;
	}
	if (optind != argc - 1)
		return NULL;
	if (dur_parse(argv[optind], &s->gap) < 0 || s->gap <= 0) {
		warnx("not a duration such as 10m: %s",
		    show(argv[optind], strlen(argv[optind])));
		return NULL;
	}
	return s;
}

static void
sgap_head(void *st, const struct head *in, struct head *out)
{
	struct sgap *s = st;
	size_t i;

	if (in->mode != MODE_APPEND)
		errx(EXIT_BAD, "the stream is in %s mode: its watermark says "
		    "nothing about its rows", mode_name(in->mode));
	key_bind(&s->key, in, s->keys);
	head_clear(out);
	for (i = 0; i < s->key.n; i++)
		head_add(out, s->key.name[i], s->key.type[i]);
	head_add(out, "last", TYPE_TIME);
	head_add(out, "count", TYPE_INT);
	s->f = mem_alloc((3 + s->key.n) * sizeof *s->f);
	live_init(&s->open, sizeof(struct seen));
	s->T = INT64_MIN;
}

/* A turn is not moved with its deadline, but put off when it comes. */
static void
sgap_data(void *st, struct rec *r, struct next *nx)
{
	struct sgap *s = st;
	struct field key = key_text(&s->key, r);
	struct live_ent *e = live_find(&s->open, key);
	struct seen *k;
	int64_t t = rec_time(r);

	(void)nx;
	if (t > TIME_LIMIT - s->gap)
		rec_bad(r, "the record's deadline is beyond what a time "
		    "can be");
	if (e == NULL) {
		e = live_add(&s->open, key);
		k = live_own(e);
		k->last = t;
		k->seq = s->seq++;
		due_add(&s->due, t + s->gap, k->seq, e);
	}
	live_touch(&s->open, e);
	k = live_own(e);
	k->n++;
	if (t > k->last)
		k->last = t;
}

static void
sgap_put(struct sgap *s, struct live_ent *e, struct next *nx)
{
	struct seen *k = live_own(e);
	int64_t due = k->last + s->gap;
	char last[NUM_INTLEN], n[NUM_INTLEN];
	struct rec r = { .f = s->f, .nf = 3 + s->key.n, .timed = true };

	r.time = due > s->T ? due : s->T;
	key_split(&s->key, live_key(&s->open, e), s->f + 1);
	s->f[r.nf - 2] = (struct field){ last, num_putint(last, k->last) };
	s->f[r.nf - 1] = (struct field){ n, num_putint(n, k->n) };
	emit(nx, &r);
}

static int64_t
sgap_mark(void *st, int64_t T, struct next *nx)
{
	struct sgap *s = st;
	struct wait *first, w;
	int64_t due;

	while ((first = due_first(&s->due)) != NULL && first->time < T) {
		w = *first;
		due_drop(&s->due);
		due = ((struct seen *)live_own(w.what))->last + s->gap;
		if (due > w.time) {
			due_add(&s->due, due, w.seq, w.what);
			continue;
		}
		sgap_put(s, w.what, nx);
		live_drop(&s->open, w.what);
	}
	s->T = T;
	return T;
}

static void
sgap_fits(void *st, struct snap *snap)
{
	const struct sgap *s = st;

	fit_key(snap, &s->key);
	fit_int(snap, "duration", s->gap);
}

static void
sgap_save1(const struct sgap *s, struct live_ent *e, struct snap *snap)
{
	const struct seen *k = live_own(e);

	snap_rec(snap, e->gone ? "gone" : "open");
	if (!e->gone) {
		snap_int(snap, k->last);
		snap_int(snap, k->n);
		snap_int(snap, (int64_t)k->seq);
	}
	key_save(&s->key, live_key(&s->open, e), snap);
}

static void
sgap_save(void *st, struct snap *snap)
{
	struct sgap *s = st;
	struct live_ent *e;
	size_t i;

	snap_rec(snap, "time");
	snap_int(snap, s->T);
	snap_int(snap, (int64_t)s->seq);
	if (snap->whole)
		for (i = 0; (e = live_each(&s->open, &i)) != NULL;)
			sgap_save1(s, e, snap);
	else
		for (i = 0; i < s->open.nchanged; i++)
			sgap_save1(s, s->open.changed[i], snap);
	live_calm(&s->open);
}

/* All are there: they get their turns. */
static void
sgap_loaded(struct sgap *s)
{
	struct wait *v = mem_grow(NULL, s->open.n, sizeof *v);
	const struct seen *k;
	struct live_ent *e;
	size_t i, n = 0;

	live_calm(&s->open);
	for (i = 0; (e = live_each(&s->open, &i)) != NULL;) {
		k = live_own(e);
		v[n++] = (struct wait){ k->last + s->gap, k->seq, e };
	}
	due_fill(&s->due, v, n);
	free(v);
}

static void
sgap_load1(struct sgap *s, const struct rec *r)
{
	struct field key = key_load(&s->key, r, 4);
	struct live_ent *e = live_find(&s->open, key);
	struct seen *k;

	if (e == NULL)
		e = live_add(&s->open, key);
	k = live_own(e);
	k->last = snap_getint(r, 1);
	k->n = snap_getint(r, 2);
	k->seq = snap_getsize(r, 3);
	if (k->last > TIME_LIMIT - s->gap)
		snap_bad(r);
}

static void
sgap_load(void *st, const struct rec *r)
{
	struct sgap *s = st;
	struct live_ent *e;

	if (r == NULL) {
		sgap_loaded(s);
	} else if (snap_is(r, "open", 3 + s->key.n)) {
		sgap_load1(s, r);
	} else if (snap_is(r, "gone", s->key.n)) {
		e = live_find(&s->open, key_load(&s->key, r, 1));
		if (e != NULL)
			live_drop(&s->open, e);
	} else if (snap_is(r, "time", 2)) {
		s->T = snap_getint(r, 1);
		s->seq = snap_getsize(r, 2);
	} else {
		snap_bad(r);
	}
}

const struct op sgap_op = {
	.name = "sgap",
	.usage = "[-hVv] [-k names] [-S dir] duration",
	.deltas = true,
	.open = sgap_open,
	.head = sgap_head,
	.data = sgap_data,
	.mark = sgap_mark,
	.fits = sgap_fits,
	.save = sgap_save,
	.load = sgap_load,
};

int
main(int argc, char **argv)
{
	return run(&sgap_op, argc, argv);
}
