#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conv.h"
#include "die.h"
#include "plain.h"
#include "row.h"

void
row_ready(struct row *r)
{
	size_t i;

	r->f = mem_grow(r->f, r->cols.n + 1, sizeof *r->f);
	for (i = 0; i <= r->cols.n; i++)
		r->f[i] = NULL_FIELD;
}

void
row_free(struct row *r)
{
	cols_free(&r->cols);
	buf_free(&r->out);
	free(r->at);
	free(r->f);
}

int
row_bad(struct row *r, const struct col *c, struct field f, const char **why)
{
	conv_why(r->why, sizeof r->why, c->name, c->type, f);
	*why = r->why;
	return -1;
}

int
row_meta(struct row *r, struct col *c, struct field raw, const char **why)
{
	struct field f = NULL_FIELD;

	c->text.n = 0;
	if (raw.s != NULL && (memchr(raw.s, '\0', raw.n) != NULL ||
	    conv_text(c->type, raw, CONV_RAW, &c->text, &f) < 0))
		return row_bad(r, c, raw, why);
	if (f.s == NULL)
		f.s = c->text.s;
	r->f[c->to] = f;
	return 0;
}

/* An escape is t n r \ behind a backslash; a field that is \N is null. */
static bool
escape_ok(struct field f)
{
	const char *p = f.s, *end = f.s + f.n;

	if (field_isnull(f))
		return true;
	while ((p = memchr(p, '\\', (size_t)(end - p))) != NULL) {
		if (end - p < 2 || strchr("tnr\\", p[1]) == NULL)
			return false;
		p += 2;
	}
	return true;
}

/* A CR within a TSV field stays data, but shows. */
static void
escape_cr(struct field in, struct buf *out, struct field *f)
{
	size_t i;

	for (i = 0; i < in.n; i++)
		if (in.s[i] == '\r')
			buf_add(out, "\\r", 2);
		else
			buf_addc(out, in.s[i]);
	*f = (struct field){ NULL, in.n };
	for (i = 0; i < in.n; i++)
		f->n += in.s[i] == '\r';
}

/* One field of a TSV record that is not plain. */
static int
row_escaped(struct row *r, const struct col *c, struct field f,
    const char **why)
{
	if (!escape_ok(f)) {
		snprintf(r->why, sizeof r->why,
		    "field %s has a broken escape: \"%s\"",
		    show(c->name, strlen(c->name)), show(f.s, f.n));
		*why = r->why;
		return -1;
	}
	r->f[c->to] = field_isnull(f) || (f.n == 0 && c->type != TYPE_STR) ?
	    NULL_FIELD : f;
	if (field_isnull(r->f[c->to]))
		return 0;
	if (c->type != TYPE_STR)
		return conv_text(c->type, f, CONV_CLEAN, &r->out,
		    &r->f[c->to]) == 0 ? 0 : row_bad(r, c, f, why);
	if (memchr(f.s, '\r', f.n) != NULL)
		escape_cr(f, &r->out, &r->f[c->to]);
	return 0;
}

/* The columns of a record that was cut into fields. */
static int
row_columns(struct row *r, const struct raw *w, const char **why)
{
	bool csv = w->format == FORMAT_CSV;
	bool escaped = w->format == FORMAT_TSV && !w->plain;
	struct col *c;
	struct field f;

	for (c = r->cols.col; c < r->cols.col + r->cols.n; c++) {
		if (c->meta != META_NONE) {
			r->f[c->to] = NULL_FIELD;
			continue;
		}
		f = raw_field(w, c->from);
		if (escaped) {
			if (row_escaped(r, c, f, why) < 0)
				return -1;
		} else if (f.n == 0 && (c->type != TYPE_STR || f.s == NULL ||
		    (csv && w->plain))) {
			/* quotes make the difference: "" is a text */
			r->f[c->to] = NULL_FIELD;
		} else if (w->clean && (c->type == TYPE_STR ||
		    (w->direct && plain_value(c->type, f)))) {
			r->f[c->to] = f;
		} else if (conv_text(c->type, f, w->clean ? CONV_CLEAN :
		    CONV_RAW, &r->out, &r->f[c->to]) < 0) {
			return row_bad(r, c, f, why);
		}
	}
	return 1;
}

int
row_settle(struct row *r)
{
	const struct col *c;
	struct field *f;
	size_t at = 0;

	for (c = r->cols.col; at < r->out.n; c++) {
		f = &r->f[c->to];
		if (f->s == NULL) {
			f->s = r->out.s + at;
			at += f->n;
		}
	}
	return 1;
}

int
row_cut(struct row *r, const struct raw *w, const char **why)
{
	r->out.n = 0;
	return row_columns(r, w, why) < 0 ? -1 : row_settle(r);
}
