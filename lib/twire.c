#include <string.h>

#include "twire.h"

/* Types of the compact protocol. */
enum { C_STOP, C_TRUE, C_FALSE, C_BYTE, C_I16, C_I32, C_I64, C_DOUBLE, C_BINARY, C_LIST, C_SET, C_MAP, C_STRUCT, C_N };

static const enum ttype of_compact[C_N] = {
	T_STOP, T_BOOL, T_BOOL, T_BYTE, T_I16, T_I32, T_I64, T_DOUBLE,
	T_STRING, T_LIST, T_SET, T_MAP, T_STRUCT
};

static const unsigned char to_compact[T_LIST + 1] = {
	[T_BOOL] = C_TRUE, [T_BYTE] = C_BYTE, [T_DOUBLE] = C_DOUBLE,
	[T_I16] = C_I16, [T_I32] = C_I32, [T_I64] = C_I64,
	[T_STRING] = C_BINARY, [T_STRUCT] = C_STRUCT, [T_MAP] = C_MAP,
	[T_SET] = C_SET, [T_LIST] = C_LIST
};

static bool
twire_varint(struct twire *w, uint64_t *v)
{
	unsigned shift;
	unsigned char c;

	*v = 0;
	for (shift = 0; w->s < w->end && shift < 70; shift += 7) {
		c = (unsigned char)*w->s++;
		if (shift < 64)
			*v |= (uint64_t)(c & 0x7f) << shift;
		if (c < 0x80)
			return true;
	}
	return false;
}

static int64_t
unzigzag(uint64_t v)
{
	return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}

/* n bytes as a number. */
static bool
twire_big(struct twire *w, size_t n, int64_t *v)
{
	uint64_t x = 0;
	size_t i;

	if ((size_t)(w->end - w->s) < n)
		return false;
	for (i = 0; i < n; i++)
		x = x << 8 | (unsigned char)*w->s++;
	/* its sign */
	*v = n == 8 ? (int64_t)x : (int64_t)(x << (64 - 8 * n)) >>
	    (64 - 8 * n);
	return true;
}

static bool
ttype_known(int t, enum ttype *type)
{
	if (t < T_BOOL || t > T_LIST || to_compact[t] == 0)
		return false;
	*type = (enum ttype)t;
	return true;
}

static bool
ctype_known(int c, enum ttype *type)
{
	if (c <= C_STOP || c >= C_N)
		return false;
	*type = of_compact[c];
	return true;
}

static bool
field_compact(struct twire *w, int head, enum ttype *type, int16_t *id)
{
	uint64_t v;

	if (!ctype_known(head & 15, type))
		return false;
	if (head >> 4 != 0) {
		w->id = (int16_t)(w->id + (head >> 4));
	} else {
		if (!twire_varint(w, &v))
			return false;
		w->id = (int16_t)unzigzag(v);
	}
	*id = w->id;
	w->flag = (signed char)(*type == T_BOOL ? (head & 15) == C_TRUE : -1);
	return true;
}

bool
twire_field(struct twire *w, enum ttype *type, int16_t *id)
{
	int64_t v;
	int head;

	if (w->s == w->end)
		return false;
	head = (unsigned char)*w->s++;
	if (head == 0) {
		*type = T_STOP;
		return true;
	}
	if (w->compact)
		return field_compact(w, head, type, id);
	if (!ttype_known(head, type) || !twire_big(w, 2, &v))
		return false;
	*id = (int16_t)v;
	return true;
}

/* An element has a byte at the least. */
static bool
count_fits(const struct twire *w, int64_t v, uint32_t *n)
{
	if (v < 0 || v > w->end - w->s || v > INT32_MAX)
		return false;
	*n = (uint32_t)v;
	return true;
}

