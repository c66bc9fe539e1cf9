/* aggsketch - aggregate functions that estimate, in bounded memory */
#include "aggfn.h"
#include "hll.h"
#include "num.h"
#include "quant.h"
#include "val.h"
#include "xxh.h"

#define SEED 0			/* for ever: estimates stay as they are */

static int
hll_take(const struct agg *a, void *acc, struct field f, struct arena *ar,
    int64_t seq)
{
	char tmp[NUM_FLOATLEN];
	struct field v;

	(void)seq;
	if (val_plain(a->in, f, tmp, &v) < 0)
		return AGG_BAD;
	hll_add(acc, xxh64(v.s, v.n, SEED), ar);
	return 0;
}

static int
hll_join(const struct agg *a, void *acc, const void *from, struct arena *ar)
{
	(void)a;
	hll_merge(acc, from, ar);
	return 0;
}

static void
hll_print(const struct agg *a, const void *acc, struct buf *b)
{
	(void)a;
	buf_addint(b, hll_count(acc));
}

static void
hll_empty(void *acc)
{
	hll_clear(acc);
}

static int
pint_add(const struct agg *a, void *acc, struct field f, struct arena *ar,
    int64_t seq)
{
	int64_t v;

	(void)a, (void)seq;
	if (val_int(f, &v) < 0)
		return AGG_BAD;
	quant_add(acc, QUANT_INTS, v, ar);
	return 0;
}

static int
pfloat_add(const struct agg *a, void *acc, struct field f, struct arena *ar,
    int64_t seq)
{
	double v;

	(void)a, (void)seq;
	if (val_float(f, &v) < 0)
		return AGG_BAD;
	quant_add(acc, QUANT_FLOATS, quant_code(v), ar);
	return 0;
}

static int
pint_merge(const struct agg *a, void *acc, const void *from, struct arena *ar)
{
	(void)a;
	quant_merge(acc, QUANT_INTS, from, ar);
	return 0;
}

static int
pfloat_merge(const struct agg *a, void *acc, const void *from,
    struct arena *ar)
{
	(void)a;
	quant_merge(acc, QUANT_FLOATS, from, ar);
	return 0;
}

/* As Spark's percentile_approx: the lowest with at least this part up to it. */
static int64_t
p_rank(const struct agg *a, const struct quant *q)
{
	int64_t k = (int64_t)(((__int128)q->n * a->part + a->whole - 1) /
	    a->whole);

	return k > 0 ? k : 1;
}

static void
pint_print(const struct agg *a, const void *acc, struct buf *b)
{
	const struct quant *q = acc;

	if (q->n == 0)
		buf_add(b, "\\N", 2);
	else
		buf_addint(b, quant_rank(q, QUANT_INTS, p_rank(a, q)));
}

static void
pfloat_print(const struct agg *a, const void *acc, struct buf *b)
{
	const struct quant *q = acc;

	if (q->n == 0)
		buf_add(b, "\\N", 2);
	else
		b->n += num_putfloat(buf_room(b, NUM_FLOATLEN),
		    quant_decode(quant_rank(q, QUANT_FLOATS, p_rank(a, q))));
}

static void
p_clear(void *acc)
{
	quant_clear(acc);
}

static void
hll_put(const struct agg *a, const void *acc, struct snap *s)
{
	(void)a;
	hll_save(acc, s);
}

static size_t
hll_get(const struct agg *a, void *acc, const struct rec *r, size_t i,
    struct arena *ar)
{
	(void)a;
	return hll_load(acc, r, i, ar);
}

static void
p_put(const struct agg *a, const void *acc, struct snap *s)
{
	(void)a;
	quant_save(acc, s);
}

static size_t
p_get(const struct agg *a, void *acc, const struct rec *r, size_t i,
    struct arena *ar)
{
	(void)a;
	return quant_load(acc, r, i, ar);
}

#define HLL sizeof(struct hll)
#define QUANT sizeof(struct quant)

const struct agg_kind
agg_hll = { .size = HLL, .add = hll_take, .merge = hll_join,
    .print = hll_print, .clear = hll_empty, .save = hll_put,
    .load = hll_get },
agg_pint = { .size = QUANT, .add = pint_add, .merge = pint_merge,
    .print = pint_print, .clear = p_clear, .save = p_put, .load = p_get },
agg_pfloat = { .size = QUANT, .add = pfloat_add, .merge = pfloat_merge,
    .print = pfloat_print, .clear = p_clear, .save = p_put, .load = p_get };
