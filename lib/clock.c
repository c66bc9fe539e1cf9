#include <err.h>
#include <time.h>

#include "clock.h"
#include "die.h"

int64_t
clock_ms(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_MONOTONIC, &t) < 0)
		err(EXIT_TEMP, "clock");
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}
