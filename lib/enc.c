#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "die.h"
#include "enc.h"
#include "enctext.h"
#include "floor.h"
#include "num.h"
#include "scan.h"
#include "stamp.h"
#include "val.h"

struct piece {
	size_t col;
	enum type type;
	char *name;
	struct buf key;		/* json: what stands before the value */
};

struct enc {
	enum enc_format { ENC_CSV, ENC_TSV, ENC_JSON, ENC_LINE } format;
	const char *fields;
	bool time;
	bool all;		/* every column, as it stands */
	bool ms;
	char *pattern;		/* for stamp_format; NULL: ms or iso */
	struct piece *piece;
	size_t n;
	int64_t sec;		/* the second that text is */
	struct buf text;
	struct buf tmp;
};

static void
enc_stamp(struct enc *e, const char *stamp)
{
	e->ms = stamp == NULL || strcmp(stamp, "ms") == 0;
	if (e->ms || strcmp(stamp, "iso") == 0)
		return;
	if (strchr(stamp, '%') == NULL)
		errx(EXIT_USAGE, "-T: not ms, iso or a strftime(3) pattern "
		    "with a %%: %s", stamp);
	e->pattern = mem_alloc(strlen(stamp) + 2);
	strcat(strcpy(e->pattern, stamp), "|");
}

struct enc *
enc_new(const char *format, const char *fields, bool time, const char *stamp)
{
	static const char *const names[] = { "csv", "tsv", "json", "line" };
	struct enc *e = mem_alloc(sizeof *e);
	size_t i;

	for (i = 0; i < 4 && strcmp(names[i], format) != 0; i++)
		;
	if (i == 4)
		errx(EXIT_USAGE, "-s: the formats are csv tsv json line: %s",
		    format);
	e->format = (enum enc_format)i;
	if (e->format == ENC_LINE && fields != NULL &&
	    strchr(fields, ',') != NULL)
		errx(EXIT_USAGE, "-f: a line is one field: %s", fields);
	e->fields = fields;
	e->time = time;
	e->sec = INT64_MIN;
	enc_stamp(e, stamp);
	return e;
}

static void
enc_unbind(struct enc *e)
{
	size_t i;

	for (i = 0; i < e->n; i++) {
		free(e->piece[i].name);
		buf_free(&e->piece[i].key);
	}
	free(e->piece);
	e->piece = NULL;
	e->n = 0;
}

void
enc_free(struct enc *e)
{
	enc_unbind(e);
	buf_free(&e->text);
	buf_free(&e->tmp);
	free(e->pattern);
	free(e);
}

static void
enc_add(struct enc *e, const struct head *h, size_t col)
{
	struct column c = h->col[col];
	struct piece *p;

	if (e->format == ENC_JSON && !utf8_ok(c.name, strlen(c.name)))
		errx(EXIT_BAD, "the name of field %s is not UTF-8",
		    show(c.name, strlen(c.name)));
	e->piece = mem_grow(e->piece, e->n + 1, sizeof *e->piece);
	p = &e->piece[e->n];
	*p = (struct piece){ .col = col, .type = c.type };
	p->name = mem_copy(c.name, strlen(c.name));
	buf_addc(&p->key, e->n == 0 ? '{' : ',');
	enc_json_string(&p->key, c.name, strlen(c.name));
	buf_addc(&p->key, ':');
	e->n++;
}

void
enc_bind(struct enc *e, const struct head *h)
{
	size_t i, n, *col;

	enc_unbind(e);
	if (e->fields != NULL) {
		col = head_names(h, e->fields, &n);
		for (i = 0; i < n; i++)
			enc_add(e, h, col[i]);
		free(col);
		return;
	}
	for (i = e->time && e->format != ENC_LINE ? 0 : 1; i < h->ncol; i++)
		enc_add(e, h, i);
	e->all = e->time && e->ms;
	if (e->format == ENC_LINE && e->n != 1)
		errx(EXIT_BAD, "-s line writes one field, and there are %zu: "
		    "name it by -f", e->n);
}

void
enc_header(struct enc *e, struct buf *b)
{
	struct field f;
	size_t i;

	for (i = 0; i < e->n; i++) {
		if (i > 0)
			buf_addc(b, e->format == ENC_CSV ? ',' : '\t');
		e->tmp.n = 0;
		esc_add(&e->tmp, e->piece[i].name, strlen(e->piece[i].name));
		f = (struct field){ e->tmp.s, e->tmp.n };
		if (e->format == ENC_CSV)
			enc_csv(b, f, i == 0);
		else
			buf_add(b, f.s, f.n);
	}
}

/* A time as -T wants it, as an escaped field, valid until the next. */
static struct field
enc_time(struct enc *e, const struct rec *r, int64_t ms)
{
	int64_t sec = floor_div(ms, 1000);
	time_t clock = (time_t)sec;
	struct tm tm;

	if (e->pattern != NULL && sec == e->sec)
		return (struct field){ e->text.s, e->text.n };
	e->text.n = 0;
	buf_room(&e->text, STAMP_LEN + NUM_INTLEN);
	if (e->ms) {
		e->text.n = num_putint(e->text.s, ms);
	} else if (e->pattern == NULL) {
		e->text.n = stamp_iso(e->text.s, ms);
	} else {
		e->sec = INT64_MIN;
		if (gmtime_r(&clock, &tm) == NULL)
			rec_bad(r, "the time is out of the calendar's range: "
			    "%lld", (long long)ms);
		e->tmp.n = 0;
		if (stamp_format(&e->tmp, e->pattern, &tm) < 0)
			rec_bad(r, "-T makes more than %d bytes of text of a "
			    "time", STAMP_MOST);
		esc_add(&e->text, e->tmp.s, e->tmp.n);
		e->sec = sec;
	}
	return (struct field){ e->text.s, e->text.n };
}

