#include <math.h>
#include <string.h>

#include "hll.h"

#define RANK0 '('	/* as text, a rank is a character from here on: none is a backslash */
#define FIRST 16		/* places; HLL_EXACT are 3/4 of the last */
#define Q (64 - HLL_P)		/* bits that are left for the rank */

static void
reg_take(struct hll *h, uint64_t hash)
{
	uint64_t rest = hash << HLL_P;
	unsigned char rank = (unsigned char)(rest == 0 ? Q + 1 :
	    __builtin_clzll(rest) + 1);
	unsigned char *r = &h->reg[hash >> Q];

	if (rank > *r)
		*r = rank;
}

/* False: it is there. */
static bool
hash_take(struct hll *h, uint64_t hash)
{
	uint32_t p = (uint32_t)hash & h->mask;

	for (; h->hash[p] != 0; p = (p + 1) & h->mask)
		if (h->hash[p] == hash)
			return false;
	h->hash[p] = hash;
	return true;
}

static void
hll_grow(struct hll *h, struct arena *ar)
{
	uint64_t *old = h->hash;
	uint32_t i, n = old != NULL ? h->mask + 1 : 0;
	uint32_t size = n > 0 ? 2 * n : FIRST;

	h->hash = arena_alloc(ar, size * sizeof *h->hash);
	memset(h->hash, 0, size * sizeof *h->hash);
	h->mask = size - 1;
	for (i = 0; i < n; i++)
		if (old[i] != 0)
			hash_take(h, old[i]);
}

/* From hashes to registers. */
static void
hll_fold(struct hll *h, struct arena *ar)
{
	uint32_t i;

	if (h->reg == NULL)
		h->reg = arena_alloc(ar, HLL_REGISTERS);
	memset(h->reg, 0, HLL_REGISTERS);
	h->dense = true;
	for (i = 0; h->n > 0 && i <= h->mask; i++)
		if (h->hash[i] != 0)
			reg_take(h, h->hash[i]);
}

void
hll_add(struct hll *h, uint64_t hash, struct arena *ar)
{
	if (h->dense) {
		reg_take(h, hash);
		return;
	}
	if (hash == 0)
		hash = 1;		/* 0 is a free place */
	if (h->hash == NULL)
		hll_grow(h, ar);
	if (!hash_take(h, hash))
		return;
	if (++h->n > HLL_EXACT)
		hll_fold(h, ar);
	else if (h->n * 4 > (h->mask + 1) * 3)
		hll_grow(h, ar);
}

void
hll_merge(struct hll *h, const struct hll *from, struct arena *ar)
{
	uint32_t i;

	if (!from->dense) {
		for (i = 0; from->n > 0 && i <= from->mask; i++)
			if (from->hash[i] != 0)
				hll_add(h, from->hash[i], ar);
		return;
	}
	if (!h->dense)
		hll_fold(h, ar);
	for (i = 0; i < HLL_REGISTERS; i++)
		if (from->reg[i] > h->reg[i])
			h->reg[i] = from->reg[i];
}

/* Ertl's sum over the values that a register would have if it were empty. */
static double
sigma(double x)
{
	double y = 1, z = x, old;

	if (x == 1)
		return INFINITY;
	do {
		x *= x;
		old = z;
		z += x * y;
		y += y;
	} while (z != old);
	return z;
}

/* The same for one that is full. */
static double
tau(double x)
{
	double y = 1, z = 1 - x, old;

	if (x == 0 || x == 1)
		return 0;
	do {
		x = sqrt(x);
		old = z;
		y *= 0.5;
		z -= (1 - x) * (1 - x) * y;
	} while (z != old);
	return z / 3;
}

int64_t
hll_count(const struct hll *h)
{
	double m = HLL_REGISTERS, z;
	int count[Q + 2] = { 0 };
	int i;

	if (!h->dense)
		return h->n;
	for (i = 0; i < HLL_REGISTERS; i++)
		count[h->reg[i]]++;
	z = m * tau(1 - count[Q + 1] / m);
	for (i = Q; i > 0; i--)
		z = 0.5 * (z + count[i]);
	z += m * sigma(count[0] / m);
	return llround(m * m / (2 * log(2)) / z);
}

void
hll_clear(struct hll *h)
{
	h->n = 0;
	h->dense = false;
	if (h->hash != NULL)
		memset(h->hash, 0, (h->mask + 1) * sizeof *h->hash);
}

/* So many hashes; or -1 and the registers. */
void
hll_save(const struct hll *h, struct snap *s)
{
	char text[HLL_REGISTERS];
	uint32_t i;

	snap_int(s, h->dense ? -1 : (int64_t)h->n);
	if (h->dense) {
		for (i = 0; i < HLL_REGISTERS; i++)
			text[i] = (char)(RANK0 + h->reg[i]);
		snap_put(s, (struct field){ text, sizeof text });
		return;
	}
	for (i = 0; h->n > 0 && i <= h->mask; i++)
		if (h->hash[i] != 0)
			snap_int(s, (int64_t)h->hash[i]);
}

size_t
hll_load(struct hll *h, const struct rec *r, size_t i, struct arena *ar)
{
	int64_t n = snap_getint(r, i++);
	struct field f;
	size_t k;

	hll_clear(h);
	if (n < -1 || n > HLL_EXACT)
		snap_bad(r);
	for (; n > 0; n--)
		hll_add(h, (uint64_t)snap_getint(r, i++), ar);
	if (n == 0)
		return i;
	f = snap_field(r, i++);
	if (f.n != HLL_REGISTERS)
		snap_bad(r);
	hll_fold(h, ar);
	for (k = 0; k < f.n; k++) {
		if (f.s[k] < RANK0 || f.s[k] > RANK0 + Q + 1)
			snap_bad(r);
		h->reg[k] = (unsigned char)(f.s[k] - RANK0);
	}
	return i;
}
