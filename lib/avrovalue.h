/* avrovalue - a value that is no tree, out of a datum and into a column; for avrowalk.c and avrojson.c */
#ifndef AVROVALUE_H
#define AVROVALUE_H
#include "avrowalk.h"

/* As its reader has it. */
struct avro_value {
	enum avro_kind kind;
	int64_t i;
	double d;
	const char *s;
	size_t n;
};

int avro_value(struct avro_walk *, const struct avro_res *, struct avro_value *);	/* 0, or -1 */
#define AVRO_WIDE "a decimal of more than 4096 bytes"	/* DECIMAL_MOST: it has no text */
/* A logical type's text, if it has one that is not a time's; in text of the walk. */
bool avro_valuetext(struct avro_walk *, const struct avro_type *, struct avro_value *);
void avro_valuebytes(struct avro_walk *, const struct avro_value *);	/* bytes or fixed as base64; there, too */
/* Into one column: 0, or -1, it does not fit and *why says so. */
int avro_column(struct avro_walk *, const struct avro_type *, struct avro_value *, const struct col *, const char **why);
#endif
