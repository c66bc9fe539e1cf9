/* csv, tsv and line: records that are lines, or nearly, and whose fields stand in order. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decfmt.h"
#include "dectext.h"
#include "die.h"

#define PLACE_LEN 512

/* Without a header the columns of -f are fields by position: as many as a record has. */
static void
text_open(struct dec *d)
{
	size_t i;

	if (!d->opts.header)
		for (i = 0; i < d->row.cols.n; i++)
			d->want += col_own(&d->row.cols.col[i]);
}

static void
line_open(struct dec *d)
{
	if (!d->named)
		cols_add(&d->row.cols, "line", 4, TYPE_STR);
	text_open(d);
	if (d->want != 1)
		errx(EXIT_USAGE, "-f: a line is one field");
}

static void
text_columns(struct dec *d)
{
	cols_number(&d->row.cols, d->lane->raw.n);
	d->want = d->lane->raw.n;
}

/* The names of the header line in raw, as they are to be shown and as they stand. */
static void
header_parse(struct dec *d, struct cols *header, const char *place)
{
	struct raw *w = &d->lane->raw;
	struct field *f = mem_grow(NULL, w->n, sizeof *f);
	struct buf tmp = { 0 };
	size_t i;

	buf_room(&tmp, w->record.n + 1);
	for (i = 0; i < w->n; i++) {
		f[i] = raw_field(w, i);
		if (!d->format->csv && esc_undo(f[i], &tmp, &f[i]) < 0)
			errx(EXIT_BAD, "%s: the header line has a broken "
			    "escape: \"%s\"", place, show(f[i].s, f[i].n));
	}
	cols_header(header, f, w->n);
	free(f);
	buf_free(&tmp);
}

/* What the first header line says. */
static void
header_first(struct dec *d, struct cols header, const char *place)
{
	size_t i;

	d->want = header.n;
	d->first = header;
	if (d->named)
		cols_find(&d->row.cols, &header, place);
	else
		for (i = 0; i < header.n; i++)
			cols_add(&d->row.cols, header.col[i].name,
			    strlen(header.col[i].name), TYPE_STR);
}

/* A file's header line is in raw; 2: now the columns are known. */
static int
text_header(struct dec *d)
{
	struct cols header = { 0 };
	char place[PLACE_LEN];
	size_t i;
	bool same;

	origin_show(&d->lane->raw.from, place, sizeof place);
	header_parse(d, &header, place);
	d->lane->heading = false;
	if (d->first.n > 0) {
		same = header.n == d->first.n;
		for (i = 0; same && i < header.n; i++)
			same = strcmp(header.col[i].path,
			    d->first.col[i].path) == 0;
		if (!same)
			errx(EXIT_BAD, "%s: the header is not that of the "
			    "first file", place);
		cols_free(&header);
		return 1;
	}
	header_first(d, header, place);
	return dec_known(d) ? 1 : 2;
}

int
text_read(struct dec *d, struct in *in, const char **why)
{
	struct lane *l = d->lane;
	char place[PLACE_LEN];
	bool wait;
	int k;

	if (!l->begun)
		l->heading = d->opts.header && in->from.pos == 0;
	for (;;) {
		wait = l->again && !in_ready(in) && !in->eof;
		l->again = false;
		if (wait)
			return 3;
		k = raw_read(&l->raw, in, l->heading, why);
		if (k < 0 && l->heading) {
			origin_show(&l->raw.from, place, sizeof place);
			errx(EXIT_BAD, "%s: the header line: %s", place, *why);
		}
		if (k != 1)
			return k;
		l->again = true;
		if (d->format->blank != NULL && d->format->blank(d))
			continue;
		if (!l->heading)
			break;
		if (text_header(d) == 2)
			return 2;
	}
	l->again = false;
	return 1;
}

/* Blank lines that a file may have. */
static bool
text_blank(const struct dec *d)
{
	return d->lane->raw.record.n == 0 &&
	    (d->want != 1 || d->lane->heading);
}

static int
text_row(struct dec *d, const char **why)
{
	const struct raw *w = &d->lane->raw;

	if (w->n != d->want) {
		snprintf(d->why, sizeof d->why, "%zu field%s, %zu wanted",
		    w->n, w->n == 1 ? "" : "s", d->want);
		*why = d->why;
		return -1;
	}
	return row_cut(&d->row, w, why);
}

static int
csv_message(struct dec *d, const char *s, size_t n, const char **why)
{
	return raw_csv(&d->lane->raw, s, n, why);
}

static int
tsv_message(struct dec *d, const char *s, size_t n, const char **why)
{
	return raw_tsv(&d->lane->raw, s, n, why);
}

int
line_message(struct dec *d, const char *s, size_t n, const char **why)
{
	return raw_lines(&d->lane->raw, s, n, why);
}

static void
text_save(const struct dec *d, struct snap *s)
{
	size_t i;

	if (d->first.n > 0) {
		snap_rec(s, "header");
		for (i = 0; i < d->first.n; i++)
			snap_text(s, d->first.col[i].path,
			    strlen(d->first.col[i].path));
	} else if (dec_known(d) && !d->named) {
		snap_rec(s, "columns");
		snap_int(s, (int64_t)d->want);
	}
}

static bool
text_load(struct dec *d, const struct rec *r)
{
	struct field word = rec_field(r, 0), *f;
	struct cols header = { 0 };
	struct buf b = { 0 };
	size_t i, at;

	if (word.n == 7 && memcmp(word.s, "columns", 7) == 0) {
		d->want = snap_getsize(r, 1);
		cols_number(&d->row.cols, d->want);
		return true;
	}
	if (word.n != 6 || memcmp(word.s, "header", 6) != 0)
		return false;
	f = mem_grow(NULL, r->nf, sizeof *f);
	for (i = 1; i < r->nf; i++) {
		at = b.n;
		snap_getraw(r, i, &b);
		f[i - 1].n = b.n - at;
	}
	for (i = 1, at = 0; i < r->nf; at += f[i - 1].n, i++)
		f[i - 1].s = b.s + at;
	cols_header(&header, f, r->nf - 1);
	header_first(d, header, r->from->name);
	free(f);
	buf_free(&b);
	return true;
}

const struct dec_format dec_csv = {
	.spec = { .name = "csv", .messages = true, .files = true },
	.header = true,
	.csv = true,
	.lines = true,
	.cut = FORMAT_CSV,
	.open = text_open,
	.columns = text_columns,
	.read = text_read,
	.blank = text_blank,
	.message = csv_message,
	.row = text_row,
	.save = text_save,
	.load = text_load,
};

const struct dec_format dec_tsv = {
	.spec = { .name = "tsv", .messages = true, .files = true },
	.header = true,
	.lines = true,
	.cut = FORMAT_TSV,
	.open = text_open,
	.columns = text_columns,
	.read = text_read,
	.blank = text_blank,
	.message = tsv_message,
	.row = text_row,
	.save = text_save,
	.load = text_load,
};

const struct dec_format dec_line = {
	.spec = { .name = "line", .messages = true, .files = true },
	.cut = FORMAT_LINE,
	.open = line_open,
	.read = text_read,
	.message = line_message,
	.row = text_row,
};
