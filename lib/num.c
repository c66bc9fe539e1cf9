#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "num.h"

#define SHORT ((uint64_t)100000000)
#define ASCII ((uint64_t)0x3030303030303030)
#define EXACT ((uint64_t)1 << 53)	/* whole doubles up to here are exact */

__extension__ typedef unsigned __int128 u128;

const uint64_t num_tens[] = {
	1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000,
	1000000000, 10000000000, 100000000000, 1000000000000, 10000000000000,
	100000000000000, 1000000000000000, 10000000000000000,
	100000000000000000, 1000000000000000000, 10000000000000000000U,
};

static const double ftens[] = {	/* those that a double holds exactly */
	1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12,
	1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
};

static const char pairs[] =
    "0001020304050607080910111213141516171819"
    "2021222324252627282930313233343536373839"
    "4041424344454647484950515253545556575859"
    "6061626364656667686970717273747576777879"
    "8081828384858687888990919293949596979899";

static unsigned
num_digit(char c)
{
	return (unsigned)(c - '0');	/* more than 9 if it is none */
}

/* The slow path: as many digits as may overflow, or none at all. */
static int
num_longint(const char *s, size_t n, int neg, int64_t *v)
{
	int64_t x = 0;
	unsigned d;

	if (n == 0)
		return -1;
	for (; n > 0; s++, n--) {
		if ((d = num_digit(*s)) > 9 ||
		    __builtin_mul_overflow(x, 10, &x) ||
		    __builtin_sub_overflow(x, (int64_t)d, &x))
			return -1;
	}
	if (!neg && x == INT64_MIN)	/* it has no opposite */
		return -1;
	*v = neg ? x : -x;
	return 0;
}

int
num_int(const char *s, size_t n, int64_t *v)
{
	uint64_t x = 0;
	unsigned d;
	int neg = 0;

	if (n > 0 && (*s == '-' || *s == '+')) {
		neg = *s == '-';
		s++, n--;
	}
	if (n - NUM_MIDLEAST <= NUM_MIDMOST - NUM_MIDLEAST) {
		if (!num_mid(s, n, v))
			return -1;
		if (neg)
			*v = -*v;
		return 0;
	}
	if (n == 0 || n > 18)
		return num_longint(s, n, neg, v);
	for (; n > 0; s++, n--) {
		if ((d = num_digit(*s)) > 9)
			return -1;
		x = x * 10 + d;
	}
	*v = neg ? -(int64_t)x : (int64_t)x;
	return 0;
}

static int
num_word(const char *s, size_t n, double *v)
{
	if (n == 3 && memcmp(s, "NaN", 3) == 0)
		*v = (double)NAN;
	else if (n == 8 && memcmp(s, "Infinity", 8) == 0)
		*v = (double)INFINITY;
	else if (n == 9 && memcmp(s, "-Infinity", 9) == 0)
		*v = -(double)INFINITY;
	else
		return -1;
	return 0;
}

/* What is known to be a decimal number, by the C library, which wants a NUL. */
static int
num_strtod(const char *s, size_t n, double *v)
{
	char local[128], *copy = local;
	double x;

	if (n >= sizeof local) {
		copy = mem_copy(s, n);
	} else {
		memcpy(copy, s, n);
		copy[n] = '\0';
	}
	x = strtod(copy, NULL);
	if (copy != local)
		free(copy);
	if (isinf(x))
		return -1;
	*v = x;
	return 0;
}

int
num_float(const char *s, size_t n, double *v)
{
	const char *p = s, *end = s + n;
	uint64_t m = 0;
	long nd = 0, scale = 0, e = 0;
	unsigned d;
	int neg = 0, eneg = 0, point = 0;

	if (p < end && (*p == '-' || *p == '+'))
		neg = *p++ == '-';
	for (; p < end; p++) {
		if ((d = num_digit(*p)) <= 9) {
			m = m * 10 + d;		/* may wrap: see nd */
			nd++;
			scale -= point;
		} else if (*p == '.' && !point)
			point = 1;
		else
			break;
	}
	if (nd == 0)
		return num_word(s, n, v);
	if (p < end && (*p == 'e' || *p == 'E')) {
		if (++p < end && (*p == '-' || *p == '+'))
			eneg = *p++ == '-';
		if (p == end)
			return -1;
		for (; p < end && (d = num_digit(*p)) <= 9; p++)
			if (e < 100000)		/* more is for strtod to see */
				e = e * 10 + (long)d;
	}
	if (p != end)
		return -1;
	scale += eneg ? -e : e;
	/* Clinger: one rounding of two exact numbers is the right rounding. */
	if (FLT_EVAL_METHOD == 0 && nd <= 19 && m <= EXACT &&
	    scale >= -22 && scale <= 22) {
		double x = (double)m;

		x = scale < 0 ? x / ftens[-scale] : x * ftens[scale];
		*v = neg ? -x : x;
		return 0;
	}
	return num_strtod(s, n, v);
}

static size_t
num_width(uint64_t u)
{
	unsigned bits = 64 - (unsigned)__builtin_clzll(u | 1);
	unsigned t = bits * 1233 >> 12;		/* log10(2) is 1233 / 4096 */

	return t + (u >= num_tens[t]) + (u == 0);
}

