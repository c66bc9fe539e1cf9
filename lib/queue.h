/* queue - records that wait for the watermark, in event-time order; equal times in order of arrival */
#ifndef QUEUE_H
#define QUEUE_H
#include "hold.h"

struct queued { int64_t time, seq; struct held *d; };

struct queue {				/* {0} is a valid empty queue */
	struct hold hold;
	struct queued *v;		/* a heap, the earliest first */
	size_t n, cap;
	int64_t seq;
};

struct held *queue_add(struct queue *, struct rec *, size_t own);	/* own: see hold_copy */
struct held *queue_next(struct queue *, int64_t T);	/* takes out the first of a time < T; NULL: none; then hold_free it */
#endif
