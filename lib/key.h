/* key - the text by which records are grouped: equal values, equal bytes */
#ifndef KEY_H
#define KEY_H
#include "head.h"
#include "rec.h"
#include "snap.h"

struct key {
	size_t *col;
	enum type *type;
	char **name;
	size_t n;		/* 0: all records are one group */
	size_t text;		/* the only column, if its fields are keys as they stand; else 0 */
	struct buf b;
};

void key_bind(struct key *, const struct head *, const char *names);	/* names NULL: no columns */
struct field key_make(struct key *, struct rec *);	/* for key_text only */
/*
 * The key columns as escaped fields with TABs between, valid until the next
 * call or as long as the record.  One text column is not copied.  Numbers are
 * written the one way that weir writes them, so 1.50 is 1.5 and -0 is 0; a
 * number that is none is bad data.
 */
static inline struct field
key_text(struct key *k, struct rec *r)
{
	return k->text > 0 ? rec_field(r, k->text) : key_make(k, r);
}

void key_split(const struct key *, struct field text, struct field *to);	/* its n columns */
/* The text in a snapshot's record: k->n fields. */
void key_save(const struct key *k, struct field text, struct snap *);
struct field key_load(const struct key *, const struct rec *, size_t i);	/* from field i on; as long as the record */
void key_free(struct key *);
#endif
