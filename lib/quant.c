#include <string.h>

#include "quant.h"

#define SHIFT (52 - QUANT_BITS)	/* of a double's bits, to its bucket */
#define FIRST 9			/* 2n - 1 of it leads to QUANT_MOST */

int64_t
quant_code(double d)
{
	int64_t c;

	if (d != d)
		d = __builtin_nan("");
	if (d == 0)
		d = 0;			/* not -0 */
	memcpy(&c, &d, sizeof c);
	return c < 0 ? c ^ INT64_MAX : c;
}

double
quant_decode(int64_t c)
{
	double d;

	if (c < 0)
		c ^= INT64_MAX;
	memcpy(&d, &c, sizeof d);
	return d;
}

/* The bucket's number; Infinity and NaN have buckets of their own. */
static int64_t
quant_number(const struct quant *q, enum quant_of of, int64_t v)
{
	int64_t c = of == QUANT_INTS ? quant_code((double)v) : v;
	int64_t infinity = (int64_t)0x7ff << 52;

	if (c >= infinity || c <= ~infinity)
		return c;
	return c >> (SHIFT + q->merged);
}

static size_t
quant_find(const struct quant *q, enum quant_of of, int64_t number)
{
	size_t lo = 0, hi = q->nv, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (quant_number(q, of, q->v[mid].lo) < number)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void
bucket_join(struct quant_bucket *b, const struct quant_bucket *from)
{
	if (from->lo < b->lo)
		b->lo = from->lo;
	if (from->hi > b->hi)
		b->hi = from->hi;
	b->n += from->n;
}

/* Buckets of twice the width. */
static void
quant_widen(struct quant *q, enum quant_of of)
{
	uint32_t i, k = 0;

	q->merged++;
	for (i = 1; i < q->nv; i++)
		if (quant_number(q, of, q->v[i].lo) ==
		    quant_number(q, of, q->v[k].lo))
			bucket_join(&q->v[k], &q->v[i]);
		else
			q->v[++k] = q->v[i];
	q->nv = k + 1;
}

static void
quant_room(struct quant *q, struct arena *ar)
{
	struct quant_bucket *old = q->v;

	if (q->nv < q->cap)
		return;
	q->cap = q->cap == 0 ? FIRST : 2 * q->cap - 1;
	q->v = arena_alloc(ar, q->cap * sizeof *q->v);
	if (q->nv > 0)
		memcpy(q->v, old, q->nv * sizeof *q->v);
}

static void
quant_take(struct quant *q, enum quant_of of, const struct quant_bucket *b,
    struct arena *ar)
{
	int64_t number;
	size_t i;

	q->n += b->n;
	for (;; quant_widen(q, of)) {
		number = quant_number(q, of, b->lo);
		i = quant_find(q, of, number);
		if (i < q->nv && quant_number(q, of, q->v[i].lo) == number) {
			bucket_join(&q->v[i], b);
			return;
		}
		if (q->nv < QUANT_MOST)
			break;
	}
	quant_room(q, ar);
	memmove(q->v + i + 1, q->v + i, (q->nv - i) * sizeof *q->v);
	q->v[i] = *b;
	q->nv++;
}

void
quant_add(struct quant *q, enum quant_of of, int64_t v, struct arena *ar)
{
	struct quant_bucket b = { v, v, 1 };

	quant_take(q, of, &b, ar);
}

void
quant_merge(struct quant *q, enum quant_of of, const struct quant *from,
    struct arena *ar)
{
	uint32_t i;

	while (q->merged < from->merged) {
		if (q->nv > 0)
			quant_widen(q, of);
		else
			q->merged = from->merged;
	}
	for (i = 0; i < from->nv; i++)
		quant_take(q, of, &from->v[i], ar);
}

/* The first and last of a bucket are known, the others are in the middle. */
static int64_t
bucket_value(const struct quant_bucket *b, enum quant_of of, int64_t k)
{
	double lo, hi;

	if (k == 1 || b->lo == b->hi)
		return b->lo;
	if (k == b->n)
		return b->hi;
	if (of == QUANT_INTS)
		return b->lo + (b->hi - b->lo) / 2;
	lo = quant_decode(b->lo);
	hi = quant_decode(b->hi);
	return quant_code(lo + (hi - lo) / 2);
}

int64_t
quant_rank(const struct quant *q, enum quant_of of, int64_t k)
{
	const struct quant_bucket *b = q->v;

	while (k > b->n)
		k -= b++->n;
	return bucket_value(b, of, k);
}

void
quant_clear(struct quant *q)
{
	q->nv = 0;
	q->merged = 0;
	q->n = 0;
}

/* How often buckets were merged, how many there are, and each. */
void
quant_save(const struct quant *q, struct snap *s)
{
	uint32_t i;

	snap_int(s, q->merged);
	snap_int(s, q->nv);
	for (i = 0; i < q->nv; i++) {
		snap_int(s, q->v[i].lo);
		snap_int(s, q->v[i].hi);
		snap_int(s, q->v[i].n);
	}
}

size_t
quant_load(struct quant *q, const struct rec *r, size_t i, struct arena *ar)
{
	size_t merged = snap_getsize(r, i++), n = snap_getsize(r, i++);
	struct quant_bucket b;

	quant_clear(q);
	if (merged >= 64 - SHIFT || n > QUANT_MOST)
		snap_bad(r);
	q->merged = (int)merged;
	for (; n > 0; n--) {
		b.lo = snap_getint(r, i++);
		b.hi = snap_getint(r, i++);
		b.n = snap_getint(r, i++);
		q->n += b.n;
		quant_room(q, ar);
		q->v[q->nv++] = b;
	}
	return i;
}
