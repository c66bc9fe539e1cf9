/* prop - what the property tests share: numbers by a seed, and how they fail */
#ifndef PROP_H
#define PROP_H
#include <err.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint64_t prop_state;

static inline uint64_t
rnd(void)
{
	uint64_t z = prop_state += 0x9e3779b97f4a7c15;	/* splitmix64 */

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static inline void
check(bool ok, const char *what)
{
	if (!ok)
		errx(1, "%s", what);
}

static inline _Noreturn void
fail(const char *what, const char *text)
{
	errx(1, "%s: %s", what, text);
}

/* The seed is the first argument, or the clock. */
static inline void
prop_start(int argc, char **argv, const char *name)
{
	prop_state = argc > 1 ? strtoull(argv[1], NULL, 10) :
	    (uint64_t)time(NULL);
	printf("%s: seed %" PRIu64 "\n", name, prop_state);
	fflush(stdout);
}
#endif
