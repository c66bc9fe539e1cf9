#include <err.h>
#include <string.h>

#include "die.h"
#include "dur.h"
#include "num.h"

static const struct unit {
	const char *name;
	int64_t ms;
} units[] = {
	{ "ms", 1 },
	{ "s", 1000 },
	{ "m", 60 * 1000 },
	{ "h", 60 * 60 * 1000 },
	{ "d", 24 * 60 * 60 * 1000 },
};

int
dur_parse(const char *s, int64_t *ms)
{
	int64_t v;
	size_t i, n = *s == '-';

	n += strspn(s + n, "0123456789");
	if (num_int(s, n, &v) < 0)
		return -1;
	if (v == 0 && s[n] == '\0') {
		*ms = 0;
		return 0;
	}
	for (i = 0; i < sizeof units / sizeof units[0]; i++) {
		if (strcmp(s + n, units[i].name) != 0)
			continue;
		if (__builtin_mul_overflow(v, units[i].ms, &v) ||
		    v > TIME_LIMIT || v < -TIME_LIMIT)
			return -1;
		*ms = v;
		return 0;
	}
	return -1;
}

int64_t
dur_option(int ch, const char *arg, int64_t least)
{
	int64_t ms;

	if (dur_parse(arg, &ms) < 0 || ms < least)
		errx(EXIT_USAGE, "-%c: not a duration such as 500ms, 10s, 5m, "
		    "1h, 7d: %s", ch, arg);
	return ms;
}
