/* aggfn - what the files of aggregate functions share with agg.c, which picks one by name and type */
#ifndef AGGFN_H
#define AGGFN_H
#include "agg.h"

/* How one function works on one type. */
struct agg_kind {
	size_t size;			/* of its accumulator, a multiple of 8; all zero is empty */
	int sign;			/* min, first -1; max, last 1 */
	/* seq counts calls, from 1.  0, or: */
	int (*add)(const struct agg *, void *, struct field, struct arena *, int64_t seq);
	int (*merge)(const struct agg *, void *, const void *, struct arena *);
	void (*print)(const struct agg *, const void *, struct buf *);
	/* empty it but keep its memory; NULL: zero bytes */
	void (*clear)(void *);
};

enum { AGG_BAD = -1, AGG_OVER = -2 };	/* not of its type; left int64 */

extern const struct agg_kind agg_count, agg_sumint, agg_sumfloat, agg_avgint,
    agg_avgfloat, agg_minint, agg_maxint, agg_minfloat, agg_maxfloat,
    agg_mintext, agg_maxtext, agg_first, agg_last;
#endif
