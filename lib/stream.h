/* stream - one input: its lines, checked, as what they mean; see weir(5) */
#ifndef STREAM_H
#define STREAM_H
#include "bulk.h"
#include "head.h"
#include "io.h"

enum event {
	STREAM_NONE,		/* go on: the line was one of many */
	STREAM_HEAD,		/* the heading is complete; once, before all that follow */
	STREAM_DATA,		/* the record */
	STREAM_MARK,		/* the watermark is T */
	STREAM_BARRIER,		/* args is what stands behind it */
	STREAM_IDLE,
	STREAM_LINE,		/* another control line, in the record */
	STREAM_STOP,
	STREAM_END		/* args is what stands behind it, "" if nothing */
};

struct stream {
	struct in in;
	struct head head;
	int64_t T;		/* last watermark; INT64_MIN: none yet */
	struct buf restore;	/* ID of #restore, with a NUL, once the heading is complete; s NULL: none */
	struct buf args;	/* with a NUL */
	/* the rest is stream.c's own, and stream_next's */
	size_t quick;		/* columns of a record, when nothing but its line is to be looked at; else 0 */
	bool headed;
	bool again;		/* rec is to be looked at once more */
	bool barrier;		/* the line before was one */
	enum event last;	/* #end or #stop, if the end of the file follows */
	struct buf held;	/* unknown control lines within the heading */
	size_t heldat;
	uint32_t sep[2];	/* of one of them */
	struct rec rec;
};

void stream_init(struct stream *, int fd, const char *name);	/* name NULL: standard input */
enum event stream_slow(struct stream *, struct rec *, int);	/* for stream_next only */

/* Whether stream_next has something to say without a line from the reader. */
static inline bool
stream_holds(const struct stream *s)
{
	return s->again;
}

/*
 * The next line.  A line that breaks the rules: message, exit 1; the end of the
 * file without #end or #stop: message, exit 111.  Behind STREAM_STOP and
 * STREAM_END there is nothing.
 */
static inline enum event
stream_next(struct stream *s, struct rec *r)
{
	struct in *in = &s->in;
	char c;

	if (s->again)
		return stream_slow(s, r, 1);
	if (in->i == in->nlf && !in_index(in))
		return stream_slow(s, r, in_wait(in, r));
	/* looked at before the record is made: it need not wait for that */
	c = in->buf[(uint32_t)(in->at[in->prev] + 1)];
	in_take(in, r);
	if (r->nf == s->quick && ((c >= '0' && c <= '9') || c == '-'))
		return STREAM_DATA;
	return stream_slow(s, r, 1);
}

/* The records that follow the last one, as far as they are at hand; false: there are none. */
bool stream_bulk(struct stream *, struct bulk *);
void stream_took(struct stream *, const struct bulk *);	/* what is left of it comes again */
#endif
