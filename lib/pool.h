/* pool - pieces of memory that are given back one by one, and used again */
#ifndef POOL_H
#define POOL_H
#include "arena.h"

#define POOL_SMALL 1024		/* up to here there is a list of free pieces for each 16 bytes */
#define POOL_LISTS (POOL_SMALL / 16 + 54)

/* What it takes from the system is what was in use at once, by size, at most. */
struct pool {			/* {0} is a valid empty one */
	struct arena arena;
	void *free[POOL_LISTS];
};

void *pool_alloc(struct pool *, size_t);	/* aligned for any number or pointer; not zeroed */
void pool_free(struct pool *, void *, size_t);	/* the size that was asked for */
#endif
