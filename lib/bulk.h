/* bulk - records as read that are at hand, for an operator that loops over them itself */
#ifndef BULK_H
#define BULK_H
#include <string.h>

#include "out.h"
#include "rec.h"

#define BULK_LINE 512		/* bytes of the longest line in a bulk, its LF not counted */
#define BULK_MORE 1024		/* bytes by which an operator may make a line longer */
#define BULK_STEP 32		/* bytes that bulk_copy copies at a time */

/* Room at the output for one record more. */
#define BULK_ROOM (BULK_LINE + 1 + BULK_MORE + BULK_STEP)

/*
 * The operator copies it into a variable of its own, so that the compiler knows
 * that what it writes changes none of this, loops by bulk_next, and copies it
 * back.
 */
struct bulk {
	const char *base;		/* of the record at hand, as in struct rec */
	const uint32_t *sep;
	int64_t nput;			/* records put out: the operator counts them */
	/* the rest is bulk_next's */
	size_t nf;			/* columns of every record */
	struct out *out;
	const char *full;		/* no room any more behind it */
	const uint32_t *at;		/* in struct in */
	const uint32_t *lf, *first, *end;
	uint32_t prev;
	struct origin *from;
	int64_t pos;			/* of the line before the first */
};

/*
 * The next record, of which nothing has been looked at but that it is none of
 * the lines that need care; `to` is where its line goes.  False: there is none.
 */
static inline bool
bulk_next(struct bulk *b, const char *to)
{
	const uint32_t *sep;
	uint32_t from;
	char c;

	if (b->lf == b->end || *b->lf - b->prev != b->nf || to > b->full)
		return false;
	sep = b->at + b->prev + 1;
	from = sep[-1] + 1;
	c = b->base[from];
	if (((c < '0' || c > '9') && c != '-') ||
	    sep[b->nf - 1] - from > BULK_LINE)
		return false;
	b->sep = sep;
	b->prev = *b->lf++;
	return true;
}

/* The record's line, its LF counted. */
static inline struct field
bulk_line(const struct bulk *b)
{
	uint32_t from = b->sep[-1] + 1;

	return (struct field){ b->base + from, b->sep[b->nf - 1] - from + 1 };
}

/* The line at hand, from 1. */
static inline int64_t
bulk_pos(const struct bulk *b)
{
	return b->pos + (b->lf - b->first);
}

/*
 * The record, for whoever may have to end the program for it: what was put out
 * before it, up to `to`, then goes out, and it is known where it stood.
 */
static inline struct rec
bulk_rec(const struct bulk *b, const char *to)
{
	b->out->n = (size_t)(to - b->out->buf);
	b->from->pos = bulk_pos(b);
	return (struct rec){ .base = b->base, .sep = b->sep, .nf = b->nf,
	    .from = b->from };
}

/* A part of a line; up to BULK_STEP bytes more are read and written, so that nothing hangs on its length. */
static inline char *
bulk_copy(char *to, const char *s, size_t n)
{
	size_t i = 0;

	do {
		memcpy(to + i, s + i, BULK_STEP);
		i += BULK_STEP;
	} while (i < n);
	return to + n;
}
#endif
