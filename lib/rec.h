/* rec - one record, as read (a line and where its fields end) or as built (fields) */
#ifndef REC_H
#define REC_H
#include <stdbool.h>
#include <stdint.h>

#include "esc.h"

#define ORIGIN_RECORD (-2)

/* Where a record came from, for messages. */
struct origin {
	const char *name;	/* file or topic; NULL: the stream on standard input */
	int partition;		/* of a topic; -1: a file or stream; ORIGIN_RECORD: a file that has no lines */
	int64_t pos;		/* line or record, from 1, or offset */
};

/*
 * A record is borrowed until the callback that got it returns; to keep it,
 * copy it.  As read: column i lies between sep[i-1] and sep[i] of base, so
 * sep[-1] + 1 is where the line starts (modulo 2^32) and base[sep[nf-1]] is its
 * LF, behind which 8 bytes may be read.  As built (f is not NULL): column i is
 * f[i]; f[0] is the time's text if there is text, else it is timed.  Fields are
 * escaped in both forms.
 */
struct rec {
	const char *base;
	const uint32_t *sep;
	const struct field *f;
	size_t nf;			/* columns, the time included */
	int64_t time;			/* valid if timed */
	bool timed;
	bool text;			/* as built: the time goes on as f[0] says it */
	const struct origin *from;	/* may be NULL */
};

static inline struct field
rec_field(const struct rec *r, size_t i)
{
	uint32_t from;

	if (r->f != NULL)
		return r->f[i];
	from = r->sep[(ptrdiff_t)i - 1] + 1;	/* wraps to 0 at the first line */
	return (struct field){ r->base + from, r->sep[i] - from };
}

static inline bool
rec_hastext(const struct rec *r)	/* column 0 is there as text */
{
	return r->f == NULL || r->text;
}

int64_t rec_readtime(struct rec *);	/* parses column 1, which has text; bad: exit 1 */

static inline int64_t
rec_time(struct rec *r)			/* ms, in +-TIME_LIMIT */
{
	return r->timed ? r->time : rec_readtime(r);
}

static inline struct field
rec_line(const struct rec *r)		/* a record as read: the line, no LF */
{
	uint32_t from = r->sep[-1] + 1;

	return (struct field){ r->base + from, r->sep[r->nf - 1] - from };
}

void rec_join(struct rec *, struct buf *);		/* appends it as a line, no LF; either form */
void origin_show(const struct origin *, char *, size_t);	/* "line 17", "f.csv: line 17", "f.avro: record 17", "topic t partition 0 offset 5" */
void rec_place(const struct origin *(*)(const struct origin *));	/* rec_bad asks for the place to tell, NULL: none */
void rec_bad(const struct rec *, const char *, ...)	/* "place: message", exit 1 */
    __attribute__((noreturn, format(printf, 2, 3)));
#endif
