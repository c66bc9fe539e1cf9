/*
 * quant - quantiles of numbers in bounded memory: DDSketch (Masson, Rim, Lee
 * 2019) with buckets that part each power of two evenly, merged two and two
 * when there are too many, as UDDSketch (Epicoco and others 2020) does
 */
#ifndef QUANT_H
#define QUANT_H
#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "snap.h"

#define QUANT_BITS 7		/* a power of two has 1 << QUANT_BITS buckets at first */
#define QUANT_MOST 4097		/* buckets in use: all numbers, when each power of two has one */
#define QUANT_ERROR (1.0 / 256)	/* at most so much of the value; twice that after each merging of buckets */

struct quant_bucket {
	int64_t lo, hi, n;	/* the values in it, lowest and highest */
};

/*
 * What it holds and says depends on the values alone, not on their order.
 * Values that are alone in their bucket come out exactly, and so do the lowest
 * and highest of all, and ints up to 256 until buckets are merged.  Its memory,
 * at most 192 KiB, is in the arena that each call gets.
 */
struct quant {			/* {0} is a valid empty one */
	struct quant_bucket *v;	/* in order */
	uint32_t nv, cap;
	int merged;		/* how often buckets were */
	int64_t n;		/* values */
};

/*
 * The values of one are either all ints, or all floats in a form that keeps
 * their order, NaN being the largest.
 */
enum quant_of { QUANT_INTS, QUANT_FLOATS };

int64_t quant_code(double);
double quant_decode(int64_t);

void quant_add(struct quant *, enum quant_of, int64_t, struct arena *);
void quant_merge(struct quant *, enum quant_of, const struct quant *, struct arena *);
int64_t quant_rank(const struct quant *, enum quant_of, int64_t k);	/* k in [1, n] */
void quant_clear(struct quant *);	/* empty; its memory is used again */
void quant_save(const struct quant *, struct snap *);
size_t quant_load(struct quant *, const struct rec *, size_t i, struct arena *);	/* from field i on; returns the next one */
#endif
