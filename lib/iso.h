/* iso - the proleptic Gregorian calendar and RFC 3339 */
#ifndef ISO_H
#define ISO_H
#include <stddef.h>
#include <stdint.h>

/* Days since 1970-01-01; month and day count from 1; 0, or -1: no such day. */
int iso_days(int64_t year, int month, int day, int64_t *days);

/* stamp.h's "iso": ms since the epoch; the whole text; 0, or -1. */
int iso_parse(const char *, size_t, int64_t *ms);
#endif
