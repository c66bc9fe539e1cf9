/*
 * hll - how many different values, estimated: HyperLogLog (Flajolet, Fusy,
 * Gandouet, Meunier 2007) with 2^14 registers and the estimator of Ertl 2017,
 * which has no bias at any size
 */
#ifndef HLL_H
#define HLL_H
#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "snap.h"

#define HLL_P 14
#define HLL_REGISTERS (1 << HLL_P)
#define HLL_ERROR 0.0081	/* standard error, 1.04 / sqrt(HLL_REGISTERS) */
#define HLL_EXACT 768		/* up to here the hashes themselves are kept, and counted */

/*
 * What it holds and says depends on the values alone, not on their order.
 * Its memory, at most 32 KiB, is in the arena that each call gets.
 */
struct hll {			/* {0} is a valid empty one */
	uint64_t *hash;		/* open addressing; 0: free */
	uint32_t n, mask;
	unsigned char *reg;
	bool dense;		/* the registers count, not the hashes */
};

void hll_add(struct hll *, uint64_t hash, struct arena *);	/* of 64 good bits */
void hll_merge(struct hll *, const struct hll *, struct arena *);
int64_t hll_count(const struct hll *);
void hll_clear(struct hll *);	/* empty; its memory is used again */
void hll_save(const struct hll *, struct snap *);
size_t hll_load(struct hll *, const struct rec *, size_t i, struct arena *);	/* from field i on; returns the next one */
#endif
