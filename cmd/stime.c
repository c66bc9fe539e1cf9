/* stime - assigns event times and watermarks anew */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "etime.h"
#include "num.h"
#include "op.h"
#include "wmark.h"

struct stime {
	const char *spec;		/* -T */
	struct etime etime;
	struct wmark wmark;
	size_t col;			/* of the new time; 0: as it is */
	size_t nf;
	struct field *f;
	char text[NUM_INTLEN];		/* the old time of a record that has no text of it */
	bool end;
	int64_t T;			/* what the records so far allow; INT64_MIN: none */
};

extern const struct op stime_op;

static void *
stime_open(int argc, char **argv)
{
	struct stime *s = mem_alloc(sizeof *s);
	int ch;

	s->wmark = (struct wmark)WMARK_INIT;
	s->T = INT64_MIN;
	while ((ch = opt_next(&stime_op, argc, argv, "T:w:")) != -1)
		switch (ch) {
		case 'T':
			s->spec = optarg;
			break;
		case 'w':
			wmark_parse(&s->wmark, optarg);
			break;
		default:
			return NULL;
		}
	if (optind < argc)
		return NULL;
	if (s->spec != NULL)
		etime_parse(&s->etime, s->spec, false, false);
	return s;
}

/* The new time first, the old one behind it, then the others. */
static void
stime_columns(struct stime *s, const struct head *in, struct head *out)
{
	size_t i;

	head_clear(out);
	free(out->col[0].name);
	out->col[0].name = mem_copy(s->etime.name, strlen(s->etime.name));
	for (i = 0; i < in->ncol; i++)
		if (i != s->col)
			head_add(out, in->col[i].name, in->col[i].type);
	s->nf = in->ncol;
	s->f = mem_alloc(s->nf * sizeof *s->f);
}

static void
stime_head(void *st, const struct head *in, struct head *out)
{
	struct stime *s = st;
	size_t *col, n;

	if (in->mode != MODE_APPEND)
		errx(EXIT_BAD, "the stream is in %s mode: its rows change, "
		    "and watermarks say nothing about them",
		    mode_name(in->mode));
	if (s->etime.name == NULL)
		return;
	col = head_names(in, s->etime.name, &n);
	if (n != 1)
		errx(EXIT_BAD, "-T: one field is wanted: %s", s->etime.name);
	s->col = col[0];
	free(col);
	if (s->col > 0)
		stime_columns(s, in, out);
	else if (s->etime.format)
		errx(EXIT_BAD, "-T: %s is the time column, in ms already: "
		    "it has no other format", s->etime.name);
}

/* Returns the new time. */
static int64_t
stime_anew(struct stime *s, struct rec *r, struct next *nx)
{
	struct rec out = { .f = s->f, .nf = s->nf, .timed = true,
	    .from = r->from };
	int64_t old = rec_time(r);
	char why[512];
	size_t i, k = 1;

	if (etime_read(&s->etime, rec_field(r, s->col), &out.time, why,
	    sizeof why) < 0)
		rec_bad(r, "%s", why);
	s->f[k++] = rec_hastext(r) ? rec_field(r, 0) : (struct field){ s->text,
	    num_putint(s->text, old) };
	for (i = 1; i < r->nf; i++)
		if (i != s->col)
			s->f[k++] = rec_field(r, i);
	emit(nx, &out);
	return out.time;
}

static void
stime_data(void *st, struct rec *r, struct next *nx)
{
	struct stime *s = st;
	int64_t T, time;

	if (s->col > 0) {
		time = stime_anew(s, r, nx);
	} else {
		time = rec_time(r);
		emit(nx, r);
	}
	if ((T = wmark_of(&s->wmark, time)) > s->T)
		s->T = T;
	if (wmark_step(&s->wmark, s->T))
		chain_mark(nx, s->T);
}

/* The watermarks that come in go no further. */
static int64_t
stime_mark(void *st, int64_t T, struct next *nx)
{
	(void)nx;
	((struct stime *)st)->end = T == INT64_MAX;
	return INT64_MIN;
}

static void
stime_epoch(void *st, const char *id, struct next *nx)
{
	struct stime *s = st;
	int64_t T;

	(void)id;
	if (!s->end && wmark_barrier(&s->wmark, s->T, &T))
		chain_mark(nx, T);
}

static void
stime_fits(void *st, struct snap *snap)
{
	const struct stime *s = st;

	snap_fit(snap, "-T", s->spec != NULL ? s->spec : "");
}

static void
stime_save(void *st, struct snap *snap)
{
	const struct stime *s = st;

	snap_rec(snap, "time");
	snap_int(snap, s->T);
	wmark_save(&s->wmark, snap);
}

static void
stime_load(void *st, const struct rec *r)
{
	struct stime *s = st;

	if (r == NULL || wmark_load(&s->wmark, r))
		return;
	if (!snap_is(r, "time", 1))
		snap_bad(r);
	s->T = snap_getint(r, 1);
}

const struct op stime_op = {
	.name = "stime",
	.usage = "[-hVv] [-S dir] [-T field[=format]] [-w delay[,step]]",
	.open = stime_open,
	.head = stime_head,
	.data = stime_data,
	.mark = stime_mark,
	.epoch = stime_epoch,
	.fits = stime_fits,
	.save = stime_save,
	.load = stime_load,
};

int
main(int argc, char **argv)
{
	return run(&stime_op, argc, argv);
}
