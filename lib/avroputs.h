/* avroputs - one value into Avro's binary encoding; for avroput.c, avroputjson.c and avroputfield.c */
#ifndef AVROPUTS_H
#define AVROPUTS_H
#include "avroput.h"

/* All return -1 and *why, or 0. */
int avroput_bad(struct avroput *, const char **why, const char *, ...) __attribute__((format(printf, 3, 4)));
int avroput_unfit(struct avroput *, const struct avro_type *, const char *, size_t, const char **why);	/* text is not of the type */
int avroput_null(struct avroput *, struct buf *, const struct avro_type *, const char **why);
int avroput_long(struct avroput *, struct buf *, const struct avro_type *, int64_t, const char **why);
int avroput_bytes(struct avroput *, struct buf *, const struct avro_type *, const char *, size_t, const char **why);	/* bytes, fixed */
/* Raw text that stands for a value of any type but null, tree and union. */
int avroput_text(struct avroput *, struct buf *, const struct avro_type *, const char *, size_t, const char **why);
#endif
