#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dec.h"
#include "die.h"
#include "raw.h"
#include "row.h"

#define WHY_LEN 512

struct lane {
	struct raw raw;
	bool heading;		/* the next record is a file's header line */
	bool held;		/* the record in raw has not been handed out */
	bool again;		/* a call that is to follow at once: it must not wait */
};

struct dec {
	enum format format;
	bool header;		/* of -H */
	bool named;		/* by -f */
	bool known;
	struct row row;
	struct cols first;	/* the first file's header */
	size_t want;		/* fields of a record; 0: not known */
	ptrdiff_t time;		/* the column bound as time, or -1 */
	struct lane own, *lane;	/* lane: of the file at hand */
	char why[WHY_LEN];
};

static enum format
dec_format(const char *name)
{
	const char *const names[] = { "csv", "tsv", "json", "line" };
	size_t i;

	for (i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(names[i], name) == 0)
			return (enum format)i;
	errx(EXIT_USAGE, "-s: the formats are csv tsv json line: %s", name);
}

static void
dec_ready(struct dec *d)
{
	d->known = true;
	row_ready(&d->row);
}

static void
dec_check(const struct dec *d, bool kafka)
{
	const struct col *c;
	size_t i;

	if (d->header && kafka)
		errx(EXIT_USAGE, "-H: messages have no header line");
	if (d->header && d->format > FORMAT_TSV)
		errx(EXIT_USAGE, "-H: only csv and tsv have a header line");
	if (d->format == FORMAT_LINE && d->want != 1)
		errx(EXIT_USAGE, "-f: a line is one field");
	if (d->header || d->format == FORMAT_JSON)
		return;
	for (i = 0; i < d->row.cols.n; i++) {
		c = &d->row.cols.col[i];
		if (c->meta == META_NONE && strcmp(c->path, c->name) != 0)
			errx(EXIT_USAGE, "-f: only with -H or in json is there "
			    "a name behind the =: %s=%s", c->name, c->path);
	}
}

struct dec *
dec_new(const char *format, const char *fields, bool header, bool kafka)
{
	struct dec *d = mem_alloc(sizeof *d);
	size_t i;

	d->format = dec_format(format);
	d->header = header;
	d->named = fields != NULL;
	d->time = -1;
	d->lane = &d->own;
	raw_init(&d->own.raw, d->format);
	if (fields != NULL)
		cols_parse(&d->row.cols, 'f', fields, kafka);
	else if (d->format == FORMAT_LINE)
		cols_add(&d->row.cols, "line", 4, TYPE_STR);
	else if (d->format == FORMAT_JSON)
		cols_add(&d->row.cols, "json", 4, TYPE_STR);
	if (!header)
		for (i = 0; i < d->row.cols.n; i++)
			d->want += d->row.cols.col[i].meta == META_NONE;
	dec_check(d, kafka);
	if (d->format == FORMAT_JSON)
		row_paths(&d->row, d->named);
	if (d->row.cols.n > 0)
		dec_ready(d);
	return d;
}

void
dec_free(struct dec *d)
{
	row_nopaths(&d->row);
	row_free(&d->row);
	cols_free(&d->first);
	raw_free(&d->own.raw);
	free(d);
}

struct lane *
dec_lane(const struct dec *d)
{
	struct lane *l = mem_alloc(sizeof *l);

	raw_init(&l->raw, d->format);
	return l;
}

void
dec_restart(struct lane *l)
{
	l->raw.open = l->held = l->again = false;
}

void
dec_use(struct dec *d, struct lane *l)
{
	d->lane = l;
}

bool
dec_csv(const struct dec *d)
{
	return d->format == FORMAT_CSV;
}

bool
dec_known(const struct dec *d)
{
	return d->known;
}

size_t
dec_ncol(const struct dec *d)
{
	return d->row.cols.n - (d->time >= 0);
}

