/* sshow - shows each epoch as a table, for a person */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cell.h"
#include "die.h"
#include "hold.h"
#include "io.h"
#include "num.h"
#include "op.h"
#include "stamp.h"
#include "val.h"

struct cell { size_t at, n, width; };	/* in text */

struct sshow {
	int64_t rows, width;		/* 0: all of them, whole cells */
	struct head head;
	size_t first;			/* column: the time or the next */
	bool redraw;
	struct hold hold;
	struct held **v;		/* what is shown of this epoch */
	size_t n, cap;
	bool any, more;			/* than what is shown */
	int64_t batch;
	struct buf text, raw;
	struct cell *cell;		/* a line of names, then the rows */
	size_t ncell;
	size_t *wide;			/* of each column */
	struct out out;
};

extern const struct op sshow_op;

static int
number_parse(const char *opt, const char *s, int64_t *v)
{
	if (num_int(s, strlen(s), v) == 0 && *v >= 0)
		return 0;
	warnx("%s: not a number of at least 0: %s", opt, show(s, strlen(s)));
	return -1;
}

static void *
sshow_open(int argc, char **argv)
{
	struct sshow *s = mem_alloc(sizeof *s);
	int ch;

	s->rows = s->width = 20;
	while ((ch = opt_next(&sshow_op, argc, argv, "n:w:")) != -1)
		switch (ch) {
		case 'n':
			if (number_parse("-n", optarg, &s->rows) < 0)
				return NULL;
			break;
		case 'w':
			if (number_parse("-w", optarg, &s->width) < 0)
				return NULL;
			if (s->width == 0 || s->width >= 4)
				break;
			warnx("-w: a cell that is cut takes at least 4");
			return NULL;
		default:
			return NULL;
		}
	if (optind != argc)
		return NULL;
	out_init(&s->out, 1, "standard output");
	return s;
}

static void
sshow_head(void *st, const struct head *in, struct head *out)
{
	struct sshow *s = st;

	(void)out;
	head_copy(&s->head, in);
	/* a window's row has the time window_end - 1: once is enough */
	s->first = head_find(in, "window_start") > 0 &&
	    head_find(in, "window_end") > 0;
	s->redraw = in->mode == MODE_COMPLETE && isatty(1);
	s->wide = mem_alloc(in->ncol * sizeof *s->wide);
}

static void
sshow_data(void *st, struct rec *r, struct next *nx)
{
	struct sshow *s = st;

	(void)nx;
	s->any = true;
	if (s->rows > 0 && s->n == (size_t)s->rows) {
		s->more = true;
		return;
	}
	if (s->n == s->cap) {
		s->cap = s->cap ? 2 * s->cap : 32;
		s->v = mem_grow(s->v, s->cap, sizeof(struct held *));
	}
	s->v[s->n++] = hold_copy(&s->hold, r, 0);
}

static void
sshow_cell(struct sshow *s, size_t col, const char *text, size_t n, size_t most)
{
	struct cell *c = &s->cell[s->ncell++];

	c->at = s->text.n;
	cell_add(&s->text, text, n, most);
	c->n = s->text.n - c->at;
	c->width = cell_width(s->text.s + c->at, c->n);
	if (c->width > s->wide[col])
		s->wide[col] = c->width;
}

/* 2013-01-01 10:00:00, as Spark writes a timestamp. */
static void
sshow_time(struct sshow *s, size_t col, int64_t ms)
{
	char iso[STAMP_LEN], *t;
	size_t n = stamp_iso(iso, ms);

	if ((t = memchr(iso, 'T', n)) != NULL)
		*t = ' ';
	if (n > 0 && iso[n - 1] == 'Z')
		n--;
	sshow_cell(s, col, iso, n, (size_t)s->width);
}

