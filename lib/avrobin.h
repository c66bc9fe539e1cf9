/* avrobin - steps through Avro's binary encoding; for avrowalk.c and what helps it */
#ifndef AVROBIN_H
#define AVROBIN_H
#include "avrowalk.h"

#define AVRO_DEPTH 500		/* of nesting; deeper is bad */
#define AVRO_CUT "the datum is cut off"

/* Both say why the datum cannot be read, and return -1. */
int avro_bad(struct avro_walk *, const char *);
int avro_badf(struct avro_walk *, const char *, ...) __attribute__((format(printf, 2, 3)));

/* All these: 0, or -1, it cannot be read. */
int avro_bytes(struct avro_walk *, const char **s, size_t *n);	/* bytes or a string */
int avro_skipbytes(struct avro_walk *, size_t);
/* How many items of an array or map come next, 0: no more; and how many bytes they are, -1: that is not said. */
int avro_block(struct avro_walk *, const struct avro_type *, int64_t *count, int64_t *size);
int avro_branch(struct avro_walk *, const struct avro_res *, size_t *);	/* of a union */
int avro_skip(struct avro_walk *, const struct avro_type *);	/* a value of that type */
int avro_longbad(struct avro_walk *);	/* for avro_long only */

static inline int
avro_long(struct avro_walk *w, int64_t *v)
{
	return avro_getlong(&w->s, w->end, v) == 0 ? 0 : avro_longbad(w);
}
#endif
