#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "avroput.h"
#include "avrotime.h"
#include "decimal.h"
#include "die.h"
#include "enc.h"
#include "num.h"
#include "val.h"

void
avro_putlong(struct buf *b, int64_t v)
{
	uint64_t u = (uint64_t)v << 1 ^ (uint64_t)(v >> 63);
	char *to = buf_room(b, 10);
	size_t n = 0;

	for (; u >= 0x80; u >>= 7)
		to[n++] = (char)(u | 0x80);
	to[n++] = (char)u;
	b->n += n;
}

void
avro_putbytes(struct buf *b, const char *s, size_t n)
{
	avro_putlong(b, (int64_t)n);
	buf_add(b, s, n);
}

/* Doubles and floats are little-endian on the wire, whatever the machine. */
static void
put_little(struct buf *b, uint64_t bits, size_t n)
{
	char *to = buf_room(b, n);
	size_t i;

	for (i = 0; i < n; i++)
		to[i] = (char)(bits >> i * 8);
	b->n += n;
}

static void
put_real(struct buf *b, enum avro_kind kind, double v)
{
	uint64_t wide;
	uint32_t narrow;
	float f = (float)v;

	if (kind == AVRO_DOUBLE) {
		memcpy(&wide, &v, sizeof wide);
		put_little(b, wide, sizeof wide);
	} else {
		memcpy(&narrow, &f, sizeof narrow);
		put_little(b, narrow, sizeof narrow);
	}
}

void
avroput_init(struct avroput *p)
{
	*p = (struct avroput){ .tree = jtree_new() };
}

void
avroput_free(struct avroput *p)
{
	jtree_free(p->tree);
	buf_free(&p->tmp);
	buf_free(&p->number);
}

__attribute__((format(printf, 3, 4)))
static int
put_bad(struct avroput *p, const char **why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(p->why, sizeof p->why, fmt, ap);
	va_end(ap);
	*why = p->why;
	return -1;
}

static int
put_unfit(struct avroput *p, const struct avro_type *t, const char *s,
    size_t n, const char **why)
{
	static const char *const names[] = { "", "decimal", "uuid", "date",
	    "time of day", "time of day", "timestamp", "timestamp",
	    "timestamp", "timestamp" };

	if (t->logical == LOGICAL_DECIMAL)
		return put_bad(p, why, "is no decimal(%d,%d): \"%s\"",
		    t->precision, t->scale, show(s, n));
	return put_bad(p, why, "is not of the schema's type %s: \"%s\"",
	    t->logical != LOGICAL_NONE ? names[t->logical] : avro_show(t),
	    show(s, n));
}

static int
put_long(struct avroput *p, struct buf *b, const struct avro_type *t,
    int64_t v, const char **why)
{
	if (t->kind == AVRO_INT && (v > INT32_MAX || v < INT32_MIN))
		return put_bad(p, why, "is out of the range of an int: %lld",
		    (long long)v);
	avro_putlong(b, v);
	return 0;
}

/* A number's text: into every kind of number. */
static int
put_number(struct avroput *p, struct buf *b, const struct avro_type *t,
    const char *s, size_t n, const char **why)
{
	int64_t v;
	double d;

	switch (t->kind) {
	case AVRO_INT:
	case AVRO_LONG:
		if (num_int(s, n, &v) == 0)
			return put_long(p, b, t, v, why);
		break;
	case AVRO_FLOAT:
	case AVRO_DOUBLE:
		if (num_float(s, n, &d) < 0)
			break;
		if (t->kind == AVRO_FLOAT && d - d == 0 &&
		    (float)d - (float)d != 0)
			break;
		put_real(b, t->kind, d);
		return 0;
	default:
		break;
	}
	return put_unfit(p, t, s, n, why);
}