static _Noreturn void
enc_bad(const struct rec *r, const struct piece *p, struct field f, int k)
{
	const char *what = k == ENC_ESCAPE ? "has a broken escape" :
	    k == ENC_UTF8 ? "is not UTF-8, so JSON cannot hold it" :
	    "is not of type";

	rec_bad(r, "field %s %s%s%s: \"%s\"", show(p->name, strlen(p->name)),
	    what, k == ENC_TYPE ? " " : "",
	    k == ENC_TYPE ? type_name(p->type) : "", show(f.s, f.n));
}

/* The time's text is what would be written for it. */
static bool
time_asis(const struct rec *r)
{
	return rec_hastext(r) && int_canonical(rec_field(r, 0));
}

/* Piece i of the record as an escaped field, its time written out. */
static struct field
enc_field(struct enc *e, struct rec *r, const struct piece *p)
{
	struct field f;
	int64_t ms;

	if (p->col == 0) {
		/* as read and to be written the same: no need to know it */
		if (e->ms && time_asis(r))
			return rec_field(r, 0);
		return enc_time(e, r, rec_time(r));
	}
	f = rec_field(r, p->col);
	if (p->type != TYPE_TIME || field_isnull(f))
		return f;
	if (val_time(f, &ms) < 0)
		enc_bad(r, p, f, ENC_TYPE);
	return enc_time(e, r, ms);
}

/*
 * A record as read, whose fields are neither empty nor hold a byte that CSV
 * or the escapes care about: only the separators change.
 */
static bool
csv_line(const struct rec *r, struct buf *b)
{
	struct field line = rec_line(r);
	uint32_t from = r->sep[-1] + 1, prev = r->sep[-1];
	size_t i;
	char *to;

	if (!time_asis(r) || scan_any(line.s, line.n, '\\', ',', '"', '\r'))
		return false;
	for (i = 0; i < r->nf; prev = r->sep[i++])
		if (r->sep[i] == prev + 1)
			return false;
	to = buf_room(b, line.n);
	memcpy(to, line.s, line.n);
	for (i = 0; i + 1 < r->nf; i++)
		to[r->sep[i] - from] = ',';
	b->n += line.n;
	return true;
}

static void
rec_csv(struct enc *e, struct rec *r, struct buf *b)
{
	const struct piece *p;
	struct field f;
	size_t i;
	int k;

	if (e->all && r->f == NULL && csv_line(r, b))
		return;
	for (i = 0; i < e->n; i++) {
		p = &e->piece[i];
		if (i > 0)
			buf_addc(b, ',');
		f = enc_field(e, r, p);
		if (!field_isnull(f) && (k = enc_csv(b, f, i == 0)) < 0)
			enc_bad(r, p, f, k);
	}
}

static void
rec_tsv(struct enc *e, struct rec *r, struct buf *b)
{
	struct field f;
	size_t i;

	if (e->all && r->f == NULL && time_asis(r)) {
		f = rec_line(r);
		buf_add(b, f.s, f.n);
		return;
	}
	for (i = 0; i < e->n; i++) {
		if (i > 0)
			buf_addc(b, '\t');
		f = enc_field(e, r, &e->piece[i]);
		buf_add(b, f.s, f.n);
	}
}

static void
rec_json(struct enc *e, struct rec *r, struct buf *b)
{
	const struct piece *p;
	struct field f;
	size_t i;
	int k = 0;

	for (i = 0; i < e->n; i++) {
		p = &e->piece[i];
		buf_add(b, p->key.s, p->key.n);
		f = enc_field(e, r, p);
		if (field_isnull(f))
			buf_add(b, "null", 4);
		else if (p->type == TYPE_TIME && e->ms)
			buf_add(b, f.s, f.n);
		else if ((k = p->type == TYPE_STR || p->type == TYPE_TIME ?
		    enc_string(b, f) : enc_value(b, p->type, f)) < 0)
			enc_bad(r, p, f, k);
	}
	if (e->n == 0)
		buf_addc(b, '{');
	buf_addc(b, '}');
}

void
enc_rec(struct enc *e, struct rec *r, struct buf *b)
{
	struct field f;
	int k;

	switch (e->format) {
	case ENC_CSV:
		rec_csv(e, r, b);
		break;
	case ENC_TSV:
		rec_tsv(e, r, b);
		break;
	case ENC_JSON:
		rec_json(e, r, b);
		break;
	case ENC_LINE:
		f = enc_field(e, r, e->piece);
		if (!field_isnull(f) && (k = enc_raw(b, f)) < 0)
			enc_bad(r, e->piece, f, k);
		break;
	}
}
