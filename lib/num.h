/* num - numbers from text and back, checked */
#ifndef NUM_H
#define NUM_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define NUM_INTLEN 20		/* bytes that num_putint may write, however short the number */
#define NUM_FLOATLEN 32		/* bytes that num_putfloat may write */

/*
 * Texts are pointer and length, never NUL-terminated.
 * num_int: [+-]digits, leading zeros allowed, as Java's Long.parseLong; the
 * whole text; int64 range.  num_float: a JSON number, also with a leading +,
 * leading zeros, or a leading or trailing point (".5", "5."), "NaN",
 * "Infinity", "-Infinity" (PostgreSQL's spelling); correctly rounded; a finite
 * text that overflows is an error, one that underflows is 0.
 * Both return 0, or -1 and leave *v.
 */
int num_int(const char *, size_t, int64_t *v);
int num_float(const char *, size_t, double *v);

/* Both return the length written; no NUL is added. */
size_t num_putint(char *to, int64_t v);
/*
 * The shortest of %.15g %.16g %.17g that reads back the same, but whole numbers
 * below 2^53 always without point and exponent; -0, NaN, Infinity, -Infinity.
 */
size_t num_putfloat(char *to, double v);

extern const uint64_t num_tens[];	/* powers of ten that fit, by their exponent */

/* The values of eight bytes, the first one lowest; good: each is a digit's. */
static inline uint64_t
num_load(const char *s)
{
	uint64_t w;

	memcpy(&w, s, sizeof w);
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
	w = __builtin_bswap64(w);
#endif
	return w ^ (uint64_t)0x3030303030303030;
}

static inline bool
num_good(uint64_t w)
{
	return ((w | (w + (uint64_t)0x7676767676767676)) &
	    (uint64_t)0x8080808080808080) == 0;
}

/* How many of the eight bytes at s are digits before the first that is none. */
static inline size_t
num_digits(const char *s)
{
	uint64_t w = num_load(s);

	/* below the first one that is none nothing carries */
	w = (w | (w + (uint64_t)0x7676767676767676)) &
	    (uint64_t)0x8080808080808080;
	return w != 0 ? (size_t)__builtin_ctzll(w) / 8 : 8;
}

/* Of the first n bytes, 1 to 8, as if zeros stood before them; 8 are read. */
static inline uint64_t
num_first(const char *s, size_t n)
{
	return num_load(s) << (64 - 8 * n);
}

/* The number that eight digits are: pairs, then fours, then all are joined. */
static inline uint64_t
num_join(uint64_t w)
{
	w = w * (1 + (10 << 8)) >> 8;
	w = (w & 0x00ff00ff00ff00ff) * (1 + (100 << 16)) >> 16;
	return (w & 0x0000ffff0000ffff) * (1 + ((uint64_t)10000 << 32)) >> 32;
}

#define NUM_MIDLEAST 9
#define NUM_MIDMOST 16

/*
 * num_int of so many bytes, as times have, if all are digits: eight, and in
 * the eight at the end zeros for those that were.
 */
static inline bool
num_mid(const char *s, size_t n, int64_t *v)
{
	uint64_t a = num_load(s), b = num_load(s + n - 8);

	if (!num_good(a) || !num_good(b))
		return false;
	b = b >> (8 * (16 - n)) << (8 * (16 - n));
	*v = (int64_t)(num_join(a) * num_tens[n - 8] + num_join(b));
	return true;
}

/* Whether there is nothing but digits; eight at once, the last ones perhaps twice. */
static inline bool
num_isdigits(const char *s, size_t n)
{
	size_t i = 0;

	if (n >= 8) {
		for (; i + 8 <= n; i += 8)
			if (!num_good(num_load(s + i)))
				return false;
		return num_good(num_load(s + n - 8));
	}
	while (i < n && s[i] >= '0' && s[i] <= '9')
		i++;
	return i == n;
}
#endif
