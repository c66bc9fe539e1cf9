/* scan - finds the few bytes that need care in text, 16 at a time */
#ifndef SCAN_H
#define SCAN_H
#include <stdbool.h>
#include <stddef.h>
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
