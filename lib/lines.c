/* Finds the separators and line ends of what a reader has read, 64 bytes at a time. */
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "in.h"

#define BLOCK IN_BLOCK	/* bytes looked at at a time */

/* Compiled once for each kind of reader; without this gcc makes one slow function of both. */
#define FAST static inline __attribute__((always_inline))

/* Which of the 64 bytes at p are c or d. */
#ifdef __SSE2__
FAST uint64_t
block_16(const char *p, char c, char d)
{
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);

	return (uint32_t)_mm_movemask_epi8(_mm_or_si128(
	    _mm_cmpeq_epi8(v, _mm_set1_epi8(c)),
	    _mm_cmpeq_epi8(v, _mm_set1_epi8(d))));
}

FAST uint64_t
block_either(const char *p, char c, char d)
{
	return block_16(p, c, d) | block_16(p + 16, c, d) << 16 |
	    block_16(p + 32, c, d) << 32 | block_16(p + 48, c, d) << 48;
}
#else
FAST uint64_t
block_either(const char *p, char c, char d)
{
	uint64_t m = 0;
	int i;

	for (i = 0; i < BLOCK; i++)
		m |= (uint64_t)(p[i] == c || p[i] == d) << i;
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
block_special(const char *p, uint64_t valid, bool lfnext)
{
	uint64_t cr;

	if (!block_odd(p))
		return 0;
	cr = block_either(p, '\r', '\r');
	if (cr != 0)
		cr &= ~((block_either(p, '\n', '\n') & valid) >> 1 |
		    (uint64_t)lfnext << 63);
	return valid & (cr | block_either(p, '"', '\t') |
	    block_either(p, '\\', '\0'));
}

/*
 * Enters the separators and line ends of buf[done, to) into the index.  Nothing
 * jumps on which of the two it is: LF comes right behind TAB in ASCII, so that
 * how far a byte is from TAB is how many lines it ends.
 */
FAST void
lines_find(struct in *in, size_t to, bool csv)
{
	const char *buf = in->buf;
	uint32_t *at = in->at, *lfs = in->lf;
	size_t p, nat = in->nat, nlf = in->nlf;
	uint64_t all, valid, odd;
	uint32_t i;
	size_t c;

	for (p = in->done; p < to; p += BLOCK) {
		valid = to - p >= BLOCK ? UINT64_MAX : ((uint64_t)1 << (to - p)) - 1;
		all = block_either(buf + p, csv ? ',' : '\t', '\n') & valid;
		odd = csv ? block_special(buf + p, valid,
		    in->w - p > BLOCK && buf[p + BLOCK] == '\n') : 0;
		if (csv && (odd != 0 || in->mark)) {
			for (all |= odd; all != 0; all &= all - 1) {
				unsigned b = (unsigned)__builtin_ctzll(all);

				if (odd >> b & 1) {
					in->mark = true;
					continue;
				}
				at[nat] = (uint32_t)(p + b);
				if (buf[p + b] == '\n') {
					lfs[nlf++] = (uint32_t)nat | (in->mark ? IN_SPECIAL : 0);
					in->mark = false;
				}
				nat++;
			}
			continue;
		}
		for (; all != 0; all &= all - 1) {
			i = (uint32_t)p + (uint32_t)__builtin_ctzll(all);
			at[nat] = i;
			lfs[nlf] = (uint32_t)nat++;
			c = (unsigned char)buf[i];
			nlf += csv ? c == '\n' : c - '\t';
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
		lines_find(in, to, true);
	else
		lines_find(in, to, false);
}
