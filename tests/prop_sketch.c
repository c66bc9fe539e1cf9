/* hll and quant against what they estimate: their bounds, any order, any merging */
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "buf.h"
#include "hll.h"
#include "prop.h"
#include "quant.h"
#include "xxh.h"

#define KIB 1024
#define TRIALS 60
#define VALUES 20000

/* The value numbered i of those that start at base, as the tools hash one. */
static uint64_t
hash_of(uint64_t base, uint64_t i)
{
	char text[32];
	int n = snprintf(text, sizeof text, "%" PRIu64, base + i);

	return xxh64(text, (size_t)n, 0);
}

/* The record that a snapshot has of what was put into it. */
static struct rec
saved(struct snap *s, struct snapread *in)
{
	struct rec r = { 0 };

	(void)snap_end(s);
	snap_free(s);
	check(lseek(in->fd, 0, SEEK_SET) == 0 && snapread_next(in, &r),
	    "a snapshot without a record");
	return r;
}

/* One for a single record, and what reads it. */
static void
begin(struct snap *s, struct snapread *in)
{
	FILE *f = tmpfile();

	check(f != NULL, "no temporary file");
	snap_init(s, dup(fileno(f)), "temporary");
	snapread_open(in, dup(fileno(f)), "temporary");
	fclose(f);
	snap_rec(s, "sketch");
}

static bool
hll_same(const struct hll *a, const struct hll *b)
{
	if (a->dense != b->dense || hll_count(a) != hll_count(b))
		return false;
	return !a->dense || memcmp(a->reg, b->reg, HLL_REGISTERS) == 0;
}

/* What comes back from a snapshot into one that is not empty. */
static void
try_hllsnap(const struct hll *h, struct hll *used, struct arena *ar)
{
	struct snapread in;
	struct snap s;
	struct rec r;

	begin(&s, &in);
	hll_save(h, &s);
	r = saved(&s, &in);
	check(hll_load(used, &r, 1, ar) == r.nf && hll_same(h, used),
	    "hll differs after a snapshot");
	snapread_close(&in);
}

/* The part by which n different values are misjudged; backwards and in parts it is the same. */
static double
try_hll(uint64_t n)
{
	struct arena ar = { 0 }, ar2 = { 0 };
	struct hll h = { 0 }, back = { 0 }, part[3] = { { 0 }, { 0 }, { 0 } };
	uint64_t base = rnd() >> 1, i, k;
	int64_t count;

	for (i = 0; i < n; i++) {
		hll_add(&h, hash_of(base, i), &ar);
		hll_add(&part[rnd() % 3], hash_of(base, i), &ar2);
	}
	check(ar.used <= 32 * KIB, "hll takes too much memory");
	count = hll_count(&h);
	for (i = n; i > 0; i--)
		for (k = rnd() % 3; k < 3; k++)
			hll_add(&back, hash_of(base, i - 1), &ar2);
	check(hll_same(&h, &back), "hll depends on order or repetition");
	k = rnd() % 3;
	hll_merge(&part[k], &part[(k + 1) % 3], &ar2);
	hll_merge(&part[k], &part[(k + 2) % 3], &ar2);
	check(hll_same(&h, &part[k]), "hll depends on merging");
	try_hllsnap(&h, &part[(k + 1) % 3], &ar2);
	hll_clear(&h);
	check(hll_count(&h) == 0, "hll: not empty");
	hll_merge(&h, &back, &ar);
	check(hll_same(&h, &back), "hll differs after clearing");
	check(n > HLL_EXACT || count == (int64_t)n, "hll is not exact");
	arena_free(&ar);
	arena_free(&ar2);
	return n == 0 ? 0 : (double)count / (double)n - 1;
}

/* The root of the mean square is the standard error, whatever the size. */
static void
try_hlls(uint64_t n)
{
	double sum = 0, e;
	int i;

	for (i = 0; i < TRIALS; i++) {
		e = try_hll(n);
		check(fabs(e) < 6 * HLL_ERROR, "hll is far off");
		sum += e * e;
	}
	/* of 60 trials the root strays by a tenth; five times that is allowed */
	check(sqrt(sum / TRIALS) < 1.5 * HLL_ERROR,
	    "hll's standard error is too large");
}

static int64_t
rnd_int(int kind)
{
	switch (kind) {
	case 0:
		return (int64_t)(rnd() % 257);
	case 1:
		return (int64_t)(rnd() % 200001) - 100000;
	case 2:
		return (int64_t)(rnd() >> rnd() % 64);		/* of any size */
	default:
		return 1700000000000 + (int64_t)(rnd() % 86400000);
	}
}

