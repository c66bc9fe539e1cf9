#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "avroplan.h"
#include "avrotime.h"
#include "decimal.h"
#include "die.h"
#include "enc.h"
#include "num.h"
#include "rowput.h"

#define DEPTH_MOST 500
#define EMPTY_MOST (1 << 20)	/* items without a byte, in a datum */
#define CUT "the datum is cut off"

static int
walk_bad(struct avro_walk *w, const char *why)
{
	w->why = why;
	return -1;
}

__attribute__((format(printf, 2, 3)))
static int
walk_badf(struct avro_walk *w, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(w->room, sizeof w->room, fmt, ap);
	va_end(ap);
	return walk_bad(w, w->room);
}

/* More than one byte. */
static int
long_more(const char **s, const char *end, int64_t *v)
{
	const char *p = *s;
	uint64_t u = 0;
	unsigned shift = 0;

	for (; p < end; p++) {
		u |= (uint64_t)(*p & 0x7f) << shift;
		if ((*p & 0x80) == 0) {
			if (shift == 63 && *p > 1)
				return -1;
			*v = (int64_t)(u >> 1) ^ -(int64_t)(u & 1);
			*s = p + 1;
			return 0;
		}
		if ((shift += 7) > 63)
			return -1;
	}
	return -1;
}

static inline int
long_get(const char **s, const char *end, int64_t *v)
{
	if (*s < end && (**s & 0x80) == 0) {
		uint64_t u = (unsigned char)*(*s)++;

		*v = (int64_t)(u >> 1) ^ -(int64_t)(u & 1);
		return 0;
	}
	return long_more(s, end, v);
}

int
avro_getlong(const char **s, const char *end, int64_t *v)
{
	return long_get(s, end, v);
}

static int
get_long(struct avro_walk *w, int64_t *v)
{
	if (long_get(&w->s, w->end, v) == 0)
		return 0;
	return walk_bad(w, w->end - w->s < 10 ? CUT :
	    "a number has more than 10 bytes");
}

static int
get_bytes(struct avro_walk *w, const char **s, size_t *n)
{
	int64_t len;

	if (get_long(w, &len) < 0)
		return -1;
	if (len < 0)
		return walk_bad(w, "a length below 0");
	if (len > w->end - w->s)
		return walk_bad(w, CUT);
	*s = w->s;
	*n = (size_t)len;
	w->s += len;
	return 0;
}

static int
skip_bytes(struct avro_walk *w, size_t n)
{
	if ((size_t)(w->end - w->s) < n)
		return walk_bad(w, CUT);
	w->s += n;
	return 0;
}

/* How many items come next, 0: it is the end; and the bytes of them all, or -1. */
static int
get_block(struct avro_walk *w, const struct avro_type *t, int64_t *count,
    int64_t *size)
{
	size_t least = t->branch[0]->least + (t->kind == AVRO_MAP);

	*size = -1;
	if (get_long(w, count) < 0)
		return -1;
	if (*count < 0) {
		if (*count == INT64_MIN)
			return walk_bad(w, "too many items");
		*count = -*count;
		if (get_long(w, size) < 0)
			return -1;
		if (*size < 0 || *size > w->end - w->s)
			return walk_bad(w, CUT);
	}
	if (least > 0)
		return (uint64_t)*count <= (size_t)(w->end - w->s) / least ? 0 :
		    walk_bad(w, CUT);
	if (*count > EMPTY_MOST - w->empty)
		return walk_bad(w, "too many items that take no bytes");
	w->empty += *count;
	return 0;
}

static int skip(struct avro_walk *, const struct avro_type *);

static int
skip_items(struct avro_walk *w, const struct avro_type *t)
{
	int64_t count, size;
	const char *s;
	size_t n;

	for (;;) {
		if (get_block(w, t, &count, &size) < 0)
			return -1;
		if (count == 0)
			return 0;
		if (size >= 0) {
			w->s += size;
			continue;
		}
		for (; count > 0; count--) {
			if (t->kind == AVRO_MAP && get_bytes(w, &s, &n) < 0)
				return -1;
			if (skip(w, t->branch[0]) < 0)
				return -1;
		}
	}
}

