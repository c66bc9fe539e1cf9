/* avroput - values in Avro's binary encoding */
#ifndef AVROPUT_H
#define AVROPUT_H
#include "avro.h"
#include "head.h"

void avro_putlong(struct buf *, int64_t);	/* zigzag, as a varint */
void avro_putbytes(struct buf *, const char *, size_t);	/* with their length */

/* For the values that are trees as JSON text. */
struct avroput {
	struct jtree *tree;
	struct buf tmp, number;
	char why[512];
};

void avroput_init(struct avroput *);
void avroput_free(struct avroput *);

/*
 * All append, and return 0, or -1: it does not fit the type, *why says how and
 * what was appended is to be dropped.
 *
 * A column's value, escaped, which may be null.  Of a union the first branch
 * that it fits.  A record, array or map is JSON text in a str; so is a union's
 * value where no other branch fits.  bytes and fixed are base64 in a str.
 * time: as timestamps, or into a long or int as ms; int and str into
 * timestamps and dates as they are stored, and as RFC 3339.
 */
int avroput_field(struct avroput *, struct buf *, const struct avro_type *, enum type, struct field, const char **why);
/*
 * A JSON value.  bytes and fixed are base64; a decimal is a number, or a
 * string that is one; of a record's fields those that are missing have their
 * default.
 */
int avroput_json(struct avroput *, struct buf *, const struct avro_type *, const struct jnode *, const char **why);
/*
 * As a field's default stands in a schema: bytes, fixed and decimals are
 * strings of the code points U+0000 to U+00FF, a byte each.
 */
int avroput_default(struct avroput *, struct buf *, const struct avro_field *, const char **why);
#endif
