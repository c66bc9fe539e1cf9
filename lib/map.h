/* map - byte strings to entries of one size, in order of first arrival */
#ifndef MAP_H
#define MAP_H
#include <stdint.h>
#include <string.h>

#include "arena.h"

/*
 * Open addressing, linear probing; a slot holds the hash and the number of its
 * entry.  Entries are dense, numbered from 0 in the order in which their keys
 * came, and never move: segment k has room for MAP_FIRST << k of them.  Keys
 * are copied into the arena; so may be what an entry points to.  There is no
 * way to take one entry out: a map is dropped whole, or made anew.  The slots of
 * a large one move to a larger table a few with each call of map_get, and
 * until all have, those of before are looked at too.
 */
struct map {				/* map_init makes a valid empty one */
	struct map_slot *slot;
	size_t mask;			/* slots - 1 */
	struct map_slot *old;		/* NULL, or the smaller table of before */
	size_t oldmask;
	size_t moved;			/* of its slots, from the first on */
	size_t n;			/* entries */
	size_t size;			/* of an entry, this struct's head included */
	char *seg[32];
	struct arena arena;
};

struct map_slot {
	uint32_t hash;
	uint32_t i;			/* entry + 1; 0: free */
};

struct map_ent {
	uint64_t a, b;			/* what the hash is made of; up to 16 bytes it is the key */
	const char *key;
	uint32_t n;			/* its length */
	uint32_t i : 31;		/* its number, for map_at */
	uint32_t mark : 1;		/* the owner's, 0 at first */
	/* the owner's bytes follow, zeroed at first, aligned for numbers */
};

#define MAP_FIRST 16
#define MAP_MOST ((size_t)1 << 31)	/* entries */

void map_init(struct map *, size_t);	/* bytes that each entry has for the owner */
void map_free(struct map *);		/* empty again, valid */
void map_move(struct map *);
struct map_ent *map_insert(struct map *, const char *, size_t, uint64_t, uint64_t, uint32_t);	/* these two for map_get only */

static inline uint64_t
map_load(const char *s, size_t n)	/* n of 4 or 8 */
{
	uint64_t v = 0;
	uint32_t w;

	if (n == 8) {
		memcpy(&v, s, 8);
		return v;
	}
	memcpy(&w, s, 4);
	return w;
}

uint64_t map_fold(const char *, size_t);	/* of more than 16 bytes */

extern uint64_t map_secret[2];		/* random, of this process */
void map_random(void);			/* makes them; before the first hash of any table */

/*
 * wyhash's mixing.  With known numbers whoever writes the keys could choose
 * ones that all hash alike; nothing visible depends on the hash anyway.
 */
static inline uint64_t
map_mix(uint64_t a, uint64_t b)
{
	unsigned __int128 m = a ^ map_secret[0];

	m *= b ^ map_secret[1];
	return (uint64_t)m ^ (uint64_t)(m >> 64);
}

static inline struct map_ent *
map_at(const struct map *m, size_t i)
{
	size_t j = i + MAP_FIRST;
	int k = 63 - __builtin_clzll(j);

	return (struct map_ent *)(void *)(m->seg[k - 4] +
	    (j - ((size_t)1 << k)) * m->size);
}

static inline void *
map_own(struct map_ent *e)		/* the owner's bytes */
{
	return e + 1;
}

/* What is looked for: the hash and what it is made of. */
struct map_want { uint64_t a, b; uint32_t hash; };

static inline struct map_want
map_hash(const char *s, size_t n)
{
	struct map_want w = { 0, 0, 0 };

	if (n >= 8) {
		w.a = map_load(s, 8);
		w.b = map_load(s + n - 8, 8);
		if (n > 16)
			w.a = map_fold(s, n);
	} else if (n >= 4) {
		w.a = map_load(s, 4);
		w.b = map_load(s + n - 4, 4);
	} else if (n > 0)
		w.a = (uint64_t)(unsigned char)s[0] << 16 |
		    (uint64_t)(unsigned char)s[n / 2] << 8 |
		    (unsigned char)s[n - 1];
	w.hash = (uint32_t)map_mix(w.a, w.b ^ n << 56);
	return w;
}

static inline struct map_ent *
map_probe(const struct map *m, const struct map_slot *slot, size_t mask,
    const char *s, size_t n, struct map_want w)
{
	struct map_ent *e;
	size_t p;

	for (p = w.hash & mask; slot[p].i != 0; p = (p + 1) & mask) {
		if (slot[p].hash != w.hash)
			continue;
		e = map_at(m, slot[p].i - 1);
		if (e->a == w.a && e->b == w.b && e->n == n &&
		    (n <= 16 || memcmp(e->key, s, n) == 0))
			return e;
	}
	return NULL;
}

/* The entry of a key whose hash is known, or NULL. */
static inline struct map_ent *
map_look(const struct map *m, const char *s, size_t n, struct map_want w)
{
	struct map_ent *e = map_probe(m, m->slot, m->mask, s, n, w);

	if (e == NULL && m->old != NULL)
		e = map_probe(m, m->old, m->oldmask, s, n, w);
	return e;
}

/* The entry of a key; made if it is new. */
static inline struct map_ent *
map_get(struct map *m, const char *s, size_t n)
{
	struct map_want w = map_hash(s, n);
	struct map_ent *e = map_look(m, s, n, w);

	if (m->old != NULL)
		map_move(m);
	return e != NULL ? e : map_insert(m, s, n, w.a, w.b, w.hash);
}
#endif
