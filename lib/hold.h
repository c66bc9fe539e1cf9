/* hold - copies of records, let go in any order */
#ifndef HOLD_H
#define HOLD_H
#include "rec.h"

struct hold_block;

/*
 * Records are copied one behind the other into blocks; a block comes back when
 * the last record in it has been let go.
 */
struct hold {				/* {0} is a valid empty hold */
	struct hold_block *now;		/* where copies go */
	struct hold_block *spare;	/* one block is kept for the next */
	struct field *f;		/* of hold_rec */
	size_t nf;
};

struct held {
	struct hold_block *block;
	int64_t time;
	size_t own, n;			/* bytes of the owner, and of the fields, which follow */
};

/* own: bytes, aligned for numbers, not zeroed, that the owner has with it. */
struct held *hold_copy(struct hold *, struct rec *, size_t own);
struct field *hold_row(struct hold *, size_t nf);	/* room for so many fields, shared with hold_rec */
struct rec hold_rec(struct hold *, const struct held *, size_t nf);	/* valid until the next call */
void hold_free(struct hold *, struct held *);
/* To where new copies go; moving all that are held gives all other blocks back. */
struct held *hold_move(struct hold *, struct held *);

static inline void *
held_own(const struct held *d)
{
	return (void *)(uintptr_t)(d + 1);
}

static inline const char *
held_fields(const struct held *d)	/* without the time, a TAB behind each */
{
	return (const char *)(d + 1) + d->own;
}
#endif