int
dec_bind(struct dec *d, const char *time)
{
	size_t i, to = 1;

	d->time = -1;
	for (i = 0; i < d->row.cols.n; i++)
		if (time != NULL && strcmp(d->row.cols.col[i].name, time) == 0)
			d->time = (ptrdiff_t)i;
	for (i = 0; i < d->row.cols.n; i++)
		d->row.cols.col[i].to = (ptrdiff_t)i == d->time ? 0 : to++;
	row_order(&d->row);
	/* -T says how it is to be read, and only the time goes on */
	if (d->time >= 0)
		d->row.cols.col[d->time].type = TYPE_STR;
	return time == NULL || d->time >= 0 ? 0 : -1;
}

void
dec_head(const struct dec *d, const char *time, struct head *h)
{
	size_t i;

	head_add(h, time, TYPE_TIME);
	for (i = 0; i < d->row.cols.n; i++)
		if ((ptrdiff_t)i != d->time)
			head_add(h, d->row.cols.col[i].name, d->row.cols.col[i].type);
}

/* The column that stands at place i of dec_fields. */
static struct col *
dec_col(const struct dec *d, size_t i)
{
	struct col *c = d->row.cols.col;

	while (c->to != i)
		c++;
	return c;
}

enum meta
dec_meta(const struct dec *d, size_t i, const char **name)
{
	const struct col *c;

	if (i == 0 && d->time < 0)
		return META_NONE;
	c = dec_col(d, i);
	if (c->meta == META_HEADER)
		*name = c->path + strlen("_header.");
	return c->meta;
}

struct field *
dec_fields(struct dec *d)
{
	row_fill(&d->row, &d->lane->raw);
	return d->row.f;
}

struct field
dec_time(const struct dec *d)
{
	return d->row.f[0];
}

bool
dec_asread(struct dec *d, struct rec *r)
{
	return d->row.asis && raw_line(&d->lane->raw, r);
}

const struct origin *
dec_from(const struct dec *d)
{
	return &d->lane->raw.from;
}

int
dec_setmeta(struct dec *d, size_t i, const char *s, size_t n, const char **why)
{
	return row_meta(&d->row, dec_col(d, i), (struct field){ s, n }, why);
}

/* The record in raw, into dec_fields. */
static int
dec_record(struct dec *d, const char **why)
{
	if (d->format == FORMAT_JSON)
		return row_json(&d->row, &d->lane->raw, why);
	if (d->lane->raw.n != d->want) {
		snprintf(d->why, sizeof d->why, "%zu field%s, %zu wanted",
		    d->lane->raw.n, d->lane->raw.n == 1 ? "" : "s", d->want);
		*why = d->why;
		return -1;
	}
	return row_cut(&d->row, &d->lane->raw, why);
}

/* The first record says how many columns there are. */
static int
dec_first(struct dec *d)
{
	cols_number(&d->row.cols, d->lane->raw.n);
	d->want = d->lane->raw.n;
	dec_ready(d);
	return 2;
}

/* What the first header line says; 2: now the columns are known. */
static int
dec_columns(struct dec *d, struct cols header, const char *place)
{
	bool known = d->known;
	size_t i;

	d->want = header.n;
	d->first = header;
	if (d->named)
		cols_find(&d->row.cols, &header, place);
	else
		for (i = 0; i < header.n; i++)
			cols_add(&d->row.cols, header.col[i].name,
			    strlen(header.col[i].name), TYPE_STR);
	if (!known)
		dec_ready(d);
	return known ? 1 : 2;
}

