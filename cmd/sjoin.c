/* sjoin - joins a stream with another one, with itself, or with a table */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cogroup.h"
#include "die.h"
#include "dur.h"
#include "fit.h"
#include "interval.h"
#include "lookup.h"
#include "merge.h"
#include "op.h"

struct sjoin {
	const char *keys, *file, *field, *table;	/* -k; FILE, -a or -t */
	bool ranged;			/* -r */
	const struct head *in[2];	/* of the two sides */
	struct join join;
	struct interval interval;
	struct cogroup cogroup;
	struct lookup lookup;
	bool windowed;
	size_t side;			/* FILE: where the record is from */
	size_t sidecol;			/* -a */
	struct head out;		/* FILE: the output's heading */
	bool ended;
	struct feed feed;
	struct merge merge;
};

extern const struct op sjoin_op;

/* LOWER,UPPER */
static int
range_parse(char *s, struct interval *iv)
{
	char *comma = strchr(s, ',');
	bool good = false;

	if (comma != NULL) {
		*comma = '\0';
		good = dur_parse(s, &iv->lower) == 0 &&
		    dur_parse(comma + 1, &iv->upper) == 0 &&
		    iv->lower <= iv->upper && iv->lower >= -INTERVAL_MOST &&
		    iv->upper <= INTERVAL_MOST;
		*comma = ',';
	}
	if (!good)
		warnx("-r: not two durations such as -5s,10s, the lower one "
		    "first: %s", show(s, strlen(s)));
	return good ? 0 : -1;
}

/* What does not go together. */
static int
sjoin_check(const struct sjoin *s)
{
	enum join_kind kind = s->join.kind;

	if ((s->file != NULL) + (s->field != NULL) + (s->table != NULL) != 1 ||
	    s->keys == NULL)
		return -1;
	if (s->file != NULL && strcmp(s->file, "-") == 0) {
		warnx("standard input is the left side already");
		return -1;
	}
	if (s->table == NULL)
		return 0;
	if (s->ranged) {
		warnx("-r: a table has no times");
		return -1;
	}
	if (kind == JOIN_RIGHT || kind == JOIN_FULL) {
		warnx("-j: with a table there are inner left semi anti");
		return -1;
	}
	return 0;
}

static void *
sjoin_open(int argc, char **argv)
{
	struct sjoin *s = mem_alloc(sizeof *s);
	int ch;

	while ((ch = opt_next(&sjoin_op, argc, argv, "a:j:k:r:t:")) != -1)
		switch (ch) {
		case 'a':
			s->field = optarg;
			break;
		case 'j':
			if (join_parse(optarg, &s->join.kind) == 0)
				break;
			warnx("-j: there are inner left right full semi anti: "
			    "%s", show(optarg, strlen(optarg)));
			return NULL;
		case 'k':
			s->keys = optarg;
			break;
		case 'r':
			if (range_parse(optarg, &s->interval) < 0)
				return NULL;
			s->ranged = true;
			break;
		case 't':
			s->table = optarg;
			break;
		default:
			return NULL;
		}
	if (argc - optind > 1)
		return NULL;
	s->file = argv[optind];
	return sjoin_check(s) == 0 ? s : NULL;
}

static void
mode_check(const struct head *h, const char *name)
{
	if (h->mode != MODE_APPEND)
		errx(EXIT_BAD, "%s is in %s mode: its rows change, and would "
		    "be joined more than once", name, mode_name(h->mode));
}

/* By windows or by times, which the two streams must agree on. */
static void
kind_check(struct sjoin *s, const struct head *l, const struct head *r)
{
	const struct window *a = &l->window, *b = &r->window;

	if (a->kind != b->kind || a->size != b->size || a->slide != b->slide ||
	    a->offset != b->offset || a->gap != b->gap)
		errx(EXIT_BAD, "the two streams do not have the same #window");
	s->windowed = a->kind != WINDOW_NONE;
	if (s->windowed && s->ranged)
		errx(EXIT_BAD, "-r: the streams have windows: it is either "
		    "-r or swindow");
	if (!s->windowed && !s->ranged)
		errx(EXIT_BAD, "no -r, and the streams have no windows: "
		    "everything would have to be kept");
	if (a->kind == WINDOW_SESSION || a->kind == WINDOW_COUNT)
		errx(EXIT_BAD, "only tumbling and sliding windows can be "
		    "joined");
	s->cogroup.window = *a;
}

/* Two streams, or one that holds both. */
static void
sjoin_build(struct sjoin *s, const struct head *l, const struct head *r,
    const char *const name[2], struct head *out)
{
	mode_check(l, name[0]);
	mode_check(r, name[1]);
	kind_check(s, l, r);
	head_clear(out);
	head_setkey(out, MODE_APPEND, NULL, 0);
	out->window = (struct window){ .kind = WINDOW_NONE };
	join_head(&s->join, l, r, s->keys, s->field,
	    s->windowed ? JOIN_WINDOW : JOIN_TIMES, name, out);
	s->in[0] = l;
	s->in[1] = r;
	s->interval.join = s->cogroup.join = &s->join;
	if (s->windowed)
		cogroup_init(&s->cogroup);
	else
		interval_init(&s->interval);
}

