#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "avroputs.h"
#include "avrotime.h"
#include "b64.h"
#include "decimal.h"
#include "die.h"
#include "enc.h"
#include "num.h"

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

int
avroput_bad(struct avroput *p, const char **why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(p->why, sizeof p->why, fmt, ap);
	va_end(ap);
	*why = p->why;
	return -1;
}

int
avroput_unfit(struct avroput *p, const struct avro_type *t, const char *s,
    size_t n, const char **why)
{
	static const char *const names[] = { "", "decimal", "uuid", "date",
	    "time of day", "time of day", "timestamp", "timestamp",
	    "timestamp", "timestamp" };

	if (t->logical == LOGICAL_DECIMAL)
		return avroput_bad(p, why, "is no decimal(%d,%d): \"%s\"",
		    t->precision, t->scale, show(s, n));
	return avroput_bad(p, why, "is not of the schema's type %s: \"%s\"",
	    t->logical != LOGICAL_NONE ? names[t->logical] : avro_show(t),
	    show(s, n));
}

int
avroput_long(struct avroput *p, struct buf *b, const struct avro_type *t,
    int64_t v, const char **why)
{
	if (t->kind == AVRO_INT && (v > INT32_MAX || v < INT32_MIN))
		return avroput_bad(p, why, "is out of the range of an int: %lld",
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
			return avroput_long(p, b, t, v, why);
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
	return avroput_unfit(p, t, s, n, why);
}

static int
put_decimal(struct avroput *p, struct buf *b, const struct avro_type *t,
    const char *s, size_t n, const char **why)
{
	char sign;

	p->number.n = 0;
	if (decimal_bytes(&p->number, s, n, t->scale, t->precision) < 0 ||
	    (t->kind == AVRO_FIXED && p->number.n > t->size))
		return avroput_unfit(p, t, s, n, why);
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

int
avroput_bytes(struct avroput *p, struct buf *b, const struct avro_type *t,
    const char *s, size_t n, const char **why)
{
	if (t->kind == AVRO_BYTES) {
		avro_putbytes(b, s, n);
		return 0;
	}
	if (n != t->size)
		return avroput_bad(p, why, "has %zu bytes, fixed %s has %zu", n,
		    t->name, t->size);
	buf_add(b, s, n);
	return 0;
}

static int
put_base64(struct avroput *p, struct buf *b, const struct avro_type *t,
    const char *s, size_t n, const char **why)
{
	p->number.n = 0;
	buf_room(&p->number, 1);
	if (b64_undo(&p->number, s, n) < 0)
		return avroput_bad(p, why, "is not of the schema's type %s "
		    "(base64): \"%s\"", avro_show(t), show(s, n));
	return avroput_bytes(p, b, t, p->number.s, p->number.n, why);
}

/* Raw text that stands for a value of any type but null, tree and union. */
int
avroput_text(struct avroput *p, struct buf *b, const struct avro_type *t,
    const char *s, size_t n, const char **why)
{
	int64_t v;
	size_t i;

	if (t->logical == LOGICAL_DECIMAL)
		return put_decimal(p, b, t, s, n, why);
	if (t->logical == LOGICAL_UUID && !uuid_ok(s, n))
		return avroput_unfit(p, t, s, n, why);
	if (avrotime_is(t->logical))
		return avrotime_parse(t->logical, s, n, &v) == 0 ?
		    avroput_long(p, b, t, v, why) : avroput_unfit(p, t, s, n, why);
	switch (t->kind) {
	case AVRO_STRING:
		if (!utf8_ok(s, n))
			return avroput_bad(p, why, "is not UTF-8, so an Avro "
			    "string cannot hold it: \"%s\"", show(s, n));
		avro_putbytes(b, s, n);
		return 0;
	case AVRO_BYTES:
		return put_base64(p, b, t, s, n, why);
	case AVRO_FIXED:
		if (t->logical != LOGICAL_UUID)
			return put_base64(p, b, t, s, n, why);
		put_uuid(b, s);
		return 0;
	case AVRO_ENUM:
		for (i = 0; i < t->n; i++)
			if (strlen(t->symbol[i]) == n &&
			    memcmp(t->symbol[i], s, n) == 0) {
				avro_putlong(b, (int64_t)i);
				return 0;
			}
		return avroput_bad(p, why, "is no symbol of enum %s: \"%s\"",
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
	return avroput_unfit(p, t, s, n, why);
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

int
avroput_null(struct avroput *p, struct buf *b, const struct avro_type *t,
    const char **why)
{
	size_t i;

	if (t->kind == AVRO_NULL)
		return 0;
	if (t->kind != AVRO_UNION || (i = union_find(t, AVRO_NULL)) == t->n)
		return avroput_bad(p, why, "is null, and the schema's type %s "
		    "has no null", avro_show(t));
	avro_putlong(b, (int64_t)i);
	return 0;
}
