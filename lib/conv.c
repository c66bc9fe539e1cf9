#include <stdio.h>
#include <string.h>

#include "conv.h"
#include "die.h"
#include "dur.h"
#include "iso.h"
#include "num.h"

#define FLOAT_SURE 300		/* so many bytes without an exponent are finite */

static bool
text_is(struct field f, const char *word)
{
	return strlen(word) == f.n && memcmp(f.s, word, f.n) == 0;
}

static int
conv_put(struct buf *out, int64_t v, struct field *f)
{
	*f = (struct field){ NULL, num_putint(buf_room(out, NUM_INTLEN), v) };
	out->n += f->n;
	return 0;
}

static int
conv_int(struct field raw, struct buf *out, struct field *f)
{
	int64_t v;

	if (int_canonical(raw)) {
		*f = raw;
		return 0;
	}
	if (num_int(raw.s, raw.n, &v) < 0)
		return -1;
	return conv_put(out, v, f);
}

int
conv_float(struct field raw, struct field *f)
{
	size_t i = raw.n > 0 && *raw.s == '-', n;
	double v;

	*f = raw;
	if (raw.n > FLOAT_SURE)
		return num_float(raw.s, raw.n, &v);
	n = digits_count(raw.s + i, raw.n - i);
	i += n;
	if (n > 0 && i == raw.n)
		return 0;
	if (n > 0 && raw.s[i] == '.' && ++i < raw.n &&
	    i + digits_count(raw.s + i, raw.n - i) == raw.n)
		return 0;
	return num_float(raw.s, raw.n, &v);
}

static int
conv_time(struct field raw, struct buf *out, struct field *f)
{
	int64_t v;

	if ((num_int(raw.s, raw.n, &v) < 0 &&
	    iso_parse(raw.s, raw.n, &v) < 0) ||
	    v > TIME_LIMIT || v < -TIME_LIMIT)
		return -1;
	return conv_put(out, v, f);
}

static int
conv_str(struct field raw, enum conv_from from, struct buf *out,
    struct field *f)
{
	size_t n = out->n;

	*f = raw;
	if (from == CONV_RAW && raw.n > 0) {
		esc_add(out, raw.s, raw.n);
		*f = (struct field){ NULL, out->n - n };
	}
	return 0;
}

int
conv_text(enum type type, struct field raw, enum conv_from from,
    struct buf *out, struct field *f)
{
	switch (type) {
	case TYPE_INT:
		return conv_int(raw, out, f);
	case TYPE_FLOAT:
		return conv_float(raw, f);
	case TYPE_BOOL:
		*f = raw;
		return text_is(raw, "true") || text_is(raw, "false") ? 0 : -1;
	case TYPE_TIME:
		return conv_time(raw, out, f);
	case TYPE_STR:
		break;
	}
	return conv_str(raw, from, out, f);
}

/* A JSON number that is written as an integer. */
static bool
json_isint(const struct json_value *v)
{
	size_t neg = v->n > 0 && *v->s == '-';

	return v->kind == JSON_NUMBER &&
	    digits_count(v->s + neg, v->n - neg) == v->n - neg;
}

/* JSON has no numbers for these; Spark writes and reads them as strings. */
static bool
json_isodd(const struct json_value *v)
{
	struct field f = { v->s, v->n };

	return v->kind == JSON_STRING && (text_is(f, "NaN") ||
	    text_is(f, "Infinity") || text_is(f, "-Infinity"));
}

int
conv_json(enum type type, const struct json_value *v, struct buf *out,
    struct field *f)
{
	struct field raw = { v->s, v->n };
	bool fits = false;

	if (v->kind == JSON_NONE || v->kind == JSON_NULL) {
		*f = NULL_FIELD;
		return 0;
	}
	switch (type) {
	case TYPE_INT:
		fits = json_isint(v);
		break;
	case TYPE_FLOAT:
		fits = v->kind == JSON_NUMBER || json_isodd(v);
		break;
	case TYPE_BOOL:
		fits = v->kind == JSON_BOOL;
		break;
	case TYPE_TIME:
		fits = json_isint(v) || v->kind == JSON_STRING;
		break;
	case TYPE_STR:
		/* a stream has no place for a NUL */
		fits = v->clean || v->kind != JSON_STRING ||
		    memchr(v->s, '\0', v->n) == NULL;
		break;
	}
	return fits ? conv_text(type, raw, v->clean ? CONV_CLEAN : CONV_RAW,
	    out, f) : -1;
}

void
conv_why(char *to, size_t size, const char *name, enum type type,
    struct field raw)
{
	const char *what[] = { "not text", "not an int", "not a float",
	    "not true or false", "not a time" };
	const char *is = what[type];
	size_t sign = raw.n > 0 && (*raw.s == '-' || *raw.s == '+');
	int64_t v;

	if (type == TYPE_STR && memchr(raw.s, '\0', raw.n) != NULL)
		is = "text with a NUL, which no stream can hold";
	else if (type == TYPE_INT && raw.n > sign &&
	    digits_count(raw.s + sign, raw.n - sign) == raw.n - sign &&
	    num_int(raw.s, raw.n, &v) < 0)
		is = "out of the range of an int";
	snprintf(to, size, "field %s is %s: \"%s\"",
	    show(name, strlen(name)), is, show(raw.s, raw.n));
}