bool
twire_list(struct twire *w, enum ttype *type, uint32_t *n)
{
	uint64_t u;
	int64_t v;
	int head;

	w->flag = -1;
	if (w->s == w->end)
		return false;
	head = (unsigned char)*w->s++;
	if (!w->compact)
		return ttype_known(head, type) && twire_big(w, 4, &v) &&
		    count_fits(w, v, n);
	if (!ctype_known(head & 15, type))
		return false;
	u = (uint64_t)head >> 4;
	if (u == 15 && (!twire_varint(w, &u) || u > INT32_MAX))
		return false;
	return count_fits(w, (int64_t)u, n);
}

bool
twire_map(struct twire *w, enum ttype *key, enum ttype *val, uint32_t *n)
{
	uint64_t u;
	int64_t v;
	int k, t;

	w->flag = -1;
	*key = *val = T_STOP;
	if (w->compact) {
		if (!twire_varint(w, &u) || u > INT32_MAX)
			return false;
		*n = 0;
		if (u == 0)
			return true;
		if (w->s == w->end)
			return false;
		k = (unsigned char)*w->s++;
		return ctype_known(k >> 4, key) && ctype_known(k & 15, val) &&
		    count_fits(w, (int64_t)u, n);
	}
	if (w->end - w->s < 2)
		return false;
	k = (unsigned char)*w->s++;
	t = (unsigned char)*w->s++;
	if (!twire_big(w, 4, &v) || !count_fits(w, v, n))
		return false;
	/* of an empty one some write no types */
	return v == 0 || (ttype_known(k, key) && ttype_known(t, val));
}

bool
twire_int(struct twire *w, enum ttype type, int64_t *v)
{
	uint64_t u;

	if (type == T_BOOL && w->compact) {
		if (w->flag >= 0) {
			*v = w->flag;
			w->flag = -1;
			return true;
		}
		if (w->s == w->end)
			return false;
		*v = *w->s++ == C_TRUE;
		return true;
	}
	if (type == T_BOOL || type == T_BYTE) {
		if (!twire_big(w, 1, v))
			return false;
		if (type == T_BOOL)
			*v = *v != 0;
		return true;
	}
	if (!w->compact)
		return twire_big(w, type == T_I16 ? 2 : type == T_I32 ? 4 : 8,
		    v);
	if (!twire_varint(w, &u))
		return false;
	*v = unzigzag(u);
	if (type == T_I16)
		*v = (int16_t)*v;
	else if (type == T_I32)
		*v = (int32_t)*v;
	return true;
}

bool
twire_double(struct twire *w, double *d)
{
	uint64_t x = 0;
	int64_t v;
	int i;

	if (!w->compact) {
		if (!twire_big(w, 8, &v))
			return false;
		x = (uint64_t)v;
	} else {
		if (w->end - w->s < 8)
			return false;
		for (i = 7; i >= 0; i--)
			x = x << 8 | (unsigned char)w->s[i];
		w->s += 8;
	}
	memcpy(d, &x, sizeof *d);
	return true;
}

bool
twire_bytes(struct twire *w, const char **s, size_t *n)
{
	uint64_t u;
	int64_t v;

	if (w->compact) {
		if (!twire_varint(w, &u) || u > INT32_MAX)
			return false;
		v = (int64_t)u;
	} else if (!twire_big(w, 4, &v)) {
		return false;
	}
	if (v < 0 || v > w->end - w->s)
		return false;
	*s = w->s;
	*n = (size_t)v;
	w->s += v;
	return true;
}

static bool
struct_skip(struct twire *w, int depth)
{
	int16_t last = w->id, id;
	enum ttype type;

	w->id = 0;
	for (;;) {
		if (!twire_field(w, &type, &id))
			return false;
		if (type == T_STOP)
			break;
		if (!twire_skip(w, type, depth + 1))
			return false;
	}
	w->id = last;
	return true;
}

