/* encval - a record's columns as raw texts, for formats that are not text; for formats only */
#ifndef ENCVAL_H
#define ENCVAL_H
#include "encfmt.h"

struct encval {
	struct field *val;	/* a piece each; s NULL: null */
	struct buf *tmp;	/* a piece each */
	size_t n;
	struct buf record;	/* for who needs its length first */
};

void encval_bind(struct encval *, const struct enc *);
void encval_free(struct encval *);
/* val, as long as the record lives; a broken escape: exit 1 with the place. */
void encval_get(struct encval *, struct enc *, struct rec *);
/* A value that the format does not take: the place, its name, why, and its text; exit 1. */
void encval_bad(const struct encval *, const struct enc *, const struct rec *, size_t piece, const char *why)
    __attribute__((noreturn));
#endif
