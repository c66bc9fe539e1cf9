#include <string.h>

#include "pool.h"

/* The list of a size, which is rounded up to it. */
static size_t
pool_list(size_t *n)
{
	int k;

	if (*n <= POOL_SMALL) {
		*n = *n > 0 ? (*n + 15) & ~(size_t)15 : 16;
		return *n / 16 - 1;
	}
	k = 64 - __builtin_clzll(*n - 1);
	*n = (size_t)1 << k;
	return POOL_SMALL / 16 + (size_t)k - 11;
}

void *
pool_alloc(struct pool *p, size_t n)
{
	size_t i = pool_list(&n);
	void *piece = p->free[i];

	if (piece == NULL)
		return arena_alloc(&p->arena, n);
	memcpy(&p->free[i], piece, sizeof(void *));	/* the next one */
	return piece;
}

void
pool_free(struct pool *p, void *piece, size_t n)
{
	size_t i = pool_list(&n);

	memcpy(piece, &p->free[i], sizeof(void *));
	p->free[i] = piece;
}