static int
put_decimal(struct avroput *p, struct buf *b, const struct avro_type *t,
    const char *s, size_t n, const char **why)
{
	char sign;

	p->number.n = 0;
	if (decimal_bytes(&p->number, s, n, t->scale, t->precision) < 0 ||
	    (t->kind == AVRO_FIXED && p->number.n > t->size))
		return put_unfit(p, t, s, n, why);
	if (t->kind == AVRO_BYTES) {
		avro_putbytes(b, p->number.s, p->number.n);
		return 0;
	}
	sign = (*p->number.s & 0x80) != 0 ? (char)0xff : 0;
	memset(buf_room(b, t->size), sign, t->size);
	b->n += t->size - p->number.n;
	buf_add(b, p->number.s, p->number.n);
	return 0;
}

/* 36 characters, as RFC 4122 has them. */
static bool
uuid_ok(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (i == 8 || i == 13 || i == 18 || i == 23 ? s[i] != '-' :
		    strchr("0123456789abcdefABCDEF", s[i]) == NULL || s[i] == 0)
			return false;
	return n == 36;
}

static void
put_uuid(struct buf *b, const char *s)
{
	unsigned byte = 0, digits = 0;

	for (; *s != '\0' && digits < 32; s++) {
		if (*s == '-')
			continue;
		byte = byte << 4 | (unsigned)(*s <= '9' ? *s - '0' :
		    (*s | 0x20) - 'a' + 10);
		if (++digits % 2 == 0)
			buf_addc(b, (char)byte);
	}
}

/* Raw text that stands for a value of any type but null, tree and union. */
static int
put_text(struct avroput *p, struct buf *b, const struct avro_type *t,
    const char *s, size_t n, const char **why)
{
	int64_t v;
	size_t i;

	if (t->logical == LOGICAL_DECIMAL)
		return put_decimal(p, b, t, s, n, why);
	if (t->logical == LOGICAL_UUID && !uuid_ok(s, n))
		return put_unfit(p, t, s, n, why);
	if (avrotime_is(t->logical))
		return avrotime_parse(t->logical, s, n, &v) == 0 ?
		    put_long(p, b, t, v, why) : put_unfit(p, t, s, n, why);
	switch (t->kind) {
	case AVRO_STRING:
		if (!utf8_ok(s, n))
			return put_bad(p, why, "is not UTF-8, so an Avro "
			    "string cannot hold it: \"%s\"", show(s, n));
		avro_putbytes(b, s, n);
		return 0;
	case AVRO_BYTES:
		avro_putbytes(b, s, n);
		return 0;
	case AVRO_FIXED:
		if (t->logical == LOGICAL_UUID) {
			put_uuid(b, s);
			return 0;
		}
		if (n != t->size)
			return put_bad(p, why, "has %zu bytes, fixed %s has "
			    "%zu", n, t->name, t->size);
		buf_add(b, s, n);
		return 0;
	case AVRO_ENUM:
		for (i = 0; i < t->n; i++)
			if (strlen(t->symbol[i]) == n &&
			    memcmp(t->symbol[i], s, n) == 0) {
				avro_putlong(b, (int64_t)i);
				return 0;
			}
		return put_bad(p, why, "is no symbol of enum %s: \"%s\"",
		    t->name, show(s, n));
	case AVRO_BOOLEAN:
		if ((n == 4 && memcmp(s, "true", 4) == 0) ||
		    (n == 5 && memcmp(s, "false", 5) == 0)) {
			buf_addc(b, n == 4);
			return 0;
		}
		break;
	default:
		return put_number(p, b, t, s, n, why);
	}
	return put_unfit(p, t, s, n, why);
}

/* The branch of a union that is kind k; or n. */
static size_t
union_find(const struct avro_type *u, enum avro_kind k)
{
	size_t i;

	for (i = 0; i < u->n && u->branch[i]->kind != k; i++)
		;
	return i;
}

static int
put_null(struct avroput *p, struct buf *b, const struct avro_type *t,
    const char **why)
{
	size_t i;

	if (t->kind == AVRO_NULL)
		return 0;
	if (t->kind != AVRO_UNION || (i = union_find(t, AVRO_NULL)) == t->n)
		return put_bad(p, why, "is null, and the schema's type %s "
		    "has no null", avro_show(t));
	avro_putlong(b, (int64_t)i);
	return 0;
}

