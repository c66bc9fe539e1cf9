/* live, due and pool against plain lists */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "due.h"
#include "live.h"
#include "prop.h"

#define KEYS 400
#define LONGEST 2000
#define STEPS 300000

/* What is listed as changed makes of what there was before what there is now. */
static void
try_changed(void)
{
	static bool was[KEYS];
	static int64_t value[KEYS];
	struct live_ent *e[KEYS] = { NULL };
	char text[KEYS][8];
	struct field key;
	struct live l;
	size_t i, k, step;

	live_init(&l, sizeof(int64_t));
	for (i = 0; i < KEYS; i++)
		snprintf(text[i], sizeof text[i], "%zu", i);
	live_calm(&l);
	for (step = 0; step < STEPS; step++) {
		i = rnd() % KEYS;
		if (e[i] == NULL) {
			e[i] = live_add(&l, (struct field){ text[i],
			    strlen(text[i]) });
			*(int64_t *)live_own(e[i]) = (int64_t)step;
		} else if (rnd() % 2 == 0) {
			live_touch(&l, e[i]);
			*(int64_t *)live_own(e[i]) = (int64_t)step;
		} else {
			live_drop(&l, e[i]);
			e[i] = NULL;
		}
		if (rnd() % 300 > 0)
			continue;
		for (k = 0; k < l.nchanged; k++) {
			key = live_key(&l, l.changed[k]);
			for (i = 0; strlen(text[i]) != key.n ||
			    memcmp(text[i], key.s, key.n) != 0; i++)
				;
			was[i] = !l.changed[k]->gone;
			value[i] = *(int64_t *)live_own(l.changed[k]);
		}
		live_calm(&l);
		check(l.nchanged == 0, "live: not calm");
		for (i = k = 0; i < KEYS; i++) {
			check(was[i] == (e[i] != NULL) && (!was[i] ||
			    value[i] == *(int64_t *)live_own(e[i])),
			    "live: a change was not listed");
			k += was[i];
		}
		for (i = 0; live_each(&l, &i) != NULL; k--)
			;
		check(k == 0, "live: not each, or not once");
	}
	arena_free(&l.pool.arena);
}

/* Keys of all lengths come and go; what they own stays theirs. */
static void
try_live(void)
{
	static char text[KEYS][LONGEST];
	struct live_ent *e[KEYS] = { NULL };
	struct field key[KEYS], k;
	struct live l;
	size_t i, n = 0, step, used = 0;
	uint64_t *own;

	live_init(&l, 2 * sizeof *own);
	for (i = 0; i < KEYS; i++) {
		n = rnd() % 10 == 0 ? rnd() % LONGEST : rnd() % 24;
		memset(text[i], 'a', n);
		snprintf(text[i], sizeof text[i], "%zu", i);
		key[i] = (struct field){ text[i], n < 3 ? 3 : n };
	}
	for (n = step = 0; step < STEPS; step++) {
		i = rnd() % KEYS;
		check(live_find(&l, key[i]) == e[i], "live: not what was there");
		if (e[i] == NULL) {
			e[i] = live_add(&l, key[i]);
			own = live_own(e[i]);
			check(own[0] == 0 && own[1] == 0, "live: not zeroed");
			own[0] = own[1] = i;
			n++;
		} else if (rnd() % 4 > 0) {
			own = live_own(e[i]);
			k = live_key(&l, e[i]);
			check(own[0] == i && own[1] == i && k.n == key[i].n &&
			    memcmp(k.s, key[i].s, k.n) == 0,
			    "live: overwritten");
			live_drop(&l, e[i]);
			e[i] = NULL;
			n--;
		}
		check(l.n == n, "live: miscounted");
		if (step == STEPS / 2)
			used = l.pool.arena.used;
	}
	check(l.pool.arena.used <= used + used / 10, "pool: it grows");
	arena_free(&l.pool.arena);
	free(l.slot);
}

#define MANY 60000

/* While a large table grows by small steps, what is there is found, and nothing else. */
static void
try_many(void)
{
	static struct live_ent *e[MANY];
	size_t i, at, step, seen = 0;
	struct live_ent *x;
	struct field key;
	struct live l;

	live_init(&l, sizeof(size_t));
	for (step = 0; step < 6 * MANY; step++) {
		/* few at first, then almost all */
		i = rnd() % (step < MANY ? MANY / 10 : MANY);
		key = (struct field){ (char *)&i, sizeof i };
		check(live_find(&l, key) == e[i], "live: not what was there");
		at = l.old != NULL ? l.moved : SIZE_MAX;
		if (e[i] == NULL)
			*(size_t *)live_own(e[i] = live_add(&l, key)) = i;
		else if (rnd() % 8 == 0) {
			live_drop(&l, e[i]);
			e[i] = NULL;
		} else
			continue;
		if (at == SIZE_MAX || l.old == NULL)
			continue;
		check(l.moved > at && l.moved < at + 100,
		    "live: not a few slots moved");
		if (seen++ % 500 > 0)
			continue;
		for (i = at = 0; (x = live_each(&l, &i)) != NULL; at++)
			check(e[*(size_t *)live_own(x)] == x,
			    "live: not there");
		check(at == l.n, "live: each is not each");
	}
	check(seen > 0, "live: it never grew");
	arena_free(&l.pool.arena);
	free(l.slot);
	free(l.old);
}

struct turn { int64_t at; bool there; };

/* What comes out has waited in vain for nothing that is before it. */
static void
try_due(int64_t back)
{
	static struct turn turn[3000];
	const size_t most = sizeof turn / sizeof turn[0];
	struct due d = { 0 };
	struct wait *it;
	size_t i, n, first = 0, here = 0;

	for (n = 0; n < most || here > 0;) {
		if (n < most && rnd() % 5 < 3) {
			turn[n].at = (int64_t)n + (int64_t)(rnd() %
			    (uint64_t)(back + 1));
			turn[n].there = true;
			due_add(&d, turn[n].at, n, &turn[n]);
			n++;
			here++;
			continue;
		}
		it = due_first(&d);
		check((it == NULL) == (here == 0), "due: lost");
		if (it == NULL)
			continue;
		first = (size_t)((struct turn *)it->what - turn);
		check(turn[first].there && it->time == turn[first].at &&
		    it->seq == first, "due: not what was added");
		for (i = 0; i < n; i++)
			check(!turn[i].there || turn[i].at > it->time ||
			    (turn[i].at == it->time && i >= first),
			    "due: out of order");
		turn[first].there = false;
		due_drop(&d);
		here--;
	}
	check(due_first(&d) == NULL, "due: too much");
	heap_free(&d.heap);
	free(d.run);
}

int
main(int argc, char **argv)
{
	prop_start(argc, argv, "prop_live");
	try_live();
	try_many();
	try_changed();
	try_due(0);
	try_due(30);
	try_due(100000);
	return 0;
}