static int
skip_tree(struct avro_walk *w, const struct avro_type *t)
{
	int64_t v;
	size_t i = 0;
	int k = 0;

	if (w->depth == DEPTH_MOST)
		return walk_bad(w, "nested deeper than 500");
	w->depth++;
	if (t->kind == AVRO_RECORD) {
		for (i = 0; i < t->n && k == 0; i++)
			k = skip(w, t->field[i].type);
	} else if (t->kind == AVRO_UNION) {
		if ((k = get_long(w, &v)) == 0)
			k = v >= 0 && (uint64_t)v < t->n ?
			    skip(w, t->branch[v]) :
			    walk_badf(w, "a union has no branch %lld",
			    (long long)v);
	} else {
		k = skip_items(w, t);
	}
	w->depth--;
	return k;
}

static int
skip(struct avro_walk *w, const struct avro_type *t)
{
	const char *s;
	int64_t v;
	size_t n;

	switch (t->kind) {
	case AVRO_NULL:
		return 0;
	case AVRO_BOOLEAN:
		return skip_bytes(w, 1);
	case AVRO_INT:
	case AVRO_LONG:
	case AVRO_ENUM:
		return get_long(w, &v);
	case AVRO_FLOAT:
		return skip_bytes(w, 4);
	case AVRO_DOUBLE:
		return skip_bytes(w, 8);
	case AVRO_BYTES:
	case AVRO_STRING:
		return get_bytes(w, &s, &n);
	case AVRO_FIXED:
		return skip_bytes(w, t->size);
	default:
		return skip_tree(w, t);
	}
}

/* A value that is no tree, as its reader has it. */
struct value {
	enum avro_kind kind;
	int64_t i;
	double d;
	const char *s;
	size_t n;
};

static uint64_t
get_little(const char *s, size_t n)
{
	uint64_t v = 0;

	while (n-- > 0)
		v = v << 8 | (unsigned char)s[n];
	return v;
}

static int
value_number(struct avro_walk *w, enum avro_kind kind, struct value *v)
{
	uint64_t wide;
	uint32_t narrow;
	float f;

	switch (kind) {
	case AVRO_FLOAT:
		if (w->end - w->s < 4)
			return walk_bad(w, CUT);
		narrow = (uint32_t)get_little(w->s, 4);
		memcpy(&f, &narrow, sizeof f);
		v->d = (double)f;
		w->s += 4;
		return 0;
	case AVRO_DOUBLE:
		if (w->end - w->s < 8)
			return walk_bad(w, CUT);
		wide = get_little(w->s, 8);
		memcpy(&v->d, &wide, sizeof v->d);
		w->s += 8;
		return 0;
	default:
		if (get_long(w, &v->i) < 0)
			return -1;
		if (kind == AVRO_INT && (v->i > INT32_MAX || v->i < INT32_MIN))
			return walk_bad(w, "an int of more than 32 bits");
		v->d = (double)v->i;
		return 0;
	}
}

static int
value_enum(struct avro_walk *w, const struct avro_res *res, struct value *v)
{
	if (get_long(w, &v->i) < 0)
		return -1;
	if (v->i < 0 || (uint64_t)v->i >= res->w->n)
		return walk_badf(w, "enum %s has no symbol %lld", res->w->name,
		    (long long)v->i);
	if (res->symbol[v->i] < 0)
		return walk_badf(w, "the reader's enum %s has no symbol %s",
		    res->r->name, res->w->symbol[v->i]);
	v->s = res->r->symbol[res->symbol[v->i]];
	v->n = strlen(v->s);
	return 0;
}

static int
value_get(struct avro_walk *w, const struct avro_res *res, struct value *v)
{
	v->kind = res->r->kind;
	switch (res->w->kind) {
	case AVRO_BOOLEAN:
		if (w->s == w->end)
			return walk_bad(w, CUT);
		v->i = *w->s++;
		return v->i == 0 || v->i == 1 ? 0 :
		    walk_bad(w, "a boolean that is neither 0 nor 1");
	case AVRO_BYTES:
	case AVRO_STRING:
		return get_bytes(w, &v->s, &v->n);
	case AVRO_FIXED:
		v->s = w->s;
		v->n = res->w->size;
		return skip_bytes(w, v->n);
	case AVRO_ENUM:
		return value_enum(w, res, v);
	case AVRO_NULL:
		return 0;
	default:
		return value_number(w, res->w->kind, v);
	}
}

/* 8-4-4-4-12 digits of 16 bytes. */
static void
uuid_show(struct buf *b, const char *s)
{
	static const char hex[] = "0123456789abcdef";
	size_t i = 0;

	for (i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			buf_addc(b, '-');
		buf_addc(b, hex[(unsigned char)s[i] >> 4]);
		buf_addc(b, hex[s[i] & 15]);
	}
}

