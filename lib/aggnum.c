/* aggnum - aggregate functions that count and add numbers */
#include "aggfn.h"
#include "num.h"
#include "val.h"

/* 128 bits: the sum behind an average of ints cannot overflow. */
struct acc_avg { uint64_t lo; int64_t hi, n; };

void
acc_printint(const struct agg *a, const void *acc, struct buf *b)
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

void
acc_printfloat(const struct agg *a, const void *acc, struct buf *b)
{
	const struct acc_float *x = acc;

	(void)a;
	if (x->n == 0)
		buf_add(b, "\\N", 2);
	else
		float_put(b, x->v);
}

void
acc_saveint(const struct agg *a, const void *acc, struct snap *s)
{
	const struct acc_int *x = acc;

	(void)a;
	snap_int(s, x->v);
	snap_int(s, x->n);
}

size_t
acc_loadint(const struct agg *a, void *acc, const struct rec *r, size_t i,
    struct arena *ar)
{
	struct acc_int *x = acc;

	(void)a, (void)ar;
	x->v = snap_getint(r, i++);
	x->n = snap_getint(r, i++);
	return i;
}

void
acc_savefloat(const struct agg *a, const void *acc, struct snap *s)
{
	const struct acc_float *x = acc;

	(void)a;
	snap_float(s, x->v);
	snap_int(s, x->n);
}

size_t
acc_loadfloat(const struct agg *a, void *acc, const struct rec *r, size_t i,
    struct arena *ar)
{
	struct acc_float *x = acc;

	(void)a, (void)ar;
	x->v = snap_getfloat(r, i++);
	x->n = snap_getint(r, i++);
	return i;
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

static void
count_save(const struct agg *a, const void *acc, struct snap *s)
{
	(void)a;
	snap_int(s, *(const int64_t *)acc);
}

static size_t
count_load(const struct agg *a, void *acc, const struct rec *r, size_t i,
    struct arena *ar)
{
	(void)a, (void)ar;
	*(int64_t *)acc = snap_getint(r, i++);
	return i;
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

static void
avgint_save(const struct agg *a, const void *acc, struct snap *s)
{
	const struct acc_avg *x = acc;

	(void)a;
	snap_int(s, (int64_t)x->lo);
	snap_int(s, x->hi);
	snap_int(s, x->n);
}

static size_t
avgint_load(const struct agg *a, void *acc, const struct rec *r, size_t i,
    struct arena *ar)
{
	struct acc_avg *x = acc;

	(void)a, (void)ar;
	x->lo = (uint64_t)snap_getint(r, i++);
	x->hi = snap_getint(r, i++);
	x->n = snap_getint(r, i++);
	return i;
}

static bool
sumwide_over(const void *acc)
{
	const struct acc_avg *x = acc;

	return x->hi != ((int64_t)x->lo < 0 ? -1 : 0);
}

/*
 * The sum of a pane leaves int64 where it does.  That of several may do so
 * before all of them are together.
 */
static int
sumwide_add(const struct agg *a, void *acc, struct field f, struct arena *ar,
    int64_t seq)
{
	struct acc_avg *x = acc;
	int64_t v;

	(void)a, (void)ar, (void)seq;
	if (val_int(f, &v) < 0)
		return AGG_BAD;
	x->n++;
	avg_sum(x, (uint64_t)v, v < 0 ? -1 : 0);
	return sumwide_over(x) ? AGG_OVER : 0;
}

static void
sumwide_print(const struct agg *a, const void *acc, struct buf *b)
{
	const struct acc_avg *x = acc;

	(void)a;
	if (x->n == 0)
		buf_add(b, "\\N", 2);
	else
		buf_addint(b, (int64_t)x->lo);
}

#define INT sizeof(struct acc_int)
#define FLOAT sizeof(struct acc_float)
#define AVG sizeof(struct acc_avg)

const struct agg_kind
agg_count = { .size = 8, .add = count_add, .merge = count_merge,
    .print = count_print, .save = count_save, .load = count_load },
agg_sumint = { .size = INT, .add = sumint_add, .merge = sumint_merge,
    .print = acc_printint, .save = acc_saveint, .load = acc_loadint },
agg_sumwide = { .size = AVG, .serves = &agg_avgint, .add = sumwide_add, .merge = avgint_merge,
    .over = sumwide_over, .print = sumwide_print, .save = avgint_save,
    .load = avgint_load },
agg_sumfloat = { .size = FLOAT, .add = sumfloat_add, .merge = sumfloat_merge,
    .print = acc_printfloat, .save = acc_savefloat, .load = acc_loadfloat },
agg_avgint = { .size = AVG, .add = avgint_add, .merge = avgint_merge,
    .print = avgint_print, .save = avgint_save, .load = avgint_load },
agg_avgfloat = { .size = FLOAT, .add = sumfloat_add, .merge = sumfloat_merge,
    .print = avgfloat_print, .save = acc_savefloat, .load = acc_loadfloat };