static void
sshow_row(struct sshow *s, const struct held *d)
{
	struct rec r = hold_rec(&s->hold, d, s->head.ncol);
	struct field f, raw;
	int64_t ms;
	size_t i;

	for (i = s->first; i < s->head.ncol; i++) {
		if (i == 0) {
			sshow_time(s, i, r.time);
			continue;
		}
		f = rec_field(&r, i);
		if (field_isnull(f)) {
			sshow_cell(s, i, "NULL", 4, 0);
		} else if (s->head.col[i].type == TYPE_TIME &&
		    val_time(f, &ms) == 0) {
			sshow_time(s, i, ms);
		} else {
			s->raw.n = 0;
			if (esc_undo(f, &s->raw, &raw) < 0)
				raw = f;
			sshow_cell(s, i, raw.s, raw.n, (size_t)s->width);
		}
	}
}

static void
put_fill(struct out *o, char c, size_t n)
{
	while (n-- > 0)
		out_put(o, &c, 1);
}

static void
sshow_rule(struct sshow *s)
{
	size_t i;

	out_put(&s->out, "+", 1);
	for (i = s->first; i < s->head.ncol; i++) {
		put_fill(&s->out, '-', s->wide[i]);
		out_put(&s->out, "+", 1);
	}
	out_put(&s->out, "\n", 1);
}

/* To the right where cells may be cut, else to the left, as Spark does. */
static void
sshow_line(struct sshow *s, const struct cell *c)
{
	struct out *o = &s->out;
	size_t i, pad;

	out_put(o, "|", 1);
	for (i = s->first; i < s->head.ncol; i++, c++) {
		pad = s->wide[i] - c->width;
		put_fill(o, ' ', s->width > 0 ? pad : 0);
		out_put(o, s->text.s + c->at, c->n);
		put_fill(o, ' ', s->width > 0 ? 0 : pad);
		out_put(o, "|", 1);
	}
	out_put(o, "\n", 1);
}

static void
sshow_table(struct sshow *s)
{
	size_t i, ncol = s->head.ncol - s->first;

	s->text.n = s->ncell = 0;
	s->cell = mem_grow(s->cell, (s->n + 1) * ncol, sizeof *s->cell);
	for (i = s->first; i < s->head.ncol; i++) {
		s->wide[i] = 3;
		sshow_cell(s, i, s->head.col[i].name,
		    strlen(s->head.col[i].name), 0);
	}
	for (i = 0; i < s->n; i++)
		sshow_row(s, s->v[i]);
	sshow_rule(s);
	sshow_line(s, s->cell);
	sshow_rule(s);
	for (i = 1; i <= s->n; i++)
		sshow_line(s, s->cell + i * ncol);
	sshow_rule(s);
}

static void
sshow_epoch(void *st, const char *id, struct next *nx)
{
	static const char bar[] =
	    "-------------------------------------------\n";
	struct sshow *s = st;
	char text[80];
	size_t i;

	(void)id;
	(void)nx;
	if (!s->any)
		return;
	if (s->redraw)
		out_put(&s->out, "\033[H\033[2J", 7);
	snprintf(text, sizeof text, "Batch: %" PRId64 "\n", s->batch++);
	out_put(&s->out, bar, sizeof bar - 1);
	out_put(&s->out, text, strlen(text));
	out_put(&s->out, bar, sizeof bar - 1);
	sshow_table(s);
	if (s->more) {
		snprintf(text, sizeof text, "only showing top %" PRId64
		    " row%s\n", s->rows, s->rows == 1 ? "" : "s");
		out_put(&s->out, text, strlen(text));
	}
	out_put(&s->out, "\n", 1);
	out_flush(&s->out);
	for (i = 0; i < s->n; i++)
		hold_free(&s->hold, s->v[i]);
	s->n = 0;
	s->any = s->more = false;
}

const struct op sshow_op = {
	.name = "sshow",
	.usage = "[-hVv] [-n rows] [-w width]",
	.sink = true,
	.open = sshow_open,
	.head = sshow_head,
	.data = sshow_data,
	.epoch = sshow_epoch,
};

int
main(int argc, char **argv)
{
	return run(&sshow_op, argc, argv);
}