/* Code points up to U+00FF, a byte each, as the specification's JSON has them. */
static int
bytes_undo(struct avroput *p, const char *s, size_t n)
{
	const unsigned char *u = (const unsigned char *)s, *end = u + n;

	p->tmp.n = 0;
	while (u < end)
		if (*u < 0x80) {
			buf_addc(&p->tmp, (char)*u++);
		} else if ((*u == 0xc2 || *u == 0xc3) && end - u > 1) {
			buf_addc(&p->tmp, (char)((u[0] & 3) << 6 | (u[1] & 0x3f)));
			u += 2;
		} else {
			return -1;
		}
	return 0;
}

struct put {			/* how JSON is to be taken */
	struct avroput *p;
	struct buf *b;
	const char **why;
	bool spec;		/* as a default in a schema */
	int depth;
};

static int json_put(struct put *, const struct avro_type *, const struct jnode *);

static int
json_record(struct put *w, const struct avro_type *t, const struct jnode *nd)
{
	const struct jnode *kid;
	const struct avro_field *f;
	size_t i, used = 0;

	for (f = t->field; f < t->field + t->n; f++) {
		struct put dflt = *w;

		kid = jtree_member(nd, f->name, strlen(f->name));
		used += kid != NULL;
		if (kid == NULL && (kid = f->dflt) == NULL)
			return put_bad(w->p, w->why, "has no field %s, which "
			    "record %s wants", f->name, t->name);
		dflt.spec |= kid == f->dflt;
		if (json_put(&dflt, f->type, kid) < 0)
			return -1;
	}
	if (used == nd->n)
		return 0;
	for (kid = nd->kid; kid != NULL; kid = kid->next) {
		for (i = 0; i < t->n; i++)
			if (strcmp(t->field[i].name, kid->key) == 0)
				break;
		if (i == t->n)
			return put_bad(w->p, w->why, "has a field %s, which "
			    "record %s has not", show(kid->key, kid->nkey),
			    t->name);
	}
	return 0;
}

static int
json_items(struct put *w, const struct avro_type *t, const struct jnode *nd)
{
	const struct jnode *kid;

	if (nd->n > 0)
		avro_putlong(w->b, (int64_t)nd->n);
	for (kid = nd->kid; kid != NULL; kid = kid->next) {
		if (t->kind == AVRO_MAP)
			avro_putbytes(w->b, kid->key, kid->nkey);
		if (json_put(w, t->branch[0], kid) < 0)
			return -1;
	}
	buf_addc(w->b, 0);
	return 0;
}

/* Whether the value might be of the type, before it is tried. */
static bool
json_looks(const struct avro_type *t, const struct jnode *nd)
{
	switch (nd->kind) {
	case JSON_NULL:
		return t->kind == AVRO_NULL;
	case JSON_BOOL:
		return t->kind == AVRO_BOOLEAN;
	case JSON_NUMBER:
		return (t->kind >= AVRO_INT && t->kind <= AVRO_DOUBLE) ||
		    t->logical == LOGICAL_DECIMAL;
	case JSON_TREE:
		return nd->object ? t->kind == AVRO_RECORD ||
		    t->kind == AVRO_MAP : t->kind == AVRO_ARRAY;
	default:
		return t->kind != AVRO_NULL && t->kind != AVRO_BOOLEAN &&
		    t->kind != AVRO_RECORD && t->kind != AVRO_MAP &&
		    t->kind != AVRO_ARRAY;
	}
}

static int
json_union(struct put *w, const struct avro_type *t, const struct jnode *nd)
{
	size_t i, start = w->b->n, tried = 0;

	for (i = 0; i < t->n; i++) {
		if (!json_looks(t->branch[i], nd))
			continue;
		tried++;
		avro_putlong(w->b, (int64_t)i);
		if (json_put(w, t->branch[i], nd) == 0)
			return 0;
		w->b->n = start;
	}
	if (tried == 1)
		return -1;	/* that one has said why */
	return put_bad(w->p, w->why, "fits no branch of the schema's union");
}

