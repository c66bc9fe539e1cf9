/* await - records that wait for the watermark, in event-time order; equal times in order of arrival */
#ifndef AWAIT_H
#define AWAIT_H
#include "heap.h"
#include "hold.h"

struct await {				/* {0} is a valid empty one */
	struct hold hold;
	struct heap heap;		/* of struct held */
};

struct held *await_add(struct await *, struct rec *, size_t own);	/* own: see hold_copy */
struct held *await_next(struct await *, int64_t T);	/* takes out the first of a time < T; NULL: none; then hold_free it */
#endif
