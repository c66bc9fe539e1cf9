/* map against a plain list, win against its definition: random and boundary values */
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "dur.h"
#include "map.h"
#include "prop.h"
#include "win.h"

/* Small ones, ones near the limits, any. */
static int64_t
rnd_time(void)
{
	int64_t v = (int64_t)(rnd() % 41) - 20;

	switch (rnd() % 4) {
	case 0:
		return v;
	case 1:
		return TIME_LIMIT - 20 + v;
	case 2:
		return 20 - TIME_LIMIT + v;
	default:
		return (int64_t)(rnd() >> 1) - TIME_LIMIT;
	}
}

static int64_t
rnd_size(void)
{
	return rnd() % 3 == 0 ? (int64_t)(rnd() % (uint64_t)TIME_LIMIT) + 1 :
	    (int64_t)(rnd() % 30) + 1;
}

/* [start, end) is a window, and t is in it. */
static bool
is_window(const struct window *w, __int128 start, __int128 end, int64_t t)
{
	return (start - w->offset) % w->slide == 0 && end - start == w->size &&
	    start <= t && t < end;
}

static void
try_win(void)
{
	struct window w = { .size = rnd_size(), .slide = rnd_size(),
	    .offset = rnd_time() };
	int64_t t = rnd_time();
	struct span s;
	__int128 last;
	int i;

	if (t > TIME_LIMIT - w.size)
		return;			/* win_rec refuses those */
	w.kind = w.size == w.slide ? WINDOW_TUMBLING : WINDOW_SLIDING;
	/* the start of the newest window, by Flink's formula on wide numbers */
	last = ((__int128)t - w.offset) % w.slide;
	last = t - (last < 0 ? last + w.slide : last);
	if (!win_first(&w, t, &s)) {
		check(last + w.size <= t, "a window was missed");
		return;
	}
	check(!is_window(&w, (__int128)s.start - w.slide,
	    (__int128)s.end - w.slide, t), "not the first window");
	for (i = 0; i < 100; i++) {
		check(is_window(&w, s.start, s.end, t), "not a window");
		if (s.start > TIME_LIMIT - w.slide || !win_next(&w, t, &s))
			break;
	}
	if (i < 100 && s.start <= TIME_LIMIT - w.slide)
		check(s.start - w.slide == last, "not all windows");
}

#define KEYS 3000
#define LONGEST 40

/* Keys of every length from few bytes, so that many differ in one place only. */
static void
try_map(void)
{
	static char key[KEYS][LONGEST];
	static size_t len[KEYS];
	size_t n = 0, i, k, round;
	struct map_ent *e;
	struct map m;
	char *s;

	map_init(&m, sizeof(size_t));
	for (round = 0; round < 4 * KEYS && n < KEYS; round++) {
		k = rnd() % LONGEST;
		s = mem_alloc(k + 1);
		for (i = 0; i < k; i++)
			s[i] = "ab\0c"[rnd() % (k < 6 ? 4 : 2)];
		if (k > 8 && rnd() % 2)
			memset(s, 'a', k - rnd() % 4);
		for (i = 0; i < n; i++)
			if (len[i] == k && memcmp(key[i], s, k) == 0)
				break;
		e = map_get(&m, s, k);
		check(e->n == k && memcmp(e->key, s, k) == 0, "not the key");
		if (i == n) {
			memcpy(key[n], s, k);
			len[n] = k;
			check(*(size_t *)map_own(e) == 0, "not zeroed");
			*(size_t *)map_own(e) = ++n;
		}
		check(e == map_at(&m, i) && e->i == i && m.n == n, "not dense");
		check(*(size_t *)map_own(e) == i + 1, "not its bytes");
		free(s);
	}
	map_free(&m);
}

#define MANY 100000

/* A large one grows by small steps, and all that is in it is found meanwhile. */
static void
try_large(void)
{
	struct map_ent *e;
	struct map m;
	uint64_t i, k, n = MANY / 2 + rnd() % MANY;
	size_t at;

	map_init(&m, 0);
	for (i = 0; i < n; i++) {
		at = m.old != NULL ? m.moved : SIZE_MAX;
		e = map_get(&m, (char *)&i, sizeof i);
		check(e->i == i && m.n == i + 1, "not a new one");
		check(at == SIZE_MAX || m.old == NULL || m.moved > at,
		    "slots do not move");
		check(at == SIZE_MAX || m.old == NULL || m.moved < at + 100,
		    "too many slots moved at once");
		k = rnd() % (i + 1);
		check(map_look(&m, (char *)&k, sizeof k,
		    map_hash((char *)&k, sizeof k)) == map_at(&m, k),
		    "not what was there");
		k = n + rnd() % MANY;
		check(map_look(&m, (char *)&k, sizeof k,
		    map_hash((char *)&k, sizeof k)) == NULL, "never there");
	}
	for (i = 0; i < n; i++)
		check(map_get(&m, (char *)&i, sizeof i) == map_at(&m, i),
		    "not the same");
	check(m.n == n && m.old == NULL, "it still moves");
	map_free(&m);
}

int
main(int argc, char **argv)
{
	int i;

	prop_start(argc, argv, "prop_map");
	for (i = 0; i < 300000; i++)
		try_win();
	for (i = 0; i < 3; i++)
		try_map();
	try_large();
	return 0;
}