/* JSON has no numbers for these. */
static bool
word_isodd(const char *s, size_t n)
{
	return (n == 3 && memcmp(s, "NaN", 3) == 0) ||
	    (n == 8 && memcmp(s, "Infinity", 8) == 0) ||
	    (n == 9 && memcmp(s, "-Infinity", 9) == 0);
}

static int
json_string(struct put *w, const struct avro_type *t, const struct jnode *nd)
{
	const char *s = nd->s;
	size_t n = nd->n;

	if ((t->kind == AVRO_BYTES || t->kind == AVRO_FIXED) &&
	    (w->spec || t->logical == LOGICAL_NONE)) {
		struct avro_type plain = *t;

		if (bytes_undo(w->p, s, n) < 0)
			return put_bad(w->p, w->why, "has a code point above "
			    "U+00FF, which is no byte: \"%s\"", show(s, n));
		plain.logical = LOGICAL_NONE;
		return put_text(w->p, w->b, &plain, w->p->tmp.s != NULL ?
		    w->p->tmp.s : "", w->p->tmp.n, w->why);
	}
	if (t->kind <= AVRO_DOUBLE && !avrotime_is(t->logical) &&
	    (t->kind < AVRO_FLOAT || !word_isodd(s, n)))
		return put_unfit(w->p, t, s, n, w->why);
	return put_text(w->p, w->b, t, s, n, w->why);
}

static int
json_put1(struct put *w, const struct avro_type *t, const struct jnode *nd)
{
	if (t->kind == AVRO_UNION)
		return json_union(w, t, nd);
	if (nd->kind == JSON_NULL)
		return put_null(w->p, w->b, t, w->why);
	if (!json_looks(t, nd) && nd->kind != JSON_STRING)
		return put_unfit(w->p, t, nd->s != NULL ? nd->s : "a tree",
		    nd->s != NULL ? nd->n : 6, w->why);
	if (nd->kind == JSON_TREE)
		return t->kind == AVRO_RECORD ? json_record(w, t, nd) :
		    json_items(w, t, nd);
	if (t->kind == AVRO_RECORD || t->kind == AVRO_ARRAY ||
	    t->kind == AVRO_MAP || t->kind == AVRO_NULL)
		return put_unfit(w->p, t, nd->s, nd->n, w->why);
	if (nd->kind == JSON_STRING)
		return json_string(w, t, nd);
	return put_text(w->p, w->b, t, nd->s, nd->n, w->why);
}

static int
json_put(struct put *w, const struct avro_type *t, const struct jnode *nd)
{
	int k;

	/* a default may hold a record whose field has it as its default */
	if (w->depth == JSON_DEPTH)
		return put_bad(w->p, w->why, "is nested deeper than %d",
		    JSON_DEPTH);
	w->depth++;
	k = json_put1(w, t, nd);
	w->depth--;
	return k;
}

int
avroput_json(struct avroput *p, struct buf *b, const struct avro_type *t,
    const struct jnode *nd, const char **why)
{
	struct put w = { .p = p, .b = b, .why = why };

	return json_put(&w, t, nd);
}

int
avroput_default(struct avroput *p, struct buf *b, const struct avro_field *f,
    const char **why)
{
	struct put w = { .p = p, .b = b, .why = why, .spec = true };

	return json_put(&w, f->type, f->dflt);
}

/* A str that is JSON text. */
static int
field_tree(struct avroput *p, struct buf *b, const struct avro_type *t,
    struct field raw, const char **why)
{
	const char *bad;
	const struct jnode *nd = jtree_parse(p->tree, raw.s, raw.n, &bad);

	if (nd == NULL)
		return put_bad(p, why, "is to be a %s as JSON text: %s: \"%s\"",
		    avro_kindname(t->kind), bad, show(raw.s, raw.n));
	return avroput_json(p, b, t, nd, why);
}

/* One that is neither null nor goes into a union. */
static int
field_put(struct avroput *p, struct buf *b, const struct avro_type *t,
    enum type type, struct field raw, const char **why)
{
	int64_t ms, v;

