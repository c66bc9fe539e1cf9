#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conv.h"
#include "die.h"
#include "dur.h"
#include "num.h"
#include "rowput.h"

#define SINGLE_WHOLE 9007199254740992.0f	/* below this, a whole number is written as one */

void
rowput_begin(struct row *r)
{
	size_t i;

	r->out.n = 0;
	if (r->nat < r->cols.n + 1) {
		r->nat = r->cols.n + 1;
		r->at = mem_grow(r->at, r->nat, sizeof *r->at);
	}
	for (i = 0; i <= r->cols.n; i++)
		r->f[i] = NULL_FIELD;
}

void
rowput_end(struct row *r)
{
	size_t i;

	for (i = 0; i <= r->cols.n; i++)
		if (r->f[i].s == NULL)
			r->f[i].s = r->out.s + r->at[i];
}

/* What was put behind out since `at` is the column's. */
static int
put_done(struct row *r, const struct col *c, size_t at)
{
	r->at[c->to] = at;
	r->f[c->to] = (struct field){ NULL, r->out.n - at };
	return 0;
}

static int
put_bytes(struct row *r, const struct col *c, const char *s, size_t n)
{
	size_t at = r->out.n;

	buf_add(&r->out, s, n);
	if (r->out.s == NULL)
		buf_room(&r->out, 1);
	return put_done(r, c, at);
}

int
rowput_int(struct row *r, const struct col *c, int64_t v, const char **why)
{
	char text[NUM_INTLEN];
	size_t at = r->out.n;

	if (c->type == TYPE_BOOL || (c->type == TYPE_TIME &&
	    (v > TIME_LIMIT || v < -TIME_LIMIT)))
		return row_bad(r, c, (struct field){ text,
		    num_putint(text, v) }, why);
	r->out.n += num_putint(buf_room(&r->out, NUM_INTLEN), v);
	return put_done(r, c, at);
}

int
rowput_uint(struct row *r, const struct col *c, uint64_t v, const char **why)
{
	char text[32];
	int n;

	if (v <= INT64_MAX)
		return rowput_int(r, c, (int64_t)v, why);
	n = snprintf(text, sizeof text, "%" PRIu64, v);
	if (c->type != TYPE_STR && c->type != TYPE_FLOAT)
		return row_bad(r, c, (struct field){ text, (size_t)n }, why);
	return put_bytes(r, c, text, (size_t)n);
}

/* As num_putfloat: a float that is whole is an int for JSON, too. */
static int
put_real(struct row *r, const struct col *c, const char *text, size_t n,
    const char **why)
{
	struct field f = { text, n };
	int64_t v;

	if (c->type == TYPE_STR || c->type == TYPE_FLOAT)
		return put_bytes(r, c, text, n);
	if (c->type == TYPE_INT && num_int(text, n, &v) == 0)
		return rowput_int(r, c, v, why);
	return row_bad(r, c, f, why);
}

int
rowput_float(struct row *r, const struct col *c, double v, const char **why)
{
	char text[NUM_FLOATLEN];

	return put_real(r, c, text, num_putfloat(text, v), why);
}

size_t
rowput_shortest(char *to, float v)
{
	int prec;

	if (v - v != 0 || (v > -SINGLE_WHOLE && v < SINGLE_WHOLE &&
	    v == (float)(int64_t)v))
		return num_putfloat(to, (double)v);
	for (prec = 6; prec < 9; prec++) {
		snprintf(to, NUM_FLOATLEN, "%.*g", prec, (double)v);
		if (strtof(to, NULL) == v)
			return strlen(to);
	}
	return (size_t)snprintf(to, NUM_FLOATLEN, "%.9g", (double)v);
}

int
rowput_single(struct row *r, const struct col *c, float v, const char **why)
{
	char text[NUM_FLOATLEN];

	return put_real(r, c, text, rowput_shortest(text, v), why);
}

int
rowput_bool(struct row *r, const struct col *c, bool v, const char **why)
{
	struct field f = v ? (struct field){ "true", 4 } :
	    (struct field){ "false", 5 };

	if (c->type != TYPE_STR && c->type != TYPE_BOOL)
		return row_bad(r, c, f, why);
	r->f[c->to] = f;
	return 0;
}

/* 0: no byte of it needs care; 1: some have to be escaped; -1: a NUL. */
static int
text_look(const char *s, size_t n)
{
	int care = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		if ((unsigned char)s[i] > '\r' && s[i] != '\\')
			continue;
		if (s[i] == '\0')
			return -1;
		care |= s[i] == '\t' || s[i] == '\n' || s[i] == '\r' ||
		    s[i] == '\\';
	}
	return care;
}

int
rowput_text(struct row *r, const struct col *c, const char *s, size_t n,
    const char **why)
{
	const struct json_value v = { JSON_STRING, false, s, n };
	size_t at = r->out.n;
	int k;

	if (c->type != TYPE_STR) {
		if (conv_json(c->type, &v, &r->out, &r->f[c->to]) < 0)
			return row_bad(r, c, (struct field){ s, n }, why);
		r->at[c->to] = at;
		return 0;
	}
	if ((k = text_look(s, n)) < 0)
		return row_bad(r, c, (struct field){ s, n }, why);
	if (k == 0) {
		/* of no bytes, it may be at no address */
		r->f[c->to] = (struct field){ n > 0 ? s : "", n };
		return 0;
	}
	esc_add(&r->out, s, n);
	return put_done(r, c, at);
}

int
rowput_number(struct row *r, const struct col *c, const char *s, size_t n,
    const char **why)
{
	const char *point = memchr(s, '.', n);
	struct field f = { s, n };
	size_t whole = n;
	int64_t v;

	if (c->type == TYPE_STR || c->type == TYPE_FLOAT)
		return put_bytes(r, c, s, n);
	if (point != NULL) {
		while (s[whole - 1] == '0')
			whole--;
		if (s[whole - 1] == '.')
			whole--;
	}
	if (c->type == TYPE_INT && num_int(s, whole, &v) == 0)
		return rowput_int(r, c, v, why);
	return row_bad(r, c, f, why);
}

int
rowput_tree(struct row *r, const struct col *c, const char *s, size_t n,
    const char **why)
{
	size_t at = r->out.n;

	if (c->type != TYPE_STR)
		return row_bad(r, c, (struct field){ s, n }, why);
	esc_add(&r->out, s, n);
	return put_done(r, c, at);
}

int
rowput_instant(struct row *r, const struct col *c, const struct instant *v,
    const char **why)
{
	if (c->type == TYPE_STR)
		return put_bytes(r, c, v->text, v->n);
	if (c->type == TYPE_TIME)
		return rowput_int(r, c, v->ms, why);
	if (c->type == TYPE_INT)
		return rowput_int(r, c, v->stored, why);
	return row_bad(r, c, (struct field){ v->text, v->n }, why);
}