/* A logical type's text, if it has one of its own; in w->text. */
static bool
value_text(struct avro_walk *w, const struct avro_type *r, struct value *v)
{
	w->text.n = 0;
	if (r->logical == LOGICAL_DECIMAL) {
		if (v->n > DECIMAL_MOST)
			return false;
		decimal_text(&w->text, v->s, v->n, r->scale);
	} else if (r->logical == LOGICAL_UUID && r->kind == AVRO_FIXED) {
		uuid_show(&w->text, v->s);
	} else {
		return false;
	}
	return true;
}

/* One value into one column: 0, or -1, it does not fit. */
static int
column_put(struct avro_walk *w, const struct avro_type *r, struct value *v,
    const struct col *c, const char **why)
{
	char text[AVROTIME_LEN];
	struct instant t;

	if (r->logical == LOGICAL_DECIMAL && value_text(w, r, v))
		return rowput_number(w->row, c, w->text.s, w->text.n, why);
	if (r->logical == LOGICAL_UUID && value_text(w, r, v))
		return rowput_tree(w->row, c, w->text.s, w->text.n, why);
	if (avrotime_is(r->logical)) {
		if (c->type == TYPE_TIME && !avrotime_isday(r->logical) &&
		    r->logical == LOGICAL_STAMP_MS)
			return rowput_int(w->row, c, v->i, why);
		avrotime_show(r->logical, v->i, text, &t);
		if (c->type == TYPE_TIME && avrotime_isday(r->logical))
			return row_bad(w->row, c, (struct field){ text, t.n }, why);
		return rowput_instant(w->row, c, &t, why);
	}
	switch (v->kind) {
	case AVRO_BOOLEAN:
		return rowput_bool(w->row, c, v->i != 0, why);
	case AVRO_INT:
	case AVRO_LONG:
		return rowput_int(w->row, c, v->i, why);
	case AVRO_FLOAT:
		return rowput_single(w->row, c, (float)v->d, why);
	case AVRO_DOUBLE:
		return rowput_float(w->row, c, v->d, why);
	default:
		return rowput_text(w->row, c, v->s, v->n, why);
	}
}

static int walk(struct avro_walk *, const struct avro_want *);
static int json(struct avro_walk *, const struct avro_res *);

static void
json_number(struct avro_walk *w, double v, bool single)
{
	char text[NUM_FLOATLEN];
	size_t n = single ? rowput_shortest(text, (float)v) :
	    num_putfloat(text, v);

	/* JSON has no numbers for NaN and Infinity */
	if (v - v != 0)
		buf_addc(&w->json, '"');
	buf_add(&w->json, text, n);
	if (v - v != 0)
		buf_addc(&w->json, '"');
}

/* Bytes as the specification's JSON has them: a code point each. */
static void
json_bytes(struct avro_walk *w, const char *s, size_t n)
{
	size_t i = 0;

	w->text.n = 0;
	for (i = 0; i < n; i++)
		if ((s[i] & 0x80) == 0) {
			buf_addc(&w->text, s[i]);
		} else {
			buf_addc(&w->text, (char)(0xc0 | (unsigned char)s[i] >> 6));
			buf_addc(&w->text, (char)(0x80 | (s[i] & 0x3f)));
		}
	enc_json_string(&w->json, n > 0 ? w->text.s : "", w->text.n);
}

static int
json_string(struct avro_walk *w, const char *s, size_t n)
{
	if (!utf8_ok(s, n))
		return walk_badf(w, "a string is not UTF-8: \"%s\"",
		    show(s, n));
	enc_json_string(&w->json, n > 0 ? s : "", n);
	return 0;
}