/* Exactly n digits, two at a time. */
static void
num_putdigits(char *to, uint64_t u, size_t n)
{
	char *p = to + n;

	for (; u >= 100; u /= 100) {
		p -= 2;
		memcpy(p, pairs + u % 100 * 2, 2);
	}
	if (u >= 10)
		memcpy(p - 2, pairs + u * 2, 2);
	else
		p[-1] = (char)('0' + (int)u);
}

/* The reverse of num_join: the digits of u, less than 10^8, a byte each, the first one lowest. */
static uint64_t
num_split(uint64_t u)
{
	uint64_t w = u / 10000 | u % 10000 << 32, t;

	t = (w * 10486 >> 20) & 0x0000007f0000007f;
	w = t | (w - t * 100) << 16;
	t = (w * 103 >> 10) & 0x000f000f000f000f;
	return t | (w - t * 10) << 8;
}

static void
num_store(char *to, uint64_t w)
{
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
	w = __builtin_bswap64(w);
#endif
	memcpy(to, &w, sizeof w);
}

/* How many digits there are is hard to foretell, so nothing jumps on it. */
static size_t
num_putshort(char *to, uint64_t u)
{
	uint64_t w;
	unsigned zeros;

	if (u < 100) {
		memcpy(to, pairs + u * 2 + (u < 10), 2);
		return (size_t)1 + (u >= 10);
	}
	w = num_split(u);
	zeros = (unsigned)__builtin_ctzll(w) / 8;
	num_store(to, (w | ASCII) >> 8 * zeros);
	return 8 - zeros;
}

size_t
num_putint(char *to, int64_t v)
{
	uint64_t u = (uint64_t)v;
	size_t n, neg = v < 0;

	if (neg) {
		u = -u;
		*to++ = '-';
	}
	if (u < SHORT)
		return num_putshort(to, u) + neg;
	if (u >= SHORT * SHORT) {
		n = num_width(u);
		num_putdigits(to, u, n);
		return n + neg;
	}
	n = num_putshort(to, u / SHORT);
	num_store(to + n, num_split(u % SHORT) | ASCII);
	return n + 8 + neg;
}

/*
 * The fewest digits that read back as a, which has a fraction and is at least
 * 1e-4 and less than EXACT: then a scaled by a power of ten has less than 2^120
 * parts of its last bit, and all of it can be done exactly in 128 bits.
 * Digits and rounding are those of printf's %.15g, %.16g and %.17g.  In this
 * range a power of two, whose lower neighbour is nearer, has at most 10 digits,
 * and no text of 15 or 16 digits is just halfway between two doubles.
 */
static size_t
num_putscaled(char *to, double a)
{
	char digits[20];
	u128 pow, t, rest, room;
	uint64_t f, m;
	size_t n, w, k, shift, lead;	/* lead: digits before the point, + 3 */
	int up;

	memcpy(&f, &a, sizeof f);
	shift = 1075 - (size_t)(f >> 52);
	f = (f & (EXACT / 2 - 1)) | EXACT / 2;
	if (a >= 1)
		lead = num_width((uint64_t)a) + 3;
	else
		lead = a >= 0.1 ? 3 : a >= 0.01 ? 2 : a >= 0.001 ? 1 : 0;
	for (n = lead > 17 ? lead - 2 : 15;; n++) {
		k = n + 3 - lead;	/* decimals, 1 to 20 */
		pow = k < 20 ? num_tens[k] : (u128)num_tens[19] * 10;
		t = f * pow;
		m = (uint64_t)(t >> shift);
		rest = t - ((u128)m << shift);
		room = ((u128)1 << shift) - rest;
		up = rest > room || (rest == room && m % 2 != 0);
		if (up) {
			m++;
			rest = room;
		}
		/* Less than half the way to the next double? */
		if (n == 17 || rest * 2 < pow)
			break;
	}
	w = num_width(m);
	num_putdigits(digits, m, w);
	for (; digits[w - 1] == '0'; w--)
		k--;
	if (w > k) {
		memcpy(to, digits, w - k);
		to[w - k] = '.';
		memcpy(to + w - k + 1, digits + w - k, k);
		return w + 1;
	}
	memcpy(to, "0.000", 5);		/* as many as 1e-4 needs */
	memcpy(to + 2 + k - w, digits, w);
	return 2 + k;
}

static size_t
num_putshortest(char *to, double v)
{
	char text[NUM_FLOATLEN];
	int n, digits;

	for (digits = 15;; digits++) {
		n = snprintf(text, sizeof text, "%.*g", digits, v);
		if (digits == 17 || strtod(text, NULL) == v)
			break;
	}
	memcpy(to, text, (size_t)n);
	return (size_t)n;
}

size_t
num_putfloat(char *to, double v)
{
	double a = fabs(v);
	size_t neg;

	if (isnan(v)) {
		memcpy(to, "NaN", 3);
		return 3;
	}
	neg = signbit(v) != 0;
	if (neg)
		*to++ = '-';
	if (isinf(v)) {
		memcpy(to, "Infinity", 8);
		return neg + 8;
	}
	if (a < (double)EXACT && a == (double)(int64_t)a)
		return neg + num_putint(to, (int64_t)a);
	if (a >= 1e-4 && a < (double)EXACT)
		return neg + num_putscaled(to, a);
	return neg + num_putshortest(to, a);
}
