/* avrowalk - takes values out of a datum in Avro's binary encoding, by path, and steps over the rest */
#ifndef AVROWALK_H
#define AVROWALK_H
#include "avrores.h"
#include "row.h"

#define AVRO_WHOLE "value"	/* the path of a datum that is no record */

struct avro_want;		/* what is wanted of a type and of what is in it */

/*
 * What the row's columns want of a datum; all is memory of the pairs.  A path
 * that leads nowhere is null, *nowhere is the first such column or NULL.  Of a
 * type that is no record the path "value" is all of it.  NULL: *nowhere has no
 * path at all.
 */
struct avro_want *avro_plan(struct avro_pairs *, struct avro_res *, const struct row *, const struct col **nowhere);

struct avro_walk {
	const char *s, *end;	/* what is left */
	struct row *row;
	const char *why;	/* why the datum cannot be read; else NULL */
	const char *unfit;	/* why a value does not fit its column; the datum can be read */
	/* the rest is avrowalk.c's own */
	struct buf json, text;
	int depth;
	int64_t empty;		/* items of arrays that take no bytes */
	char room[512];
};

/*
 * One datum from s on, at most up to end, into the row, of which rowput_begin
 * and rowput_end are done here.  1: s is behind it; -1: see why, then s is
 * not; or unfit.
 */
int avro_read(struct avro_walk *, const struct avro_res *, const struct avro_want *);
void avro_walkfree(struct avro_walk *);

int avro_longmore(const char **s, const char *end, int64_t *);	/* for avro_getlong only: of more than one byte */

/* A long, as a container's head has it too: 0, or -1: cut off or too long. */
static inline int
avro_getlong(const char **s, const char *end, int64_t *v)
{
	if (*s < end && (**s & 0x80) == 0) {
		uint64_t u = (unsigned char)*(*s)++;

		*v = (int64_t)(u >> 1) ^ -(int64_t)(u & 1);
		return 0;
	}
	return avro_longmore(s, end, v);
}
#endif