/* A file's header line is in raw; 2: now the columns are known. */
static int
dec_header(struct dec *d)
{
	struct field *f = mem_grow(NULL, d->lane->raw.n, sizeof *f);
	struct buf tmp = { 0 };
	struct cols header = { 0 };
	char place[WHY_LEN];
	size_t i;
	bool same;

	origin_show(&d->lane->raw.from, place, sizeof place);
	buf_room(&tmp, d->lane->raw.record.n + 1);
	for (i = 0; i < d->lane->raw.n; i++) {
		f[i] = raw_field(&d->lane->raw, i);
		if (d->format == FORMAT_TSV &&
		    esc_undo(f[i], &tmp, &f[i]) < 0)
			errx(EXIT_BAD, "%s: the header line has a broken "
			    "escape: \"%s\"", place, show(f[i].s, f[i].n));
	}
	cols_header(&header, f, d->lane->raw.n);
	free(f);
	buf_free(&tmp);
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
	return dec_columns(d, header, place);
}

/* Blank lines that a file may have. */
static bool
dec_skip(const struct dec *d)
{
	struct field f = d->lane->raw.record;

	if (d->format == FORMAT_LINE)
		return false;
	if (d->format != FORMAT_JSON)
		return f.n == 0 && (d->want != 1 || d->lane->heading);
	while (f.n > 0 && (*f.s == ' ' || *f.s == '\t' || *f.s == '\r')) {
		f.s++;
		f.n--;
	}
	return f.n == 0;
}

int
dec_read(struct dec *d, struct in *in, struct field *raw, const char **why)
{
	char place[WHY_LEN];
	bool wait;
	int k;

	if (in->from.pos == 0)
		d->lane->heading = d->header;
	for (;;) {
		if (d->lane->held) {
			d->lane->held = false;
			*raw = d->lane->raw.record;
			return dec_record(d, why);
		}
		wait = d->lane->again && !in_ready(in) && !in->eof;
		d->lane->again = false;
		if (wait)
			return 3;
		k = raw_read(&d->lane->raw, in, d->lane->heading, why);
		if (k == 0 || k == 3)
			return k;
		/* one by one: as a whole it would wait for the stores before */
		raw->s = d->lane->raw.record.s;
		raw->n = d->lane->raw.record.n;
		if (k < 0 && d->lane->heading) {
			origin_show(&d->lane->raw.from, place, sizeof place);
			errx(EXIT_BAD, "%s: the header line: %s", place, *why);
		}
		if (k < 0)
			return -1;
		d->lane->again = true;
		if (dec_skip(d))
			continue;
		if (d->lane->heading) {
			if (dec_header(d) == 2)
				return 2;
		} else if (!d->known) {
			d->lane->held = true;
			return dec_first(d);
		} else {
			d->lane->again = false;
			return dec_record(d, why);
		}
	}
}

int
dec_payload(struct dec *d, const char *s, size_t n, const char **why)
{
	if (raw_payload(&d->lane->raw, s, n, why) < 0)
		return -1;
	if (!d->known)
		return dec_first(d);
	return dec_record(d, why);
}

void
dec_place(const struct lane *l, const struct in *in, int64_t *offset,
    int64_t *line)
{
	*offset = in_offset(in);
	*line = in->from.pos;
	if (l->raw.open) {
		*offset -= (int64_t)l->raw.text.n;
		*line = l->raw.from.pos - 1;
	}
}

void
dec_save(const struct dec *d, struct snap *s)
{
	size_t i;

	if (d->first.n > 0) {
		snap_rec(s, "header");
		for (i = 0; i < d->first.n; i++)
			snap_text(s, d->first.col[i].path,
			    strlen(d->first.col[i].path));
	} else if (d->known && !d->named && d->format <= FORMAT_TSV) {
		snap_rec(s, "columns");
		snap_int(s, (int64_t)d->want);
	}
}

bool
dec_load(struct dec *d, const struct rec *r)
{
	struct field word = rec_field(r, 0), *f;
	struct cols header = { 0 };
	struct buf b = { 0 };
	size_t i, at;

	if (word.n == 7 && memcmp(word.s, "columns", 7) == 0) {
		cols_number(&d->row.cols, snap_getsize(r, 1));
		d->want = snap_getsize(r, 1);
		dec_ready(d);
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
	dec_columns(d, header, r->from->name);
	free(f);
	buf_free(&b);
	return true;
}
