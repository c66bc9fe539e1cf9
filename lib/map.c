/* map - byte strings to entries of one size, in order of first arrival */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "die.h"
#include "map.h"

uint64_t map_secret[2];

void
map_random(void)
{
	if (map_secret[0] == 0 && getentropy(map_secret, sizeof map_secret) < 0)
		err(EXIT_TEMP, "random numbers");
}

void
map_init(struct map *m, size_t own)
{
	map_random();
	*m = (struct map){ 0 };
	m->size = sizeof(struct map_ent) + ((own + 7) & ~(size_t)7);
	m->mask = 2 * MAP_FIRST - 1;
	m->slot = mem_alloc((m->mask + 1) * sizeof *m->slot);
}

void
map_free(struct map *m)
{
	size_t own = m->size - sizeof(struct map_ent), k;

	for (k = 0; k < sizeof m->seg / sizeof m->seg[0]; k++)
		free(m->seg[k]);
	free(m->slot);
	free(m->old);
	arena_free(&m->arena);
	*m = (struct map){ 0 };
	m->size = sizeof(struct map_ent) + own;
}

uint64_t
map_fold(const char *s, size_t n)
{
	uint64_t a = n;

	for (; n > 16; s += 16, n -= 16)
		a = map_mix(map_load(s, 8) ^ a, map_load(s + 8, 8));
	return map_mix(map_load(s + n - 16, 8) ^ a, map_load(s + n - 8, 8));
}

static void
map_place(struct map *m, struct map_slot s)
{
	size_t p;

	for (p = s.hash & m->mask; m->slot[p].i != 0;)
		p = (p + 1) & m->mask;
	m->slot[p] = s;
}

/*
 * Only slots move, by the hash in them: entries and keys are not touched.  The
 * old ones stay as they are, so that what is looked for is found there as
 * before.
 */
static void
slots_move(struct map *m, size_t n)
{
	size_t end = m->oldmask + 1 - m->moved > n ? m->moved + n :
	    m->oldmask + 1;

	for (; m->moved < end; m->moved++)
		if (m->old[m->moved].i != 0)
			map_place(m, m->old[m->moved]);
	if (m->moved <= m->oldmask)
		return;
	free(m->old);
	m->old = NULL;
}

#define ATONCE 4096		/* slots: so many take no time that is felt */
#define STEP 8			/* more than the 4/3 that are needed in time */

void
map_move(struct map *m)
{
	slots_move(m, STEP);
}

static void
map_grow(struct map *m)
{
	m->old = m->slot;
	m->oldmask = m->mask;
	m->moved = 0;
	m->mask = 2 * m->mask + 1;
	m->slot = mem_alloc((m->mask + 1) * sizeof *m->slot);
	slots_move(m, ATONCE);
}

struct map_ent *
map_insert(struct map *m, const char *s, size_t n, uint64_t a, uint64_t b,
    uint32_t h)
{
	struct map_ent *e;
	size_t j = m->n + MAP_FIRST;
	int k = 63 - __builtin_clzll(j);

	if (m->n == MAP_MOST || n > UINT32_MAX)
		errx(EXIT_BAD, "too many keys, or one too long");
	if (m->n * 4 >= (m->mask + 1) * 3)
		map_grow(m);
	if (m->seg[k - 4] == NULL)
		m->seg[k - 4] = mem_grow(NULL, (size_t)1 << k, m->size);
	e = map_at(m, m->n);
	memset(e, 0, m->size);
	e->i = m->n++ & (MAP_MOST - 1);
	e->a = a;
	e->b = b;
	e->n = (uint32_t)n;
	e->key = arena_copy(&m->arena, s, n);
	map_place(m, (struct map_slot){ h, (uint32_t)m->n });
	return e;
}
