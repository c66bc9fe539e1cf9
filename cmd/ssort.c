/* ssort - sorts what lies between two barriers, or by event time */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "await.h"
#include "die.h"
#include "fit.h"
#include "latest.h"
#include "map.h"
#include "num.h"
#include "op.h"
#include "order.h"

struct ssort {
	struct order order;		/* n 0: by event time */
	const char *keys;
	int64_t top;			/* 0: all */
	struct key key;
	bool replaces;			/* rows do: of a key the last one stands */
	struct latest latest;
	const struct head *in;
	size_t nf;
	int64_t T;
	struct await await;		/* by event time */
	struct hold hold;		/* by fields: */
	struct held **v;		/* since the last barrier, as they came */
	size_t n, cap, limit;		/* limit: when -n cuts before the barrier */
};

extern const struct op ssort_op;

static void *
ssort_open(int argc, char **argv)
{
	struct ssort *s = mem_alloc(sizeof *s);
	int ch;

	while ((ch = opt_next(&ssort_op, argc, argv, "k:n:")) != -1)
		switch (ch) {
		case 'k':
			s->keys = optarg;
			break;
		case 'n':
			if (num_int(optarg, strlen(optarg), &s->top) == 0 &&
			    s->top > 0)
				break;
			warnx("-n: not a number of at least 1: %s",
			    show(optarg, strlen(optarg)));
			return NULL;
		default:
			return NULL;
		}
	if (s->keys != NULL && s->top == 0) {
		warnx("-k: only with -n, the first so many of each key");
		return NULL;
	}
	if (s->top > 0 && optind == argc) {
		warnx("-n: the first by which field?");
		return NULL;
	}
	order_parse(&s->order, argv + optind, (size_t)(argc - optind));
	return s;
}

/* Twice what the last cut left, so that cutting costs little per record. */
static size_t
ssort_limit(const struct ssort *s)
{
	return s->top > 0 ? 4096 + 2 * s->n : SIZE_MAX;
}

static void
ssort_head(void *st, const struct head *in, struct head *out)
{
	struct ssort *s = st;

	(void)out;
	if (s->order.n == 0 && in->mode != MODE_APPEND)
		errx(EXIT_BAD, "the stream is in %s mode: its watermark says "
		    "nothing about its rows; sort by a field",
		    mode_name(in->mode));
	s->replaces = in->mode == MODE_UPDATE || in->mode == MODE_REVISE;
	if (s->replaces && s->top > 0)
		errx(EXIT_BAD, "-n: the stream is in %s mode: a dropped row "
		    "would leave an older one in the table",
		    mode_name(in->mode));
	if (s->replaces)
		latest_bind(&s->latest, in);
	order_bind(&s->order, in);
	key_bind(&s->key, in, s->keys);
	s->in = in;
	s->nf = in->ncol;
	s->T = INT64_MIN;
	s->limit = ssort_limit(s);
}

/* Keeps the first `top` of all, or of each key. */
static void
ssort_cut(struct ssort *s, struct next *nx)
{
	size_t i, k = 0, n = s->n;
	struct field key;
	struct map seen;
	struct rec r;
	int64_t *count;

	map_init(&seen, sizeof *count);
	for (i = 0; i < n; i++) {
		r = hold_rec(&s->hold, s->v[i], s->nf);
		key = key_text(&s->key, &r);
		count = map_own(map_get(&seen, key.s, key.n));
		if (++*count <= s->top)
			s->v[k++] = s->v[i];
		else {
			hold_free(&s->hold, s->v[i]);
			reject(nx);
		}
	}
	map_free(&seen);
	/* few may be left in many blocks */
	for (i = 0; i < k; i++)
		s->v[i] = hold_move(&s->hold, s->v[i]);
	s->n = k;
}

static void
ssort_sort(struct ssort *s, struct next *nx)
{
	order_sort(&s->order, s->v, s->n);
	if (s->top > 0)
		ssort_cut(s, nx);
}

static void
ssort_data(void *st, struct rec *r, struct next *nx)
{
	struct ssort *s = st;

	if (s->order.n == 0) {
		if (rec_time(r) < s->T)
			drop_late(nx, r);
		else
			await_add(&s->await, r, 0);
		return;
	}
	/* a bad key is found now, while its place is known */
	(void)key_text(&s->key, r);
	if (s->replaces)
		latest_check(&s->latest, r);
	if (s->n == s->cap) {
		s->cap = s->cap ? 2 * s->cap : 256;
		s->v = mem_grow(s->v, s->cap, sizeof(struct held *));
	}
	s->v[s->n++] = order_hold(&s->order, &s->hold, r);
	if (s->n >= s->limit) {
		ssort_sort(s, nx);
		s->limit = ssort_limit(s);
	}
}

static void
ssort_release(struct ssort *s, struct hold *h, struct held *d, struct next *nx)
{
	struct rec r = hold_rec(h, d, s->nf);

	emit(nx, &r);
	hold_free(h, d);
}

static int64_t
ssort_mark(void *st, int64_t T, struct next *nx)
{
	struct ssort *s = st;
	struct held *d;

	s->T = T;
	if (s->order.n > 0)
		return INT64_MIN;	/* until the barrier lets them go */
	while ((d = await_next(&s->await, T)) != NULL)
		ssort_release(s, &s->await.hold, d, nx);
	return T;
}

static void
ssort_epoch(void *st, const char *id, struct next *nx)
{
	struct ssort *s = st;
	size_t i, n = s->n;

	(void)id;
	if (s->order.n == 0)
		return;
	if (s->replaces)
		s->n = latest_keep(&s->latest, &s->hold, s->v, n);
	for (i = s->n; i < n; i++)
		reject(nx);
	ssort_sort(s, nx);
	for (i = 0; i < s->n; i++)
		ssort_release(s, &s->hold, s->v[i], nx);
	s->n = 0;
	s->limit = ssort_limit(s);
	emit_mark(nx, s->T);
}

/* By fields nothing is kept over a barrier but the watermark. */
static void
ssort_fits(void *st, struct snap *snap)
{
	const struct ssort *s = st;

	snap_fit(snap, "by", s->order.n == 0 ? "time" : "fields");
	if (s->order.n == 0)
		fit_fields(snap, "fields", s->in);
}

static void
ssort_save(void *st, struct snap *snap)
{
	struct ssort *s = st;

	snap_rec(snap, "time");
	snap_int(snap, s->T);
	await_save(&s->await, snap, s->nf);
}

static void
ssort_load(void *st, const struct rec *r)
{
	struct ssort *s = st;
	struct held *d;

	if (r == NULL)
		while ((d = await_next(&s->await, s->T)) != NULL)
			hold_free(&s->await.hold, d);
	else if (snap_is(r, "time", 1))
		s->T = snap_getint(r, 1);
	else if (!await_load(&s->await, r, 0, s->nf))
		snap_bad(r);
}

const struct op ssort_op = {
	.name = "ssort",
	.usage = "[-hVv] [-S dir] [[-k names] -n top] field[:desc] ... | "
	    "[-L file]",
	.late = true,
	.deltas = true,
	.open = ssort_open,
	.head = ssort_head,
	.data = ssort_data,
	.mark = ssort_mark,
	.epoch = ssort_epoch,
	.fits = ssort_fits,
	.save = ssort_save,
	.load = ssort_load,
};

int
main(int argc, char **argv)
{
	return run(&ssort_op, argc, argv);
}
