#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "decimal.h"
#include "num.h"

/* Divides by 10^9, the remainder is returned; n limbs, the largest first. */
static uint32_t
limbs_divide(uint32_t *v, size_t n)
{
	uint64_t rest = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		rest = rest << 32 | v[i];
		v[i] = (uint32_t)(rest / 1000000000);
		rest %= 1000000000;
	}
	return (uint32_t)rest;
}

/* The magnitude of a two's complement number; returns whether it is below 0. */
static bool
limbs_read(uint32_t *v, size_t limbs, const char *s, size_t n)
{
	bool below = n > 0 && ((unsigned char)s[0] & 0x80) != 0;
	uint64_t carry = below;
	size_t i, byte;

	for (i = 0; i < limbs; i++)
		v[i] = below ? UINT32_MAX : 0;
	for (i = 0; i < n; i++) {
		byte = n - 1 - i;
		v[limbs - 1 - i / 4] &= ~((uint32_t)0xff << i % 4 * 8);
		v[limbs - 1 - i / 4] |=
		    (uint32_t)(unsigned char)s[byte] << i % 4 * 8;
	}
	for (i = limbs; below && i-- > 0; carry >>= 32) {
		carry += (uint32_t)~v[i];
		v[i] = (uint32_t)carry;
	}
	return below;
}

void
decimal_text(struct buf *b, const char *s, size_t n, int scale)
{
	size_t limbs = n / 4 + 1, cap = limbs * 10 + (size_t)scale + 10;
	uint32_t small[16], *v = limbs <= 16 ? small :
	    mem_grow(NULL, limbs, sizeof *v);
	bool below = limbs_read(v, limbs, s, n);
	size_t first = 0, digits = 0, k;
	char *text, *to;
	uint32_t rest;

	text = mem_grow(NULL, cap, 1);
	to = text + cap;
	while (first < limbs) {
		if (v[first] == 0) {
			first++;
			continue;
		}
		rest = limbs_divide(v + first, limbs - first);
		for (k = 0; k < 9; k++, rest /= 10) {
			*--to = (char)('0' + rest % 10);
			digits++;
		}
	}
	while (digits > (size_t)scale + 1 && *to == '0') {
		to++;
		digits--;
	}
	while (digits < (size_t)scale + 1) {
		*--to = '0';
		digits++;
	}
	if (below)
		buf_addc(b, '-');
	buf_add(b, to, digits - (size_t)scale);
	if (scale > 0) {
		buf_addc(b, '.');
		buf_add(b, to + digits - (size_t)scale, (size_t)scale);
	}
	free(text);
	if (v != small)
		free(v);
}

/* The parts of a number's text; point: how many of the digits stand before the point. */
struct digits { bool below; struct buf digit; int64_t point; };

static int
digits_read(struct digits *d, const char *s, size_t n)
{
	const char *end = s + n, *exp;
	bool point = false, some = false;
	int64_t e = 0;

	if (s < end && (*s == '-' || *s == '+'))
		d->below = *s++ == '-';
	for (; s < end && ((*s >= '0' && *s <= '9') || *s == '.'); s++) {
		if (*s == '.' && point)
			return -1;
		if (*s == '.') {
			point = true;
			continue;
		}
		some = true;
		d->point += !point;
		/* zeros in front say nothing */
		if (*s == '0' && d->digit.n == 0)
			d->point--;
		else
			buf_addc(&d->digit, *s);
	}
	if (!some || s == end)
		return some ? 0 : -1;
	exp = s + 1;
	if ((*s != 'e' && *s != 'E') || num_int(exp, (size_t)(end - exp), &e) < 0 ||
	    e > DECIMAL_MOST || e < -DECIMAL_MOST)
		return -1;
	d->point += e;
	return 0;
}

/* The digits as a number, at the end of a field of n bytes. */
static void
bytes_make(unsigned char *to, size_t n, const char *digit, size_t len,
    size_t zeros)
{
	size_t i, k;

	memset(to, 0, n);
	for (i = 0; i < len + zeros; i++) {
		unsigned carry = i < len ? (unsigned)(digit[i] - '0') : 0;

		for (k = n; k-- > 0;) {
			carry += to[k] * 10u;
			to[k] = (unsigned char)carry;
			carry >>= 8;
		}
	}
}

static void
bytes_negate(unsigned char *to, size_t n)
{
	unsigned carry = 1;
	size_t k;

	for (k = n; k-- > 0; carry >>= 8) {
		carry += (unsigned char)~to[k];
		to[k] = (unsigned char)carry;
	}
}

int
decimal_bytes(struct buf *b, const char *s, size_t n, int scale, int precision)
{
	struct digits d = { 0 };
	size_t size, skip = 0;
	int64_t all;
	int k = -1;
	unsigned char *to;

	if (n > DECIMAL_MOST || digits_read(&d, s, n) < 0)
		goto out;
	while (d.digit.n > 0 && d.digit.s[d.digit.n - 1] == '0')
		d.digit.n--;
	/* digits of the unscaled number */
	all = d.digit.n > 0 ? d.point + scale : 0;
	if (d.digit.n > 0 && (all < (int64_t)d.digit.n || all > precision))
		goto out;
	size = (size_t)all / 2 + 2;
	to = (unsigned char *)buf_room(b, size);
	bytes_make(to, size, d.digit.s, d.digit.n, (size_t)all - d.digit.n);
	if (d.below)
		bytes_negate(to, size);
	while (skip + 1 < size && (to[skip] == 0 || to[skip] == 0xff) &&
	    (to[skip] & 0x80) == (to[skip + 1] & 0x80))
		skip++;
	memmove(to, to + skip, size - skip);
	b->n += size - skip;
	k = 0;
out:
	buf_free(&d.digit);
	return k;
}
