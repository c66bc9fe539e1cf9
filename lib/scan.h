/* scan - finds the few bytes that need care in text, 16 at a time */
#ifndef SCAN_H
#define SCAN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>

#define SCAN_LOAD(p) _mm_loadu_si128((const __m128i *)(const void *)(p))

/* Which of the 16 bytes at p are one of four. */
static inline unsigned
scan_four(const char *p, char a, char b, char c, char d)
{
	__m128i v = SCAN_LOAD(p);
	__m128i m = _mm_or_si128(
	    _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(a)),
	    _mm_cmpeq_epi8(v, _mm_set1_epi8(b))),
	    _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(c)),
	    _mm_cmpeq_epi8(v, _mm_set1_epi8(d))));

	return (unsigned)_mm_movemask_epi8(m);
}
#endif

#define SCAN_STEP 16

#ifdef __SSE2__
/* The first of 16 bytes, of which only n are there; the others are 0. */
static inline __m128i
scan_short(const char *s, size_t n)
{
	uint64_t lo = 0, hi = 0;
	uint32_t a, b;

	if (n > 8) {
		memcpy(&lo, s, 8);
		memcpy(&hi, s + n - 8, 8);
		hi >>= 8 * (SCAN_STEP - n);
	} else if (n == 8) {
		memcpy(&lo, s, 8);
	} else if (n >= 4) {
		memcpy(&a, s, 4);
		memcpy(&b, s + n - 4, 4);
		lo = a | (uint64_t)b << 8 * (n - 4);
	} else {
		while (n > 0)
			lo = lo << 8 | (unsigned char)s[--n];
	}
	return _mm_set_epi64x((int64_t)hi, (int64_t)lo);
}
#endif

/*
 * Copies up to 16 bytes, their commas as TABs, and may write what it likes up
 * to the 16th.  Which were commas; odd: which may need care in CSV, being
 * quotes, backslashes or controls.
 */
static inline unsigned
scan_commas(char *to, const char *s, size_t n, unsigned *odd)
{
	unsigned valid = (1U << n) - 1;
#ifdef __SSE2__
	__m128i v = n < SCAN_STEP ? scan_short(s, n) : SCAN_LOAD(s);
	__m128i commas = _mm_cmpeq_epi8(v, _mm_set1_epi8(','));

	_mm_storeu_si128((__m128i *)(void *)to, _mm_xor_si128(v,
	    _mm_and_si128(commas, _mm_set1_epi8(',' ^ '\t'))));
	*odd = valid & (unsigned)_mm_movemask_epi8(_mm_or_si128(
	    _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')),
	    _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))),
	    _mm_cmpeq_epi8(v, _mm_min_epu8(v, _mm_set1_epi8(0x1f)))));
	return valid & (unsigned)_mm_movemask_epi8(commas);
#else
	unsigned commas = 0, i;

	for (*odd = i = 0; i < n; i++) {
		commas |= (unsigned)(s[i] == ',') << i;
		*odd |= (unsigned)(s[i] == '"' || s[i] == '\\' ||
		    (unsigned char)s[i] < 0x20) << i;
		to[i] = s[i] == ',' ? '\t' : s[i];
	}
	return commas & valid;
#endif
}

/* Whether one of four bytes is in s. */
static inline bool
scan_any(const char *s, size_t n, char a, char b, char c, char d)
{
	size_t i = 0;

#ifdef __SSE2__
	for (; n - i >= 16; i += 16)
		if (scan_four(s + i, a, b, c, d) != 0)
			return true;
	if (n >= 16)
		return i < n && scan_four(s + n - 16, a, b, c, d) != 0;
#endif
	for (; i < n; i++)
		if (s[i] == a || s[i] == b || s[i] == c || s[i] == d)
			return true;
	return false;
}
#endif