static int
json_scalar(struct avro_walk *w, const struct avro_res *res)
{
	const struct avro_type *r = res->r;
	char text[AVROTIME_LEN];
	struct instant t;
	struct value v = { 0 };

	if (value_get(w, res, &v) < 0)
		return -1;
	if (value_text(w, r, &v)) {
		if (r->logical == LOGICAL_DECIMAL)
			buf_add(&w->json, w->text.s, w->text.n);
		else
			enc_json_string(&w->json, w->text.s, w->text.n);
		return 0;
	}
	if (avrotime_is(r->logical)) {
		avrotime_show(r->logical, v.i, text, &t);
		return json_string(w, t.text, t.n);
	}
	switch (v.kind) {
	case AVRO_NULL:
		buf_adds(&w->json, "null");
		return 0;
	case AVRO_BOOLEAN:
		buf_adds(&w->json, v.i != 0 ? "true" : "false");
		return 0;
	case AVRO_INT:
	case AVRO_LONG:
		buf_addint(&w->json, v.i);
		return 0;
	case AVRO_FLOAT:
	case AVRO_DOUBLE:
		json_number(w, v.d, v.kind == AVRO_FLOAT);
		return 0;
	case AVRO_BYTES:
	case AVRO_FIXED:
		json_bytes(w, v.s, v.n);
		return 0;
	default:
		return json_string(w, v.s, v.n);
	}
}

static void
json_key(struct avro_walk *w, const char *name, char *sep)
{
	buf_addc(&w->json, *sep);
	*sep = ',';
	enc_json_string(&w->json, name, strlen(name));
	buf_addc(&w->json, ':');
}

/* A default, which stands elsewhere. */
static int
json_missing(struct avro_walk *w, const struct avro_missing *m)
{
	const char *s = w->s, *end = w->end;
	int k;

	w->s = m->s;
	w->end = m->s + m->n;
	k = json(w, m->res);
	w->s = s;
	w->end = end;
	return k;
}

static int
json_record(struct avro_walk *w, const struct avro_res *res)
{
	char sep = '{';
	size_t i = 0;

	for (i = 0; i < res->w->n; i++) {
		if (res->kid[i] == NULL) {
			if (skip(w, res->w->field[i].type) < 0)
				return -1;
			continue;
		}
		json_key(w, res->field[i]->name, &sep);
		if (json(w, res->kid[i]) < 0)
			return -1;
	}
	for (i = 0; i < res->nmissing; i++) {
		json_key(w, res->missing[i].field->name, &sep);
		if (json_missing(w, &res->missing[i]) < 0)
			return -1;
	}
	if (sep == '{')
		buf_addc(&w->json, sep);
	buf_addc(&w->json, '}');
	return 0;
}

static int
json_items(struct avro_walk *w, const struct avro_res *res)
{
	bool map = res->w->kind == AVRO_MAP, first = true;
	int64_t count, size;
	const char *s;
	size_t n;

	buf_addc(&w->json, map ? '{' : '[');
	for (;;) {
		if (get_block(w, res->w, &count, &size) < 0)
			return -1;
		if (count == 0)
			break;
		for (; count > 0; count--) {
			if (!first)
				buf_addc(&w->json, ',');
			first = false;
			if (map) {
				if (get_bytes(w, &s, &n) < 0 ||
				    json_string(w, s, n) < 0)
					return -1;
				buf_addc(&w->json, ':');
			}
			if (json(w, res->kid[0]) < 0)
				return -1;
		}
	}
	buf_addc(&w->json, map ? '}' : ']');
	return 0;
}

static int
get_branch(struct avro_walk *w, const struct avro_res *res, size_t *i)
{
	int64_t v;

	if (get_long(w, &v) < 0)
		return -1;
	if (v < 0 || (uint64_t)v >= res->w->n)
		return walk_badf(w, "a union has no branch %lld", (long long)v);
	*i = (size_t)v;
	return 0;
}

/* A value, whole, as JSON text behind w->json. */
static int
json(struct avro_walk *w, const struct avro_res *res)
{
	size_t i = 0;
	int k;

	if (res->bad != NULL)
		return walk_bad(w, res->bad);
	if (res->w->kind <= AVRO_STRING || res->w->kind == AVRO_ENUM ||
	    res->w->kind == AVRO_FIXED)
		return json_scalar(w, res);
	if (w->depth == DEPTH_MOST)
		return walk_bad(w, "nested deeper than 500");
	w->depth++;
	if (res->w->kind == AVRO_RECORD)
		k = json_record(w, res);
	else if (res->w->kind == AVRO_UNION)
		k = get_branch(w, res, &i) < 0 ? -1 : json(w, res->kid[i]);
	else
		k = json_items(w, res);
	w->depth--;
	return k;
}

