/* stamp - event times from text or numbers, and back; all UTC unless a zone is named */
#ifndef STAMP_H
#define STAMP_H
#include <stddef.h>
#include <stdint.h>

#define STAMP_LEN 40		/* bytes that stamp_iso may write */

struct stamp;			/* a format, parsed once */

/*
 * spec: "ms" "s" "us" "ns" (numbers since the epoch, fractions allowed; finer
 * than ms is cut towards the past), "iso" (RFC 3339: T, t or blank between
 * date and time, Z or an offset needed, any fraction), or a strptime(3)
 * pattern, which may end in @Zone (a name of the tz database; a local time
 * that does not exist is moved forward by the gap, one that exists twice is
 * the first, as java.time does).  Fields that the pattern leaves out are those
 * of 1970-01-01T00:00:00Z.  NULL and *why (static text) for a bad spec or zone.
 */
struct stamp *stamp_new(const char *spec, const char **why);
int stamp_parse(const struct stamp *, const char *, size_t, int64_t *ms);	/* whole text; 0, or -1 */
int stamp_isnum(const struct stamp *);	/* ms, s, us or ns */
void stamp_free(struct stamp *);

size_t stamp_iso(char *to, int64_t ms);	/* 2013-01-01T10:15:00Z, with .mmm if not 0; any time in TIME_LIMIT; no NUL */
#endif
