#include <err.h>
#include <time.h>

#include "clock.h"
#include "die.h"

static int64_t
clock_get(clockid_t id)
{
	struct timespec t;

	if (clock_gettime(id, &t) < 0)
		err(EXIT_TEMP, "clock");
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t
clock_ms(void)
{
	return clock_get(CLOCK_MONOTONIC);
}

int64_t
clock_wall(void)
{
	return clock_get(CLOCK_REALTIME);
}
