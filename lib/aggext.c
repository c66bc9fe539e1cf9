/* aggext - the smallest and largest of numbers, times and booleans */
#include <math.h>

#include "aggfn.h"
#include "val.h"

static int
int_read(const struct agg *a, struct field f, int64_t *v)
{
	bool b;

	if (a->in == TYPE_TIME)
		return val_time(f, v);
	if (a->in == TYPE_INT)
		return val_int(f, v);
	if (val_bool(f, &b) < 0)
		return AGG_BAD;
	*v = b;
	return 0;
}

/* min and max are one, but for the sign of the comparison. */
static bool
int_better(int64_t v, const struct acc_int *x, int sign)
{
	return x->n == 0 || (sign < 0 ? v < x->v : v > x->v);
}

/*
 * NaN is the largest and equals itself; -0 is less than 0, as Java's Math.min
 * has it, or the order of arrival would show.
 */
static bool
float_better(double v, const struct acc_float *x, int sign)
{
	if (x->n == 0)
		return true;
	if (v == 0 && x->v == 0)
		return signbit(v) != signbit(x->v) &&
		    (sign < 0) == !!signbit(v);
	if (sign < 0)
		return v < x->v || (x->v != x->v && v == v);
	return v > x->v || (v != v && x->v == x->v);
}

static int
extint_add(const struct agg *a, void *acc, struct field f, struct arena *ar,
    int64_t seq)
{
	struct acc_int *x = acc;
	int64_t v;

	(void)ar, (void)seq;
	if (int_read(a, f, &v) < 0)
		return AGG_BAD;
	if (int_better(v, x, a->kind->sign))
		x->v = v;
	x->n++;
	return 0;
}

static int
extint_merge(const struct agg *a, void *acc, const void *from, struct arena *ar)
{
	const struct acc_int *y = from;
	struct acc_int *x = acc;

	(void)ar;
	if (y->n > 0 && int_better(y->v, x, a->kind->sign))
		x->v = y->v;
	x->n += y->n;
	return 0;
}

static int
extfloat_add(const struct agg *a, void *acc, struct field f, struct arena *ar,
    int64_t seq)
{
	struct acc_float *x = acc;
	double v;

	(void)ar, (void)seq;
	if (val_float(f, &v) < 0)
		return AGG_BAD;
	if (float_better(v, x, a->kind->sign))
		x->v = v;
	x->n++;
	return 0;
}

static int
extfloat_merge(const struct agg *a, void *acc, const void *from,
    struct arena *ar)
{
	const struct acc_float *y = from;
	struct acc_float *x = acc;

	(void)ar;
	if (y->n > 0 && float_better(y->v, x, a->kind->sign))
		x->v = y->v;
	x->n += y->n;
	return 0;
}

#define INT sizeof(struct acc_int)
#define FLOAT sizeof(struct acc_float)

const struct agg_kind
agg_minint = { .size = INT, .sign = -1, .add = extint_add,
    .merge = extint_merge, .print = acc_printint, .save = acc_saveint,
    .load = acc_loadint },
agg_maxint = { .size = INT, .sign = 1, .add = extint_add,
    .merge = extint_merge, .print = acc_printint, .save = acc_saveint,
    .load = acc_loadint },
agg_minfloat = { .size = FLOAT, .sign = -1, .add = extfloat_add,
    .merge = extfloat_merge, .print = acc_printfloat, .save = acc_savefloat,
    .load = acc_loadfloat },
agg_maxfloat = { .size = FLOAT, .sign = 1, .add = extfloat_add,
    .merge = extfloat_merge, .print = acc_printfloat, .save = acc_savefloat,
    .load = acc_loadfloat };
