/* csv, tsv, json and line as enc writes them. */
#include <err.h>
#include <string.h>

#include "die.h"
#include "encfmt.h"
#include "enctext.h"
#include "scan.h"

/* The line of names. */
static void
text_start(struct enc *e, struct buf *b)
{
	bool csv = e->format == &enc_fcsv;
	struct field f;
	size_t i;

	if (!e->opts.header)
		return;
	for (i = 0; i < e->n; i++) {
		if (i > 0)
			buf_addc(b, csv ? ',' : '\t');
		e->tmp.n = 0;
		esc_add(&e->tmp, e->piece[i].name, strlen(e->piece[i].name));
		f = (struct field){ e->tmp.s, e->tmp.n };
		if (csv)
			enc_csv(b, f, i == 0);
		else
			buf_add(b, f.s, f.n);
	}
	buf_addc(b, '\n');
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

	if (!enc_timeasis(r) || scan_any(line.s, line.n, '\\', ',', '"', '\r'))
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

/* As enc_field, but numbers go as they stand, as they do in a line that is copied. */
static struct field
text_field(struct enc *e, struct rec *r, const struct piece *p)
{
	return p->col > 0 && e->ms ? rec_field(r, p->col) : enc_field(e, r, p);
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
		f = text_field(e, r, p);
		if (!field_isnull(f) && (k = enc_csv(b, f, i == 0)) < 0)
			enc_bad(r, p, f, k);
	}
}

static void
rec_tsv(struct enc *e, struct rec *r, struct buf *b)
{
	struct field f;
	size_t i;

	if (e->all && r->f == NULL && enc_timeasis(r)) {
		f = rec_line(r);
		buf_add(b, f.s, f.n);
		return;
	}
	for (i = 0; i < e->n; i++) {
		if (i > 0)
			buf_addc(b, '\t');
		f = text_field(e, r, &e->piece[i]);
		buf_add(b, f.s, f.n);
	}
}

static void
json_bind(struct enc *e, const struct head *h)
{
	struct piece *p;

	(void)h;
	for (p = e->piece; p < e->piece + e->n; p++) {
		if (!utf8_ok(p->name, strlen(p->name)))
			errx(EXIT_BAD, "the name of field %s is not UTF-8",
			    show(p->name, strlen(p->name)));
		buf_addc(&p->key, p == e->piece ? '{' : ',');
		enc_json_string(&p->key, p->name, strlen(p->name));
		buf_addc(&p->key, ':');
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

static void
rec_single(struct enc *e, struct rec *r, struct buf *b)
{
	struct field f = enc_field(e, r, e->piece);
	size_t n = b->n;
	int k;

	if (!field_isnull(f) && (k = enc_raw(b, f)) < 0)
		enc_bad(r, e->piece, f, k);
	/* of a file, a record must not become two */
	if (e->opts.file && b->n > n && memchr(b->s + n, '\n', b->n - n) != NULL)
		rec_bad(r, "a line cannot hold a line end: \"%s\"",
		    show(b->s + n, b->n - n));
}

const struct enc_format enc_fcsv = {
	.spec = { .name = "csv", .messages = true, .files = true },
	.header = true,
	.lines = true,
	.stamped = true,
	.start = text_start,
	.rec = rec_csv,
};

const struct enc_format enc_ftsv = {
	.spec = { .name = "tsv", .messages = true, .files = true },
	.header = true,
	.lines = true,
	.stamped = true,
	.start = text_start,
	.rec = rec_tsv,
};

const struct enc_format enc_fjson = {
	.spec = { .name = "json", .messages = true, .files = true },
	.lines = true,
	.stamped = true,
	.bind = json_bind,
	.rec = rec_json,
};

const struct enc_format enc_fline = {
	.spec = { .name = "line", .messages = true, .files = true },
	.single = true,
	.lines = true,
	.stamped = true,
	.rec = rec_single,
};

const struct enc_format *const enc_texts[] = {
	&enc_fcsv, &enc_ftsv, &enc_fjson, &enc_fline, NULL
};
