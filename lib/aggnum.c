/* aggnum - aggregate functions of numbers, times and booleans */
#include "aggfn.h"
#include "num.h"
#include "val.h"

struct acc_int { int64_t v, n; };		/* n: values taken */
struct acc_float { double v; int64_t n; };
/* 128 bits: the sum behind an average of ints cannot overflow. */
struct acc_avg { uint64_t lo; int64_t hi, n; };

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

static void
int_print(const struct agg *a, const void *acc, struct buf *b)
{
	const struct acc_int *x = acc;

	if (x->n == 0)
		buf_add(b, "\\N", 2);
	else if (a->out == TYPE_BOOL)
		buf_adds(b, x->v ? "true" : "false");
	else
		buf_addint(b, x->v);
}

static void
float_put(struct buf *b, double v)
{
	b->n += num_putfloat(buf_room(b, NUM_FLOATLEN), v);
}

static void
float_print(const struct agg *a, const void *acc, struct buf *b)
{
	const struct acc_float *x = acc;

	(void)a;
	if (x->n == 0)
		buf_add(b, "\\N", 2);
	else
		float_put(b, x->v);
}

static int
count_add(const struct agg *a, void *acc, struct field f, struct arena *ar,
    int64_t seq)
{
	(void)a, (void)f, (void)ar, (void)seq;
	++*(int64_t *)acc;
	return 0;
}

static int
count_merge(const struct agg *a, void *acc, const void *from, struct arena *ar)
{
	(void)a, (void)ar;
	*(int64_t *)acc += *(const int64_t *)from;
	return 0;
}

static void
count_print(const struct agg *a, const void *acc, struct buf *b)
{
	(void)a;
	buf_addint(b, *(const int64_t *)acc);
}

static int
sumint_add(const struct agg *a, void *acc, struct field f, struct arena *ar,
    int64_t seq)
{
	struct acc_int *x = acc;
	int64_t v;

	(void)a, (void)ar, (void)seq;
	if (val_int(f, &v) < 0)
		return AGG_BAD;
	x->n++;
	return __builtin_add_overflow(x->v, v, &x->v) ? AGG_OVER : 0;
}

static int
sumint_merge(const struct agg *a, void *acc, const void *from, struct arena *ar)
{
	const struct acc_int *y = from;
	struct acc_int *x = acc;

	(void)a, (void)ar;
	x->n += y->n;
	return __builtin_add_overflow(x->v, y->v, &x->v) ? AGG_OVER : 0;
}

static int
sumfloat_add(const struct agg *a, void *acc, struct field f, struct arena *ar,
    int64_t seq)
{
	struct acc_float *x = acc;
	double v;

	(void)a, (void)ar, (void)seq;
	if (val_float(f, &v) < 0)
		return AGG_BAD;
	x->n++;
	x->v += v;
	return 0;
}

static int
sumfloat_merge(const struct agg *a, void *acc, const void *from,
    struct arena *ar)
{
	const struct acc_float *y = from;
	struct acc_float *x = acc;

	(void)a, (void)ar;
	x->n += y->n;
	x->v += y->v;
	return 0;
}

static void
avg_sum(struct acc_avg *x, uint64_t lo, int64_t hi)
{
	x->hi += hi + __builtin_add_overflow(x->lo, lo, &x->lo);
}

static int
avgint_add(const struct agg *a, void *acc, struct field f, struct arena *ar,
    int64_t seq)
{
	struct acc_avg *x = acc;
	int64_t v;

	(void)a, (void)ar, (void)seq;
	if (val_int(f, &v) < 0)
		return AGG_BAD;
	x->n++;
	avg_sum(x, (uint64_t)v, v < 0 ? -1 : 0);
	return 0;
}

static int
avgint_merge(const struct agg *a, void *acc, const void *from, struct arena *ar)
{
	const struct acc_avg *y = from;
	struct acc_avg *x = acc;

	(void)a, (void)ar;
	x->n += y->n;
	avg_sum(x, y->lo, y->hi);
	return 0;
}

static void
avgint_print(const struct agg *a, const void *acc, struct buf *b)
{
	const struct acc_avg *x = acc;

	(void)a;
	if (x->n == 0)
		buf_add(b, "\\N", 2);
	else
		float_put(b, (double)((__int128)x->hi * ((__int128)1 << 64) +
		    x->lo) / (double)x->n);
}

static void
avgfloat_print(const struct agg *a, const void *acc, struct buf *b)
{
	const struct acc_float *x = acc;

	(void)a;
	if (x->n == 0)
		buf_add(b, "\\N", 2);
	else
		float_put(b, x->v / (double)x->n);
}

/* min and max are one, but for the sign of the comparison. */
static bool
int_better(int64_t v, const struct acc_int *x, int sign)
{
	return x->n == 0 || (sign < 0 ? v < x->v : v > x->v);
}

/* NaN is the largest and equals itself. */
static bool
float_better(double v, const struct acc_float *x, int sign)
{
	if (x->n == 0)
		return true;
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
#define AVG sizeof(struct acc_avg)

const struct agg_kind
agg_count = { 8, 0, count_add, count_merge, count_print, NULL, NULL },
agg_sumint = { INT, 0, sumint_add, sumint_merge, int_print, NULL, NULL },
agg_sumfloat = { FLOAT, 0, sumfloat_add, sumfloat_merge, float_print, NULL,
    NULL },
agg_avgint = { AVG, 0, avgint_add, avgint_merge, avgint_print, NULL, NULL },
agg_avgfloat = { FLOAT, 0, sumfloat_add, sumfloat_merge, avgfloat_print, NULL,
    NULL },
agg_minint = { INT, -1, extint_add, extint_merge, int_print, NULL, NULL },
agg_maxint = { INT, 1, extint_add, extint_merge, int_print, NULL, NULL },
agg_minfloat = { FLOAT, -1, extfloat_add, extfloat_merge, float_print, NULL,
    NULL },
agg_maxfloat = { FLOAT, 1, extfloat_add, extfloat_merge, float_print, NULL,
    NULL };
