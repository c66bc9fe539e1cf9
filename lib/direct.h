/* direct - what an expression does with the digits of a record as read, where they stand */
#ifndef DIRECT_H
#define DIRECT_H
#include "num.h"
#include "rec.h"

/* Which ints make a condition on one column true, if all it does is compare with constants. */
struct range {
	uint32_t col;
	bool not;			/* true outside, not within */
	uint64_t low, width;		/* within: value - low <= width, a byte a digit, the highest digit highest */
};

/* An int of two operands that are columns or constants. */
struct sum {
	enum { SUM_ADD, SUM_SUB, SUM_MUL } op;
	uint32_t a, b;			/* columns; 0: a constant, here: */
	int64_t va, vb;
};

/*
 * The values of the digits of a column, one a byte, the first one lowest and
 * the last one highest, if they are up to eight and nothing else is there; sep
 * and base as in struct rec.  All are loaded at once; what follows the field is
 * shifted out.
 */
static inline bool
direct_digits(const char *base, const uint32_t *sep, size_t col, uint64_t *v)
{
	uint32_t from = sep[(ptrdiff_t)col - 1] + 1, n = sep[col] - from;

	if (n - 1 >= 8)
		return false;
	*v = num_first(base + from, n);
	return num_good(*v);
}

/* False: it is for the expression's program, which knows nulls, signs, long numbers and what to say. */
static inline bool
direct_range(const struct range *g, const char *base, const uint32_t *sep,
    bool *is)
{
	uint64_t w;

	if (!direct_digits(base, sep, g->col, &w))
		return false;
	/* digits from the first on order as their numbers do */
	*is = (__builtin_bswap64(w) - g->low <= g->width) != g->not;
	return true;
}

/* The same; also what overflows. */
static inline bool
direct_sum(const struct sum *m, const char *base, const uint32_t *sep,
    int64_t *v)
{
	int64_t a = m->va, b = m->vb;
	uint64_t w;

	if (m->a != 0) {
		if (!direct_digits(base, sep, m->a, &w))
			return false;
		a = (int64_t)num_join(w);
	}
	if (m->b != 0) {
		if (!direct_digits(base, sep, m->b, &w))
			return false;
		b = (int64_t)num_join(w);
	}
	if (m->op == SUM_ADD)
		return !__builtin_add_overflow(a, b, v);
	if (m->op == SUM_SUB)
		return !__builtin_sub_overflow(a, b, v);
	return !__builtin_mul_overflow(a, b, v);
}
#endif