static void
sjoin_head(void *st, const struct head *in, struct head *out)
{
	struct sjoin *s = st;
	const char *name[2] = { "standard input", "standard input" };

	if (s->file != NULL && !s->join.wide)
		errx(EXIT_USAGE, "%s: a chain has one input, so it cannot "
		    "join with a file: leave sjoin outside", s->file);
	if (s->file != NULL) {
		head_free(out);
		head_copy(out, &s->out);
	} else if (s->field != NULL) {
		s->sidecol = head_name(in, s->field, NULL);
		sjoin_build(s, in, in, name, out);
	} else {
		name[1] = s->table;
		mode_check(in, name[0]);
		head_clear(out);
		head_setkey(out, MODE_APPEND, NULL, 0);
		lookup_open(&s->lookup, s->table, s->keys, in);
		join_head(&s->join, in, &s->lookup.head, s->keys, NULL,
		    JOIN_NONE, name, out);
		lookup_fill(&s->lookup, &s->join);
	}
}

static size_t
sjoin_side(const struct sjoin *s, const struct rec *r)
{
	struct field f = rec_field(r, s->sidecol);

	if (f.n != 1 || (*f.s != 'L' && *f.s != 'R'))
		rec_bad(r, "%s is neither L nor R: \"%s\"", s->field,
		    show(f.s, f.n));
	return *f.s == 'R';
}

static void
sjoin_data(void *st, struct rec *r, struct next *nx)
{
	struct sjoin *s = st;

	if (s->table != NULL) {
		lookup_data(&s->lookup, &s->join, r, nx);
		return;
	}
	if (s->field != NULL)
		s->side = sjoin_side(s, r);
	if (s->windowed)
		cogroup_data(&s->cogroup, s->side, r, nx);
	else
		interval_data(&s->interval, s->side, r, nx);
}

static int64_t
sjoin_mark(void *st, int64_t T, struct next *nx)
{
	struct sjoin *s = st;

	s->ended = T == INT64_MAX;
	if (s->table != NULL)
		return T;
	return s->windowed ? cogroup_mark(&s->cogroup, T, nx) :
	    interval_mark(&s->interval, T, nx);
}

static void
sjoin_epoch(void *st, const char *id, struct next *nx)
{
	struct sjoin *s = st;

	(void)id;
	if (s->table != NULL && !s->ended)
		lookup_renew(&s->lookup, &s->join);
	else if (s->table == NULL && !s->windowed)
		interval_epoch(&s->interval, nx);
}

/* With a table nothing is kept: it is read again. */
static void
sjoin_fits(void *st, struct snap *snap)
{
	const struct sjoin *s = st;

	snap_fit(snap, "with", s->table != NULL ? "table" :
	    s->file != NULL ? "file" : "itself");
	if (s->table != NULL)
		return;
	join_fits(&s->join, s->in[0], s->in[1], snap);
	fit_window(snap, &s->cogroup.window);
	if (!s->windowed) {
		fit_int(snap, "lower", s->interval.lower);
		fit_int(snap, "upper", s->interval.upper);
	}
}

static void
sjoin_save(void *st, struct snap *snap)
{
	struct sjoin *s = st;

	if (s->table != NULL)
		return;
	if (s->file != NULL)
		merge_save(&s->merge, snap);
	if (s->windowed)
		cogroup_save(&s->cogroup, snap);
	else
		interval_save(&s->interval, snap);
}

static void
sjoin_load(void *st, const struct rec *r)
{
	struct sjoin *s = st;

	if (s->table != NULL) {
		if (r != NULL)
			snap_bad(r);
		return;
	}
	if (r != NULL && s->file != NULL && merge_load(&s->merge, r))
		return;
	if (!(s->windowed ? cogroup_load(&s->cogroup, r) :
	    interval_load(&s->interval, r)))
		snap_bad(r);
}

const struct op sjoin_op = {
	.name = "sjoin",
	.usage = "[-hVv] [-j inner|left|right|full|semi|anti] [-r lower,upper] "
	    "[-L late] [-S dir] -k names file | -a field | -t table",
	.late = true,
	.deltas = true,
	.open = sjoin_open,
	.head = sjoin_head,
	.data = sjoin_data,
	.mark = sjoin_mark,
	.epoch = sjoin_epoch,
	.fits = sjoin_fits,
	.save = sjoin_save,
	.load = sjoin_load,
};

/* Two streams; the one that is behind goes on, whichever pipe is faster. */
static int
sjoin_two(struct sjoin *s, struct next *next)
{
	const char *const file[2] = { "-", s->file };
	const struct head *l, *r;
	struct head wide = { 0 };
	struct rec rec;
	enum event e;
	size_t i;

	feed_open(&s->feed, file, 2, chain_pause, next);
	if (!merge_open(&s->merge, &s->feed, next)) {
		chain_report(next);
		return 0;
	}
	l = &s->feed.v[0].s.head;
	r = &s->feed.v[1].s.head;
	head_copy(&s->out, l);
	head_copy(&wide, &s->out);
	sjoin_build(s, l, r, (const char *const[2]){ s->feed.v[0].name,
	    s->feed.v[1].name }, &s->out);
	s->join.wide = true;
	join_headlate(&s->join, l, r, &wide);
	chain_head(next, &wide, merge_restore(&s->merge));
	head_free(&wide);
	do {
		while ((e = merge_behind(&s->merge, &i, &rec)) == STREAM_DATA) {
			merge_data(&s->merge, i);
			s->side = i;
			chain_data(next, &rec);
		}
	} while (!merge_event(&s->merge, i, e, &rec));
	chain_report(next);
	return 0;
}

int
main(int argc, char **argv)
{
	const struct op *op = &sjoin_op;
	struct next *next = chain_open(&op, &argv, &argc, 1);
	struct sjoin *s = chain_state(next);

	return s->file != NULL ? sjoin_two(s, next) : run_chain(next);
}
