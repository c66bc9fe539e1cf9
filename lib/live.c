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

struct live_ent *
live_find(const struct live *l, struct field key)
{
	uint32_t hash = map_hash(key.s, key.n).hash;
	struct live_ent *e;
	size_t p;

	for (p = hash & l->mask; (e = l->slot[p].e) != NULL;
	    p = (p + 1) & l->mask)
		if (l->slot[p].hash == hash && e->n == key.n &&
		    memcmp(live_key(l, e).s, key.s, key.n) == 0)
			return e;
	return NULL;
}

static void
live_place(struct live *l, struct live_ent *e)
{
	size_t p = e->hash & l->mask;

	while (l->slot[p].e != NULL)
		p = (p + 1) & l->mask;
	l->slot[p] = (struct live_slot){ e, e->hash };
}

static void
live_grow(struct live *l)
{
	struct live_slot *old = l->slot;
	size_t i, n = l->mask + 1;

	l->mask = 2 * n - 1;
	l->slot = mem_alloc(2 * n * sizeof *l->slot);
	for (i = 0; i < n; i++)
		if (old[i].e != NULL)
			live_place(l, old[i].e);
	free(old);
}

struct live_ent *
live_add(struct live *l, struct field key)
{
	struct live_ent *e;

	if (key.n > LONGEST || l->n == UINT32_MAX)
		errx(EXIT_BAD, "too many keys, or one too long");
	if (l->n * 3 >= (l->mask + 1) * 2)
		live_grow(l);
	e = pool_alloc(&l->pool, live_size(l, key.n));
	memset(e, 0, sizeof *e + l->own);
	e->n = key.n & LONGEST;
	e->hash = map_hash(key.s, key.n).hash;
	memcpy((char *)(e + 1) + l->own, key.s, key.n);
	live_place(l, e);
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
void
live_drop(struct live *l, struct live_ent *e)
{
	size_t gap = e->hash & l->mask, p;

	while (l->slot[gap].e != e)
		gap = (gap + 1) & l->mask;
	for (p = (gap + 1) & l->mask; l->slot[p].e != NULL;
	    p = (p + 1) & l->mask)
		if (((p - l->slot[p].hash) & l->mask) >=
		    ((p - gap) & l->mask)) {
			l->slot[gap] = l->slot[p];
			gap = p;
		}
	l->slot[gap].e = NULL;
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

	while (e == NULL && *i <= l->mask)
		e = l->slot[(*i)++].e;
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