bool
twire_skip(struct twire *w, enum ttype type, int depth)
{
	enum ttype key, val;
	const char *s;
	size_t len;
	uint32_t n;
	int64_t v;
	double d;

	switch (type) {
	case T_BOOL:
	case T_BYTE:
	case T_I16:
	case T_I32:
	case T_I64:
		return twire_int(w, type, &v);
	case T_DOUBLE:
		return twire_double(w, &d);
	case T_STRING:
		return twire_bytes(w, &s, &len);
	case T_STRUCT:
		return depth < TWIRE_DEPTH && struct_skip(w, depth);
	case T_SET:
	case T_LIST:
		if (depth >= TWIRE_DEPTH || !twire_list(w, &val, &n))
			return false;
		for (; n > 0; n--)
			if (!twire_skip(w, val, depth + 1))
				return false;
		return true;
	case T_MAP:
		if (depth >= TWIRE_DEPTH || !twire_map(w, &key, &val, &n))
			return false;
		for (; n > 0; n--)
			if (!twire_skip(w, key, depth + 1) ||
			    !twire_skip(w, val, depth + 1))
				return false;
		return true;
	case T_STOP:
		break;
	}
	return false;
}

static void
put_varint(struct buf *b, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		buf_addc(b, (char)(v | 0x80));
	buf_addc(b, (char)v);
}

static void
put_zigzag(struct buf *b, int64_t v)
{
	put_varint(b, (uint64_t)v << 1 ^ (uint64_t)(v >> 63));
}

static void
put_big(struct buf *b, size_t n, uint64_t v)
{
	for (; n > 0; n--)
		buf_addc(b, (char)(v >> (8 * (n - 1))));
}

void
twire_putfield(struct buf *b, bool compact, enum ttype type, int16_t id,
    int16_t *last, bool value)
{
	int delta = id - *last, c = to_compact[type];

	if (!compact) {
		buf_addc(b, (char)type);
		put_big(b, 2, (uint16_t)id);
		if (type == T_BOOL)
			buf_addc(b, value);
		return;
	}
	if (type == T_BOOL && !value)
		c = C_FALSE;
	if (delta > 0 && delta <= 15) {
		buf_addc(b, (char)(delta << 4 | c));
	} else {
		buf_addc(b, (char)c);
		put_zigzag(b, id);
	}
	*last = id;
}

void
twire_putstop(struct buf *b)
{
	buf_addc(b, 0);
}

void
twire_putlist(struct buf *b, bool compact, enum ttype type, uint32_t n)
{
	if (!compact) {
		buf_addc(b, (char)type);
		put_big(b, 4, n);
	} else if (n < 15) {
		buf_addc(b, (char)(n << 4 | to_compact[type]));
	} else {
		buf_addc(b, (char)(0xf0 | to_compact[type]));
		put_varint(b, n);
	}
}

void
twire_putmap(struct buf *b, bool compact, enum ttype key, enum ttype val,
    uint32_t n)
{
	if (!compact) {
		buf_addc(b, (char)key);
		buf_addc(b, (char)val);
		put_big(b, 4, n);
		return;
	}
	put_varint(b, n);
	if (n > 0)
		buf_addc(b, (char)(to_compact[key] << 4 | to_compact[val]));
}

void
twire_putint(struct buf *b, bool compact, enum ttype type, int64_t v)
{
	if (type == T_BOOL)
		buf_addc(b, (char)(compact && v == 0 ? C_FALSE : v));
	else if (type == T_BYTE)
		buf_addc(b, (char)v);
	else if (compact)
		put_zigzag(b, v);
	else
		put_big(b, type == T_I16 ? 2 : type == T_I32 ? 4 : 8,
		    (uint64_t)v);
}

void
twire_putdouble(struct buf *b, bool compact, double d)
{
	uint64_t x;
	int i;

	memcpy(&x, &d, sizeof x);
	if (!compact) {
		put_big(b, 8, x);
		return;
	}
	for (i = 0; i < 8; i++, x >>= 8)
		buf_addc(b, (char)x);
}

void
twire_putbytes(struct buf *b, bool compact, const char *s, size_t n)
{
	if (compact)
		put_varint(b, n);
	else
		put_big(b, 4, n);
	buf_add(b, s, n);
}
