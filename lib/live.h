/* live - entries by key that come and go */
#ifndef LIVE_H
#define LIVE_H
#include <stdbool.h>
#include <stdint.h>

#include "esc.h"
#include "pool.h"

/* Open addressing, linear probing; memory is what the most entries at once took. */
struct live {				/* live_init makes a valid empty one */
	struct live_slot *slot;
	size_t mask;			/* slots - 1 */
	struct live_slot *old;		/* NULL, or the smaller table of before: a few slots move each time */
	size_t oldmask;
	size_t moved;			/* of its slots, from the first on */
	size_t n;			/* entries */
	size_t own;			/* bytes that each has for the owner */
	struct pool pool;
	bool tracks;			/* changes are listed */
	struct live_ent **changed;	/* those that changed since the last live_calm, each once */
	size_t nchanged, cap;
};

struct live_ent {			/* it does not move */
	uint32_t n : 30;		/* length of the key */
	uint32_t listed : 1;		/* in changed */
	uint32_t gone : 1;		/* and dropped since: its key is all that is left */
	uint32_t hash;
	/* the owner's bytes follow, aligned for numbers, then the key */
};

void live_init(struct live *, size_t own);
struct live_ent *live_find(const struct live *, struct field key);	/* NULL: not there */
struct live_ent *live_add(struct live *, struct field key);	/* one that is not there; zeroed */
void live_drop(struct live *, struct live_ent *);
struct live_ent *live_each(const struct live *, size_t *i);	/* *i from 0 on, in no order; NULL: that was all */

/*
 * For who saves only what has changed.  From live_calm on entries that are
 * added, touched or dropped are listed in changed, in the order in which that
 * first happened to them; dropped ones take up memory until the next live_calm.
 */
void live_list(struct live *, struct live_ent *);	/* for live_touch only */
void live_calm(struct live *);

static inline void
live_touch(struct live *l, struct live_ent *e)
{
	if (l->tracks && !e->listed)
		live_list(l, e);
}

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
