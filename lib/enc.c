#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cols.h"
#include "die.h"
#include "encfmt.h"
#include "enctext.h"
#include "floor.h"
#include "num.h"
#include "stamp.h"
#include "val.h"

static void
enc_stamp(struct enc *e)
{
	const char *stamp = e->opts.stamp;

	e->ms = stamp == NULL || strcmp(stamp, "ms") == 0;
	if (e->ms)
		return;
	if (!e->format->stamped)
		errx(EXIT_USAGE, "-T: %s has times of its own kind",
		    e->format->spec.name);
	if (strcmp(stamp, "iso") == 0)
		return;
	if (strchr(stamp, '%') == NULL)
		errx(EXIT_USAGE, "-T: not ms, iso or a strftime(3) pattern "
		    "with a %%: %s", stamp);
	e->pattern = mem_alloc(strlen(stamp) + 2);
	strcat(strcpy(e->pattern, stamp), "|");
}

static void
enc_spec(struct enc *e)
{
	const struct enc_format *const *f = e->opts.formats;
	struct buf others = { 0 };

	for (; *f != NULL && !spec_is(&(*f)->spec, e->opts.spec, &others); f++)
		;
	if (*f == NULL)
		spec_none(&others, e->opts.spec);
	e->format = *f;
	e->arg = spec_arg(&(*f)->spec, e->opts.spec, e->opts.file);
	buf_free(&others);
}

bool
enc_packs(const struct enc *e)
{
	return e->format->codecs != NULL;
}

static void
enc_codec(const struct enc *e)
{
	const char *const *c = e->format->codecs;

	if (e->opts.codec == NULL || c == NULL)
		return;
	while (*c != NULL && strcmp(*c, e->opts.codec) != 0)
		c++;
	if (*c == NULL)
		errx(EXIT_USAGE, "-z: no codec of %s: %s", e->format->spec.name,
		    e->opts.codec);
}

struct enc *
enc_new(const struct enc_opts *opts)
{
	struct enc *e = mem_alloc(sizeof *e);

	e->opts = *opts;
	enc_spec(e);
	if (opts->header && !e->format->header)
		errx(EXIT_USAGE, "-H: only csv and tsv have a header line");
	if (e->format->single && opts->fields != NULL &&
	    strchr(opts->fields, ',') != NULL)
		errx(EXIT_USAGE, "-f: a line is one field: %s", opts->fields);
	enc_codec(e);
	e->sec = INT64_MIN;
	enc_stamp(e);
	if (e->format->open != NULL)
		e->format->open(e);
	return e;
}

static void
enc_unbind(struct enc *e)
{
	size_t i;

	for (i = 0; i < e->n; i++) {
		free(e->piece[i].name);
		free(e->piece[i].path);
		free(e->piece[i].kind);
		buf_free(&e->piece[i].key);
	}
	free(e->piece);
	e->piece = NULL;
	e->n = 0;
}

void
enc_free(struct enc *e)
{
	if (e->format->close != NULL)
		e->format->close(e);
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

	e->piece = mem_grow(e->piece, e->n + 1, sizeof *e->piece);
	e->piece[e->n++] = (struct piece){ .col = col, .type = c.type,
	    .name = mem_copy(c.name, strlen(c.name)),
	    .path = mem_copy(c.name, strlen(c.name)) };
}

/* name[:type][=path] of n bytes. */
static void
enc_path(struct enc *e, const struct head *h, const char *s, size_t n)
{
	const char *eq = memchr(s, '=', n), *end = eq != NULL ? eq : s + n;
	const char *colon = memchr(s, ':', (size_t)(end - s));
	char *name = mem_copy(s, (size_t)((colon != NULL ? colon : end) - s));
	struct piece *p;

	enc_add(e, h, head_name(h, name, NULL));
	p = &e->piece[e->n - 1];
	if (colon != NULL)
		p->kind = mem_copy(colon + 1, (size_t)(end - colon) - 1);
	if (eq != NULL) {
		free(p->path);
		p->path = mem_copy(eq + 1, (size_t)(s + n - eq) - 1);
	}
	free(name);
}

/* Which columns. */
static void
enc_pick(struct enc *e, const struct head *h)
{
	size_t i, n, *col;
	const char *s;

	if (e->opts.fields != NULL && e->format->paths) {
		for (s = e->opts.fields;; s += n + 1) {
			n = cols_item(s);
			enc_path(e, h, s, n);
			if (s[n] == '\0')
				return;
		}
	}
	if (e->opts.fields != NULL) {
		col = head_names(h, e->opts.fields, &n);
		for (i = 0; i < n; i++)
			enc_add(e, h, col[i]);
		free(col);
		return;
	}
	for (i = e->opts.file && !e->format->single ? 0 : 1; i < h->ncol; i++)
		enc_add(e, h, i);
	e->all = e->opts.file && e->ms;
	if (e->format->single && e->n != 1)
		errx(EXIT_BAD, "-s %s writes one field, and there are %zu: "
		    "name it by -f", e->format->spec.name, e->n);
}

void
enc_bind(struct enc *e, const struct head *h)
{
	enc_unbind(e);
	enc_pick(e, h);
	if (e->format->bind != NULL)
		e->format->bind(e, h);
}

bool
enc_single(const struct enc *e)
{
	return e->format->single;
}

void
enc_start(struct enc *e, struct buf *b)
{
	if (e->format->start != NULL)
		e->format->start(e, b);
}

void
enc_flush(struct enc *e, struct buf *b)
{
	if (e->format->flush != NULL)
		e->format->flush(e, b);
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

void
enc_bad(const struct rec *r, const struct piece *p, struct field f, int k)
{
	const char *what = k == ENC_ESCAPE ? "has a broken escape" :
	    k == ENC_UTF8 ? "is not UTF-8, so JSON cannot hold it" :
	    "is not of type";

	rec_bad(r, "field %s %s%s%s: \"%s\"", show(p->name, strlen(p->name)),
	    what, k == ENC_TYPE ? " " : "",
	    k == ENC_TYPE ? type_name(p->type) : "", show(f.s, f.n));
}

bool
enc_timeasis(const struct rec *r)
{
	return rec_hastext(r) && int_canonical(rec_field(r, 0));
}

struct field
enc_field(struct enc *e, struct rec *r, const struct piece *p)
{
	struct field f;
	int64_t ms;

	if (p->col == 0) {
		if (e->ms && enc_timeasis(r))
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

void
enc_rec(struct enc *e, struct rec *r, struct buf *b)
{
	e->format->rec(e, r, b);
	if (e->format->lines && e->opts.file)
		buf_addc(b, '\n');
}
