/* stamp - event times from text or numbers, and back; in UTC or a named zone */
#ifndef STAMP_H
#define STAMP_H
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "buf.h"

#define STAMP_LEN 40		/* bytes that stamp_iso may write */
#define STAMP_MOST 4096		/* bytes that a strftime(3) pattern may make */

struct stamp;			/* a format, parsed once */

/*
 * spec: "ms" "s" "us" "ns" (decimal numbers since the epoch, fractions allowed,
 * exponents not; finer than ms is cut towards the past), "iso" (RFC 3339: T, t
 * or blank between date and time, Z or an offset needed, any fraction, cut;
 * second 60 is the next minute's 0; also ISO 8601's years of a sign and 4 to 9
 * digits, as stamp_iso writes them), or a strptime(3) pattern, which may end in
 * @Zone (a name of the tz database; a local time that does not exist is moved
 * forward by the gap, one that exists twice is the first, as java.time does).
 * What follows the last @ is a zone unless it is empty or has a blank or a %:
 * a pattern that ends in such a word itself wants @UTC.  %z and %s go before
 * the zone; %Z is skipped, and so needs one.  Fields that the pattern leaves
 * out are those of 1970-01-01T00:00:00Z.  A pattern must read back what
 * strftime(3) writes with it, so not %G or %V, nor %j without a year.
 * NULL and *why (static text) for a bad spec or zone.  Patterns set the TZ of
 * the process.  A text for a pattern has at most 256 bytes.
 */
struct stamp *stamp_new(const char *spec, const char **why);
/* The whole text; 0, or -1 and *ms is left. */
int stamp_parse(const struct stamp *, const char *, size_t, int64_t *ms);
int stamp_isnum(const struct stamp *);	/* ms, s, us or ns */
void stamp_free(struct stamp *);

/*
 * 2013-01-01T10:15:00Z, with .mmm if not 0; years outside 0000-9999 as -0001,
 * +10000; any int64; no NUL.
 */
size_t stamp_iso(char *to, int64_t ms);
/*
 * Appends what strftime(3) makes of a pattern, which must end in one byte more
 * that is left out again: so no text is empty, and 0 means that there is no
 * room.  0, or -1: more than STAMP_MOST bytes.
 */
int stamp_format(struct buf *, const char *pattern, const struct tm *);
#endif
