/* zone - local times of the tz database, by way of the process's TZ */
#ifndef ZONE_H
#define ZONE_H
#include <stdint.h>

int zone_exists(const char *);	/* a file below $TZDIR or /usr/share/zoneinfo */
void zone_use(const char *);	/* make it the TZ; it must exist */
/*
 * Seconds since the epoch of a local time that is given as if it were UTC, by
 * the rules of java.time.ZonedDateTime.ofLocal.  Leaves the zone in use.
 * 0, or -1.
 */
int zone_time(const char *, int64_t local, int64_t *t);
#endif
