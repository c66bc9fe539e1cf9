/* bag - texts that an accumulator keeps: a list in order of arrival, or a set */
#ifndef BAG_H
#define BAG_H
#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "esc.h"

struct bag_item {
	int64_t seq;			/* of a list: when it came */
	size_t at;			/* its text in s */
	uint32_t n, hash;
};

/* Its memory is in the arena that each call gets, always the same one. */
struct bag {				/* {0} is a valid empty one */
	struct bag_item *item;
	size_t n, cap;
	size_t kept;			/* the owner's: how many are in a snapshot; 0 when others may be before them */
	char *s;			/* all texts, one behind the other */
	size_t len, room;
	uint32_t *slot;			/* of a set: item + 1; 0: free */
	size_t mask;
};

void bag_append(struct bag *, struct field, int64_t seq, struct arena *);	/* to a list */
void bag_put(struct bag *, struct field, struct arena *);	/* into a set, unless it is there */
/* What another bag has; lists are ordered by seq, and each is in that order. */
void bag_append_all(struct bag *, const struct bag *, struct arena *);
void bag_put_all(struct bag *, const struct bag *, struct arena *);
void bag_clear(struct bag *);		/* empty; its memory is used again */

static inline struct field
bag_text(const struct bag *b, size_t i)
{
	return (struct field){ b->s + b->item[i].at, b->item[i].n };
}
#endif
