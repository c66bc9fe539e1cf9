/* aggvar - variance and standard deviation of a sample */
#include <math.h>

#include "aggfn.h"
#include "num.h"
#include "val.h"

/* Welford's: the sum of squares about the mean never cancels. */
struct acc_var { double mean, m2; int64_t n; };

static void
var_take(struct acc_var *x, double v)
{
	double d = v - x->mean;

	x->mean += d / (double)++x->n;
	x->m2 += d * (v - x->mean);
}

static int
varint_add(const struct agg *a, void *acc, struct field f, struct arena *ar,
    int64_t seq)
{
	int64_t v;

	(void)a, (void)ar, (void)seq;
	if (val_int(f, &v) < 0)
		return AGG_BAD;
	var_take(acc, (double)v);
	return 0;
}

static int
varfloat_add(const struct agg *a, void *acc, struct field f, struct arena *ar,
    int64_t seq)
{
	double v;

	(void)a, (void)ar, (void)seq;
	if (val_float(f, &v) < 0)
		return AGG_BAD;
	var_take(acc, v);
	return 0;
}

/* Chan, Golub and LeVeque's for two parts. */
static int
var_merge(const struct agg *a, void *acc, const void *from, struct arena *ar)
{
	const struct acc_var *y = from;
	struct acc_var *x = acc;
	double d = y->mean - x->mean;
	double nx = (double)x->n, ny = (double)y->n;

	(void)a, (void)ar;
	if (x->n == 0 || y->n == 0) {
		if (x->n == 0)
			*x = *y;
		return 0;
	}
	x->mean += d * ny / (nx + ny);
	x->m2 += y->m2 + d * d * nx * ny / (nx + ny);
	x->n += y->n;
	return 0;
}

static void
var_put(const struct acc_var *x, struct buf *b, bool root)
{
	double v = x->m2 / (double)(x->n - 1);

	if (x->n < 2)
		buf_add(b, "\\N", 2);
	else
		b->n += num_putfloat(buf_room(b, NUM_FLOATLEN),
		    root ? sqrt(v) : v);
}

static void
var_print(const struct agg *a, const void *acc, struct buf *b)
{
	(void)a;
	var_put(acc, b, false);
}

static void
stddev_print(const struct agg *a, const void *acc, struct buf *b)
{
	(void)a;
	var_put(acc, b, true);
}

#define SIZE sizeof(struct acc_var)

const struct agg_kind
agg_varint = { SIZE, 0, varint_add, var_merge, var_print, NULL, NULL },
agg_varfloat = { SIZE, 0, varfloat_add, var_merge, var_print, NULL, NULL },
agg_stddevint = { SIZE, 0, varint_add, var_merge, stddev_print, NULL, NULL },
agg_stddevfloat = { SIZE, 0, varfloat_add, var_merge, stddev_print, NULL,
    NULL };
