#include <err.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "die.h"
#include "zone.h"

#define NAME_MAXLEN 63

/* glibc takes an unknown zone for UTC without a word, so look for its file. */
int
zone_exists(const char *name)
{
	const char *dir = getenv("TZDIR");
	char path[PATH_MAX], magic[4];
	FILE *f;
	int n, ok;

	if (dir == NULL || *dir == '\0')
		dir = "/usr/share/zoneinfo";
	n = snprintf(path, sizeof path, "%s/%s", dir, name);
	if (*name == '/' || strstr(name, "..") != NULL ||
	    strlen(name) > NAME_MAXLEN || n < 0 || (size_t)n >= sizeof path ||
	    (f = fopen(path, "r")) == NULL)
		return 0;
	ok = fread(magic, 1, 4, f) == 4 && memcmp(magic, "TZif", 4) == 0;
	return fclose(f) == 0 && ok;
}

void
zone_use(const char *name)
{
	static char now[NAME_MAXLEN + 1];	/* TZ is the process's too */

	if (strcmp(now, name) == 0)
		return;
	if (setenv("TZ", name, 1) < 0)
		err(EXIT_TEMP, NULL);
	tzset();
	memcpy(now, name, strlen(name) + 1);
}

static int
zone_offset(int64_t t, int64_t *off)
{
	time_t clock = (time_t)t;
	struct tm tm;

	if (localtime_r(&clock, &tm) == NULL)
		return -1;
	*off = tm.tm_gmtoff;
	return 0;
}

/*
 * The offset before a change is the one for the local times that the change
 * skips and for those that it repeats.  Offsets are less than 16 hours; that a
 * zone changes twice in 32 is not provided for.
 */
int
zone_time(const char *name, int64_t local, int64_t *t)
{
	int64_t before, after, off;

	zone_use(name);
	if (zone_offset(local - 16 * 3600, &before) < 0 ||
	    zone_offset(local + 16 * 3600, &after) < 0)
		return -1;
	*t = local - before;
	if (before == after)
		return 0;
	if (zone_offset(*t, &off) < 0)
		return -1;
	if (off == before)		/* not yet changed, or repeated later */
		return 0;
	if (zone_offset(local - after, &off) < 0)
		return -1;
	if (off == after)
		*t = local - after;
	return 0;
}