static double
rnd_float(int kind)
{
	double u = (double)(rnd() >> 11) * 0x1p-53;
	uint64_t bits = rnd();
	double d;

	switch (kind) {
	case 0:
		return u;
	case 1:
		return -log(1 - u) * 1000;
	case 2:
		return rnd() % 100 == 0 ? (rnd() % 2 ? NAN : -INFINITY) :
		    (u - 0.5) * 1e6;
	default:
		memcpy(&d, &bits, sizeof d);	/* any there is */
		return d;
	}
}

static int
int_cmp(const void *va, const void *vb)
{
	const int64_t *a = va, *b = vb;

	return (*a > *b) - (*a < *b);
}

static bool
within(enum quant_of of, int64_t got, int64_t want, int merged)
{
	double bound = ldexp(QUANT_ERROR, merged), g, w;

	if (got == want)
		return true;
	g = of == QUANT_INTS ? (double)got : quant_decode(got);
	w = of == QUANT_INTS ? (double)want : quant_decode(want);
	/* what has no whole bits has only this smallest step */
	return fabs(g - w) <= bound * fabs(w) * (1 + 1e-12) + 0x1p-1022;
}

static bool
quant_same(const struct quant *a, const struct quant *b)
{
	return a->n == b->n && a->nv == b->nv && a->merged == b->merged &&
	    memcmp(a->v, b->v, a->nv * sizeof *a->v) == 0;
}

static void
try_quantsnap(const struct quant *q, struct quant *used, struct arena *ar)
{
	struct snapread in;
	struct snap s;
	struct rec r;

	begin(&s, &in);
	quant_save(q, &s);
	r = saved(&s, &in);
	check(quant_load(used, &r, 1, ar) == r.nf && quant_same(q, used),
	    "quant differs after a snapshot");
	snapread_close(&in);
}

static void
try_quant(enum quant_of of, int kind, size_t n)
{
	struct arena ar = { 0 }, ar2 = { 0 };
	struct quant q = { 0 }, back = { 0 }, part[2] = { { 0 }, { 0 } };
	int64_t *v = mem_grow(NULL, n, sizeof *v), got;
	size_t i, k;

	for (i = 0; i < n; i++) {
		v[i] = of == QUANT_INTS ? rnd_int(kind) :
		    quant_code(rnd_float(kind));
		quant_add(&q, of, v[i], &ar);
		quant_add(&part[rnd() % 2], of, v[i], &ar2);
	}
	check(ar.used <= 192 * KIB + KIB, "quant takes too much memory");
	for (i = n; i > 0; i--)
		quant_add(&back, of, v[i - 1], &ar2);
	check(quant_same(&q, &back), "quant depends on order");
	k = rnd() % 2;
	quant_merge(&part[k], of, &part[1 - k], &ar2);
	check(quant_same(&q, &part[k]), "quant depends on merging");
	try_quantsnap(&q, &part[1 - k], &ar2);
	qsort(v, n, sizeof *v, int_cmp);
	for (i = 0; i < n; i += 1 + rnd() % (n / 50 + 1)) {
		got = quant_rank(&q, of, (int64_t)i + 1);
		check(within(of, got, v[i], q.merged), "quant is far off");
		check(kind != 0 || of != QUANT_INTS || got == v[i],
		    "quant: a small int is not exact");
	}
	check(quant_rank(&q, of, 1) == v[0] &&
	    quant_rank(&q, of, (int64_t)n) == v[n - 1],
	    "quant: the ends are not exact");
	/* numbers of a few sizes do not merge buckets, or once */
	check(q.merged <= (kind < 3 ? 1 : QUANT_BITS), "quant merges early");
	quant_clear(&q);
	quant_merge(&q, of, &back, &ar);
	check(quant_same(&q, &back), "quant differs after clearing");
	free(v);
	arena_free(&ar);
	arena_free(&ar2);
}

int
main(int argc, char **argv)
{
	static const uint64_t size[] = { 0, 1, 100, HLL_EXACT, HLL_EXACT + 1,
	    5000, 40000 };
	size_t i;
	int kind;

	prop_start(argc, argv, "prop_sketch");
	for (i = 0; i < sizeof size / sizeof size[0]; i++)
		try_hlls(size[i]);
	for (kind = 0; kind < 4; kind++)
		for (i = 1; i <= VALUES; i *= 3) {
			try_quant(QUANT_INTS, kind, i);
			try_quant(QUANT_FLOATS, kind, i);
		}
	return 0;
}
