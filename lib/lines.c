/* Finds the separators and line ends of what a reader has read, 64 bytes at a time. */
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "in.h"

#define BLOCK IN_BLOCK	/* bytes looked at at a time */

/* Compiled once for each kind of reader; without this gcc makes one slow function of both. */
#define FAST static inline __attribute__((always_inline))

/* Which of the 64 bytes at p are c. */
#ifdef __SSE2__
FAST uint64_t
block_16(const char *p, __m128i want)
{
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);

	return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, want));
}

FAST uint64_t
block_find(const char *p, char c)
{
	__m128i want = _mm_set1_epi8(c);

	return block_16(p, want) | block_16(p + 16, want) << 16 |
	    block_16(p + 32, want) << 32 | block_16(p + 48, want) << 48;
}
#else
FAST uint64_t
block_find(const char *p, char c)
{
	uint64_t m = 0;
	int i;

	for (i = 0; i < BLOCK; i++)
		m |= (uint64_t)(p[i] == c) << i;
	return m;
}
#endif

/*
 * Whether the block has one of the bytes that may make a CSV line special:
 * quote, backslash, or a control but LF.
 */
FAST bool
block_odd(const char *p)
{
#ifdef __SSE2__
	__m128i v, odd = _mm_setzero_si128();
	int i;

	for (i = 0; i < BLOCK; i += 16) {
		v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
		odd = _mm_or_si128(odd, _mm_andnot_si128(
		    _mm_cmpeq_epi8(v, _mm_set1_epi8('\n')),
		    _mm_cmpeq_epi8(v, _mm_min_epu8(v, _mm_set1_epi8(0x1f)))));
		odd = _mm_or_si128(odd, _mm_or_si128(
		    _mm_cmpeq_epi8(v, _mm_set1_epi8('"')),
		    _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))));
	}
	return _mm_movemask_epi8(odd) != 0;
#else
	(void)p;
	return true;
#endif
}

/*
 * The bytes that make a CSV line special: quote, TAB, backslash, NUL, and CR
 * unless LF follows.  lfnext: the byte behind the block is LF; if it has not
 * been read yet a CR before it is special, which only costs time.
 */
FAST uint64_t
block_special(const char *p, uint64_t lf, bool lfnext)
{
	uint64_t cr;

	if (!block_odd(p))
		return 0;
	cr = block_find(p, '\r');
	if (cr != 0)
		cr &= ~(lf >> 1 | (uint64_t)lfnext << 63);
	return cr | block_find(p, '"') | block_find(p, '\t') |
	    block_find(p, '\\') | block_find(p, '\0');
}

/* Enters the separators and line ends of buf[done, to) into the index. */
FAST void
lines_find(struct in *in, size_t to, char sep, bool csv)
{
	const char *buf = in->buf;
	uint32_t *at = in->at, *lfs = in->lf;
	size_t p, nat = in->nat, nlf = in->nlf;
	uint64_t lf, all, valid, odd;

	for (p = in->done; p < to; p += BLOCK) {
		valid = to - p >= BLOCK ? UINT64_MAX : ((uint64_t)1 << (to - p)) - 1;
		lf = block_find(buf + p, '\n');
		all = (block_find(buf + p, sep) | lf) & valid;
		odd = 0;
		if (csv)
			odd = valid & block_special(buf + p, lf & valid,
			    in->w - p > BLOCK && buf[p + BLOCK] == '\n');
		if (csv && (odd != 0 || in->mark)) {
			for (all |= odd; all != 0; all &= all - 1) {
				unsigned b = (unsigned)__builtin_ctzll(all);

				if (odd >> b & 1) {
					in->mark = true;
					continue;
				}
				at[nat] = (uint32_t)(p + b);
				if (lf >> b & 1) {
					lfs[nlf++] = (uint32_t)nat | (in->mark ? IN_SPECIAL : 0);
					in->mark = false;
				}
				nat++;
			}
			continue;
		}
		for (; all != 0; all &= all - 1) {
			unsigned b = (unsigned)__builtin_ctzll(all);

			at[nat] = (uint32_t)(p + b);
			lfs[nlf] = (uint32_t)nat++;
			nlf += lf >> b & 1;
		}
	}
	in->done = to;
	in->nat = nat;
	in->nlf = nlf;
}

void
in_scan(struct in *in, size_t to)
{
	if (in->csv)
		lines_find(in, to, ',', true);
	else if (in->sep == '\t')
		lines_find(in, to, '\t', false);
	else
		lines_find(in, to, in->sep, false);
}
