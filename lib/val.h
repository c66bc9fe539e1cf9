/* val - typed values out of fields; one that is not of its type is bad data */
#ifndef VAL_H
#define VAL_H
#include "head.h"
#include "num.h"
#include "rec.h"

/* None is null (check field_isnull first).  0, or -1. */
int val_int(struct field, int64_t *);
int val_time(struct field, int64_t *);	/* ms, in +-TIME_LIMIT */
int val_float(struct field, double *);
int val_bool(struct field, bool *);
/*
 * The one way that weir writes a value, so that equal ones are equal bytes:
 * 1.50 is 1.5, -0 is 0.  Room for NUM_FLOATLEN bytes at `to`, which *out may
 * stand in.  0, or -1.
 */
int val_plain(enum type, struct field, char *to, struct field *out);
/*
 * Order of two fields of one type, as qsort wants it; NaN equals NaN and is
 * largest; text by bytes; nulls first, then fields that are not of the type.
 */
int val_cmp(enum type, struct field, struct field);
int val_cmpfloat(double, double);	/* that order */

#define INT_SURE 18		/* so many digits always fit an int64 */

/* The digits that s starts with. */
static inline size_t
digits_count(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n && s[i] >= '0' && s[i] <= '9'; i++)
		;
	return i;
}

/* An int as num_putint writes it, and surely in range. */
static inline bool
int_canonical(struct field f)
{
	size_t neg = f.n > 0 && *f.s == '-', n = f.n - neg;

	return n > 0 && n <= INT_SURE && num_isdigits(f.s + neg, n) &&
	    (f.s[neg] != '0' || f.n == 1);
}
#endif
