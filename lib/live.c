#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "die.h"
#include "live.h"
#include "map.h"

#define FIRST 64
#define LONGEST (((uint32_t)1 << 30) - 1)	/* bytes of a key */

struct live_slot {
	struct live_ent *e;		/* NULL: free */
	uint32_t hash;
};

void
live_init(struct live *l, size_t own)
{
	map_random();
	*l = (struct live){ .own = (own + 7) & ~(size_t)7, .mask = FIRST - 1 };
	l->slot = mem_alloc(FIRST * sizeof *l->slot);
}

static size_t
live_size(const struct live *l, size_t n)
{
	return sizeof(struct live_ent) + l->own + n;
}

/* In an old slot: what was there was dropped. */
static const struct live_ent dropped;
#define DROPPED ((struct live_ent *)(uintptr_t)&dropped)

static struct live_ent *
live_probe(const struct live *l, const struct live_slot *slot, size_t mask,
    struct field key, uint32_t hash)
{
	struct live_ent *e;
	size_t p;

	for (p = hash & mask; (e = slot[p].e) != NULL; p = (p + 1) & mask)
		if (slot[p].hash == hash && e->n == key.n && e != DROPPED &&
		    memcmp(live_key(l, e).s, key.s, key.n) == 0)
			return e;
	return NULL;
}

struct live_ent *
live_find(const struct live *l, struct field key)
{
	uint32_t hash = map_hash(key.s, key.n).hash;
	struct live_ent *e = live_probe(l, l->slot, l->mask, key, hash);

	if (e == NULL && l->old != NULL)
		e = live_probe(l, l->old, l->oldmask, key, hash);
	return e;
}

static void
live_place(struct live *l, struct live_ent *e, uint32_t hash)
{
	size_t p = hash & l->mask;

	while (l->slot[p].e != NULL)
		p = (p + 1) & l->mask;
	l->slot[p] = (struct live_slot){ e, hash };
}

/*
 * As in map.c: old slots stay as they are, so that what stands behind them is
 * found.  Those of what was dropped may not, since its memory is used again.
 */
static void
slots_move(struct live *l, size_t n)
{
	struct live_ent *e;

	for (; n > 0 && l->moved <= l->oldmask; n--, l->moved++)
		if ((e = l->old[l->moved].e) != NULL && e != DROPPED)
			live_place(l, e, l->old[l->moved].hash);
	if (l->moved <= l->oldmask)
		return;
	free(l->old);
	l->old = NULL;
}

#define ATONCE 4096		/* slots: so many take no time that is felt */
#define STEP 8			/* more than the 3/2 that are needed in time */

static void
live_grow(struct live *l)
{
	l->old = l->slot;
	l->oldmask = l->mask;
	l->moved = 0;
	l->mask = 2 * l->mask + 1;
	l->slot = mem_alloc((l->mask + 1) * sizeof *l->slot);
	slots_move(l, ATONCE);
}

struct live_ent *
live_add(struct live *l, struct field key)
{
	struct live_ent *e;

	if (key.n > LONGEST || l->n == UINT32_MAX)
		errx(EXIT_BAD, "too many keys, or one too long");
	if (l->old != NULL)
		slots_move(l, STEP);
	if (l->n * 3 >= (l->mask + 1) * 2)
		live_grow(l);
	e = pool_alloc(&l->pool, live_size(l, key.n));
	memset(e, 0, sizeof *e + l->own);
	e->n = key.n & LONGEST;
	e->hash = map_hash(key.s, key.n).hash;
	memcpy((char *)(e + 1) + l->own, key.s, key.n);
	live_place(l, e, e->hash);
	l->n++;
	live_touch(l, e);
	return e;
}

static void
live_free(struct live *l, struct live_ent *e)
{
	pool_free(&l->pool, e, live_size(l, e->n));
}

/* What stands behind the gap moves up, unless it would be before its place. */
static void
slot_drop(struct live *l, size_t gap)
{
	size_t p;

	for (p = (gap + 1) & l->mask; l->slot[p].e != NULL;
	    p = (p + 1) & l->mask)
		if (((p - l->slot[p].hash) & l->mask) >=
		    ((p - gap) & l->mask)) {
			l->slot[gap] = l->slot[p];
			gap = p;
		}
	l->slot[gap].e = NULL;
}

void
live_drop(struct live *l, struct live_ent *e)
{
	size_t p = e->hash & l->mask;

	while (l->slot[p].e != NULL && l->slot[p].e != e)
		p = (p + 1) & l->mask;
	if (l->slot[p].e == e)
		slot_drop(l, p);
	if (l->old != NULL) {
		/* one that is newer than the old slots is not there */
		for (p = e->hash & l->oldmask; l->old[p].e != NULL &&
		    l->old[p].e != e;)
			p = (p + 1) & l->oldmask;
		if (l->old[p].e == e)
			l->old[p].e = DROPPED;
		slots_move(l, STEP);
	}
	l->n--;
	if (!l->tracks) {
		live_free(l, e);
		return;
	}
	live_touch(l, e);
	e->gone = 1;
}

struct live_ent *
live_each(const struct live *l, size_t *i)
{
	struct live_ent *e = NULL;
	size_t k;

	while (e == NULL && *i <= l->mask)
		e = l->slot[(*i)++].e;
	/* behind them, old slots that did not move yet */
	while (e == NULL && l->old != NULL &&
	    (k = *i - l->mask - 1 + l->moved) <= l->oldmask) {
		++*i;
		if ((e = l->old[k].e) == DROPPED)
			e = NULL;
	}
	return e;
}

void
live_list(struct live *l, struct live_ent *e)
{
	if (l->nchanged == l->cap) {
		l->cap = l->cap > 0 ? 2 * l->cap : 64;
		l->changed = mem_grow(l->changed, l->cap, sizeof e);
	}
	l->changed[l->nchanged++] = e;
	e->listed = 1;
}

void
live_calm(struct live *l)
{
	size_t i;

	for (i = 0; i < l->nchanged; i++)
		if (l->changed[i]->gone)
			live_free(l, l->changed[i]);
		else
			l->changed[i]->listed = 0;
	l->nchanged = 0;
	l->tracks = true;
}
