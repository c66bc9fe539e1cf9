/* encval - a record's columns as raw texts, for formats that are not text; for formats only */
#ifndef ENCVAL_H
#define ENCVAL_H
#include "encfmt.h"

struct encval {
	struct field *val;	/* a piece each; s NULL: null */
	struct buf *tmp;	/* a piece each */
	size_t n;
	struct buf record;	/* a message of a file, whose length goes first */
};

void encval_bind(struct encval *, const struct enc *);
void encval_free(struct encval *);
/*
 * encval_begin: sets val, as long as the record lives; a broken escape: exit 1
 * with the place.  Returns where its message is to be put: behind what is in
 * the buffer or, of a file, into record, which encval_end puts there.
 */
struct buf *encval_begin(struct encval *, struct enc *, struct rec *, struct buf *);
void encval_end(const struct encval *, const struct enc *, struct buf *);
/* A value that the format does not take: the place, its name, why, and its text; exit 1. */
void encval_bad(const struct encval *, const struct enc *, const struct rec *, size_t piece, const char *why)
    __attribute__((noreturn));
#endif
