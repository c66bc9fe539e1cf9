/* aggvar - variance and standard deviation of a sample */
#include <math.h>

#include "aggfn.h"
#include "num.h"
#include "val.h"

/*
 * Welford's, of what the values differ from the first one by: neither large
 * values nor large sums take digits from small differences.
 */
struct acc_var {
	union { int64_t i; double d; } first;
	double mean, m2;
	int64_t n;
};

static void
var_take(struct acc_var *x, double v)
{
	double d = v - x->mean;

	x->mean += d / (double)++x->n;
	x->m2 += d * (v - x->mean);
}

/* Exact before it is rounded once. */
static double
int_minus(int64_t a, int64_t b)
{
	return (double)((__int128)a - b);
}

static int
varint_add(const struct agg *a, void *acc, struct field f, struct arena *ar,
    int64_t seq)
{
	struct acc_var *x = acc;
	int64_t v;

	(void)a, (void)ar, (void)seq;
	if (val_int(f, &v) < 0)
		return AGG_BAD;
	if (x->n == 0)
		x->first.i = v;
	var_take(x, int_minus(v, x->first.i));
	return 0;
}

static int
varfloat_add(const struct agg *a, void *acc, struct field f, struct arena *ar,
    int64_t seq)
{
	struct acc_var *x = acc;
	double v;

	(void)a, (void)ar, (void)seq;
	if (val_float(f, &v) < 0)
		return AGG_BAD;
	if (x->n == 0)
		x->first.d = v;
	var_take(x, v - x->first.d);
	return 0;
}

/* Chan, Golub and LeVeque's; by: how far the first values are apart. */
static void
var_join(struct acc_var *x, const struct acc_var *y, double by)
{
	double d = y->mean - x->mean + by;
	double nx = (double)x->n, ny = (double)y->n;

	x->mean += d * ny / (nx + ny);
	x->m2 += y->m2 + d * d * nx * ny / (nx + ny);
	x->n += y->n;
}

static int
varint_merge(const struct agg *a, void *acc, const void *from,
    struct arena *ar)
{
	const struct acc_var *y = from;
	struct acc_var *x = acc;

	(void)a, (void)ar;
	if (x->n == 0)
		*x = *y;
	else if (y->n > 0)
		var_join(x, y, int_minus(y->first.i, x->first.i));
	return 0;
}

static int
varfloat_merge(const struct agg *a, void *acc, const void *from,
    struct arena *ar)
{
	const struct acc_var *y = from;
	struct acc_var *x = acc;

	(void)a, (void)ar;
	if (x->n == 0)
		*x = *y;
	else if (y->n > 0)
		var_join(x, y, y->first.d - x->first.d);
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

static void
var_save(const struct acc_var *x, struct snap *s)
{
	snap_float(s, x->mean);
	snap_float(s, x->m2);
	snap_int(s, x->n);
}

static size_t
var_load(struct acc_var *x, const struct rec *r, size_t i)
{
	x->mean = snap_getfloat(r, i++);
	x->m2 = snap_getfloat(r, i++);
	x->n = snap_getint(r, i++);
	return i;
}

static void
varint_save(const struct agg *a, const void *acc, struct snap *s)
{
	const struct acc_var *x = acc;

	(void)a;
	snap_int(s, x->first.i);
	var_save(x, s);
}

static size_t
varint_load(const struct agg *a, void *acc, const struct rec *r, size_t i,
    struct arena *ar)
{
	struct acc_var *x = acc;

	(void)a, (void)ar;
	x->first.i = snap_getint(r, i++);
	return var_load(x, r, i);
}

static void
varfloat_save(const struct agg *a, const void *acc, struct snap *s)
{
	const struct acc_var *x = acc;

	(void)a;
	snap_float(s, x->first.d);
	var_save(x, s);
}

static size_t
varfloat_load(const struct agg *a, void *acc, const struct rec *r, size_t i,
    struct arena *ar)
{
	struct acc_var *x = acc;

	(void)a, (void)ar;
	x->first.d = snap_getfloat(r, i++);
	return var_load(x, r, i);
}

#define SIZE sizeof(struct acc_var)

const struct agg_kind
agg_varint = { .size = SIZE, .add = varint_add, .merge = varint_merge,
    .print = var_print, .save = varint_save, .load = varint_load },
agg_varfloat = { .size = SIZE, .add = varfloat_add, .merge = varfloat_merge,
    .print = var_print, .save = varfloat_save, .load = varfloat_load },
agg_stddevint = { .size = SIZE, .add = varint_add, .merge = varint_merge,
    .print = stddev_print, .save = varint_save, .load = varint_load },
agg_stddevfloat = { .size = SIZE, .add = varfloat_add, .merge = varfloat_merge,
    .print = stddev_print, .save = varfloat_save, .load = varfloat_load };