	if (t->kind == AVRO_RECORD || t->kind == AVRO_ARRAY ||
	    t->kind == AVRO_MAP)
		return type == TYPE_STR ? field_tree(p, b, t, raw, why) :
		    put_unfit(p, t, raw.s, raw.n, why);
	if (type == TYPE_TIME && avrotime_is(t->logical))
		return val_time(raw, &ms) == 0 &&
		    avrotime_ofms(t->logical, ms, &v) == 0 ?
		    put_long(p, b, t, v, why) :
		    put_unfit(p, t, raw.s, raw.n, why);
	if (t->kind == AVRO_NULL ||
	    (type == TYPE_BOOL && t->kind != AVRO_BOOLEAN &&
	    t->kind != AVRO_STRING))
		return put_unfit(p, t, raw.s, raw.n, why);
	return put_text(p, b, t, raw.s, raw.n, why);
}

#define SUITS_MOST 6

static int
text_suits(const struct avro_type *t, struct field raw)
{
	bool tree = raw.n > 0 && (*raw.s == '{' || *raw.s == '[');

	switch (t->kind) {
	case AVRO_RECORD:
	case AVRO_ARRAY:
	case AVRO_MAP:
		return tree ? 6 : 0;
	case AVRO_STRING:
		return t->logical == LOGICAL_NONE ? 5 : 4;
	case AVRO_BYTES:
		return t->logical == LOGICAL_NONE ? 3 : 4;
	case AVRO_ENUM:
	case AVRO_FIXED:
		return 4;
	default:
		return 2;
	}
}

/* How well a branch suits a column: 0 not at all; the best are tried first. */
static int
branch_suits(const struct avro_type *t, enum type type, struct field raw)
{
	bool str = t->kind == AVRO_STRING && t->logical == LOGICAL_NONE;
	bool whole = t->kind == AVRO_INT || t->kind == AVRO_LONG;

	if (t->kind == AVRO_NULL)
		return 0;
	switch (type) {
	case TYPE_STR:
		return text_suits(t, raw);
	case TYPE_INT:
		return whole ? 4 : t->kind == AVRO_DOUBLE ? 3 :
		    t->kind == AVRO_FLOAT || t->logical == LOGICAL_DECIMAL ?
		    2 : str;
	case TYPE_FLOAT:
		return t->kind == AVRO_DOUBLE ? 4 : t->kind == AVRO_FLOAT ||
		    t->logical == LOGICAL_DECIMAL ? 3 : str;
	case TYPE_BOOL:
		return t->kind == AVRO_BOOLEAN ? 4 : str;
	case TYPE_TIME:
		return avrotime_is(t->logical) ? 4 : whole ? 3 : str;
	}
	return 0;
}

static int
field_union(struct avroput *p, struct buf *b, const struct avro_type *t,
    enum type type, struct field raw, const char **why)
{
	size_t i, start = b->n, tried = 0;
	int want;

	for (want = SUITS_MOST; want > 0; want--)
		for (i = 0; i < t->n; i++) {
			if (branch_suits(t->branch[i], type,
			    raw) != want)
				continue;
			tried++;
			avro_putlong(b, (int64_t)i);
			if (field_put(p, b, t->branch[i], type, raw, why) == 0)
				return 0;
			b->n = start;
		}
	if (tried == 1)
		return -1;
	return put_bad(p, why, "fits no branch of the schema's union: \"%s\"",
	    show(raw.s, raw.n));
}

int
avroput_field(struct avroput *p, struct buf *b, const struct avro_type *t,
    enum type type, struct field f, const char **why)
{
	struct field raw;

	if (field_isnull(f))
		return put_null(p, b, t, why);
	p->tmp.n = 0;
	if (esc_undo(f, &p->tmp, &raw) < 0)
		return put_bad(p, why, "has a broken escape: \"%s\"",
		    show(f.s, f.n));
	return t->kind == AVRO_UNION ? field_union(p, b, t, type, raw, why) :
	    field_put(p, b, t, type, raw, why);
}
