#include <string.h>

#include "twire.h"

static const unsigned char to_compact[T_LIST + 1] = {
	[T_BOOL] = C_TRUE, [T_BYTE] = C_BYTE, [T_DOUBLE] = C_DOUBLE,
	[T_I16] = C_I16, [T_I32] = C_I32, [T_I64] = C_I64,
	[T_STRING] = C_BINARY, [T_STRUCT] = C_STRUCT, [T_MAP] = C_MAP,
	[T_SET] = C_SET, [T_LIST] = C_LIST
};

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
