/* await - records that wait for the watermark, in event-time order; equal times in order of arrival */
#ifndef AWAIT_H
#define AWAIT_H
#include "heap.h"
#include "hold.h"
#include "snap.h"

struct await {				/* {0} is a valid empty one */
	struct hold hold;
	struct heap heap;		/* of struct held */
	uint64_t saved;			/* those with a smaller number have been saved */
};

struct held *await_add(struct await *, struct rec *, size_t own);	/* own: see hold_copy */
struct held *await_next(struct await *, int64_t T);	/* takes out the first of a time < T; NULL: none; then hold_free it */
/*
 * In a snapshot: records "held", those that came since the last time or all,
 * in no order.  Own bytes are numbers of 8 bytes.  Those of a time < T are no
 * longer there: the owner takes them out when all are loaded.
 */
void await_save(struct await *, struct snap *, size_t nf);
bool await_load(struct await *, const struct rec *, size_t own, size_t nf);	/* false: another record */
#endif