/* The whole value, into the columns that want it. */
static int
walk_columns(struct avro_walk *w, const struct avro_want *t)
{
	const struct avro_type *type = t->res->w;
	struct value v = { 0 };
	const char *unfit;
	size_t i = 0;
	int k;
	bool tree = type->kind == AVRO_RECORD || type->kind == AVRO_ARRAY ||
	    type->kind == AVRO_MAP;

	if (tree) {
		w->json.n = 0;
		if (json(w, t->res) < 0)
			return -1;
	} else if (value_get(w, t->res, &v) < 0) {
		return -1;
	}
	if (type->kind == AVRO_NULL)
		return 0;
	for (i = 0; i < t->ncol; i++) {
		k = tree ? rowput_tree(w->row, t->col[i], w->json.s,
		    w->json.n, &unfit) :
		    column_put(w, t->res->r, &v, t->col[i], &unfit);
		if (k < 0 && w->unfit == NULL)
			w->unfit = unfit;
	}
	return 0;
}

static int
walk_record(struct avro_walk *w, const struct avro_want *t)
{
	const struct avro_res *res = t->res;
	const struct avro_missing *m = res->missing;
	struct avro_walk dflt;
	size_t i, n = res->w->n;

	for (i = 0; i < n; i++)
		if ((t->kid[i] != NULL ? walk(w, t->kid[i]) :
		    skip(w, res->w->field[i].type)) < 0)
			return -1;
	for (i = 0; i < res->nmissing; i++) {
		if (t->kid[n + i] == NULL)
			continue;
		dflt = *w;
		w->s = m[i].s;
		w->end = m[i].s + m[i].n;
		if (walk(w, t->kid[n + i]) < 0)
			return -1;
		w->s = dflt.s;
		w->end = dflt.end;
	}
	return 0;
}

static struct avro_want *
item_find(const struct avro_want *t, const char *key, size_t n, size_t index)
{
	const struct avro_item *item;

	for (item = t->item; item != NULL; item = item->next)
		if (item->key != NULL ? key != NULL && item->n == n &&
		    memcmp(item->key, key, n) == 0 :
		    key == NULL && item->index == index)
			return item->want;
	return NULL;
}

static int
walk_items(struct avro_walk *w, const struct avro_want *t)
{
	const struct avro_type *type = t->res->w;
	bool map = type->kind == AVRO_MAP;
	const struct avro_want *item;
	int64_t count, size;
	const char *s = NULL;
	size_t n = 0, index = 0;

	for (;;) {
		if (get_block(w, type, &count, &size) < 0)
			return -1;
		if (count == 0)
			return 0;
		for (; count > 0; count--, index++) {
			if (map && get_bytes(w, &s, &n) < 0)
				return -1;
			item = item_find(t, map ? s : NULL, n, index);
			if ((item != NULL ? walk(w, item) :
			    skip(w, type->branch[0])) < 0)
				return -1;
		}
	}
}

static int
walk_inside(struct avro_walk *w, const struct avro_want *t)
{
	size_t i = 0;

	switch (t->res->w->kind) {
	case AVRO_RECORD:
		return walk_record(w, t);
	case AVRO_UNION:
		if (get_branch(w, t->res, &i) < 0)
			return -1;
		return t->kid[i] != NULL ? walk(w, t->kid[i]) :
		    skip(w, t->res->w->branch[i]);
	case AVRO_ARRAY:
	case AVRO_MAP:
		return walk_items(w, t);
	default:
		return skip(w, t->res->w);
	}
}

/* A datum or a part of it.  Plans are as deep as paths are, no deeper. */
static int
walk(struct avro_walk *w, const struct avro_want *t)
{
	const char *s = w->s;
	bool inside;

	if (t->res->bad != NULL)
		return walk_bad(w, t->res->bad);
	if (t->ncol == 0)
		return walk_inside(w, t);
	inside = t->item != NULL || t->res->w->kind == AVRO_RECORD;
	if (walk_columns(w, t) < 0 || !inside)
		return w->why != NULL ? -1 : 0;
	w->s = s;
	return walk_inside(w, t);
}

int
avro_read(struct avro_walk *w, const struct avro_res *res,
    const struct avro_want *t)
{
	w->why = w->unfit = NULL;
	w->depth = 0;
	w->empty = 0;
	rowput_begin(w->row);
	if ((t != NULL ? walk(w, t) : skip(w, res->w)) < 0)
		return -1;
	rowput_end(w->row);
	return w->unfit != NULL ? -1 : 1;
}

void
avro_walkfree(struct avro_walk *w)
{
	buf_free(&w->json);
	buf_free(&w->text);
}
