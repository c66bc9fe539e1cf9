/* live - entries by key that come and go */
#ifndef LIVE_H
#define LIVE_H
#include <stdint.h>

#include "esc.h"
#include "pool.h"

/* Open addressing, linear probing; memory is what the most entries at once took. */
struct live {				/* live_init makes a valid empty one */
	struct live_slot *slot;
	size_t mask;			/* slots - 1 */
	size_t n;			/* entries */
	size_t own;			/* bytes that each has for the owner */
	struct pool pool;
};

struct live_ent {			/* it does not move */
	uint32_t n;			/* length of the key */
	uint32_t hash;
	/* the owner's bytes follow, aligned for numbers, then the key */
};

void live_init(struct live *, size_t own);
struct live_ent *live_find(const struct live *, struct field key);	/* NULL: not there */
struct live_ent *live_add(struct live *, struct field key);	/* one that is not there; zeroed */
void live_drop(struct live *, struct live_ent *);

static inline void *
live_own(struct live_ent *e)
{
	return e + 1;
}

static inline struct field
live_key(const struct live *l, const struct live_ent *e)
{
	return (struct field){ (const char *)(e + 1) + l->own, e->n };
}
#endif
