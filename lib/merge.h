/* merge - the marks of several inputs made into those of one stream */
#ifndef MERGE_H
#define MERGE_H
#include "feed.h"
#include "op.h"
#include "valve.h"

struct merge_input {
	bool waits;		/* at a barrier for the others, or stopped, or ended: not to be read on */
	/* the rest is merge.c's own, and merge_data's */
	bool idle;		/* it said so, and nothing has come since */
	int64_t pos;		/* the largest time or watermark, for merge_behind */
	bool stopped, ended;
	int64_t seq;		/* of the barrier that it waits at */
	struct buf args;	/* of that barrier or of the end */
};

/*
 * Watermark: the valve's.  Barriers pair by SEQ: the lowest one goes out once
 * every input is at it or at a later one; an input that ended or stopped has
 * them all.  committed= is the largest that one of them named.  #idle goes out
 * once when all are idle; #stop when all have stopped or ended, #end when all
 * have ended.
 */
struct merge {
	struct merge_input *v;
	size_t n;
	/* the rest is merge.c's own, and merge_data's */
	struct feed *feed;
	struct next *next;
	struct valve valve;
	int64_t T;		/* last watermark sent */
	bool idle;		/* #idle was sent, and is still true */
	bool fresh;		/* nothing went out behind the last barrier */
	int64_t seq;		/* of the last barrier; -1: none yet */
	struct buf id;		/* of it, a string */
	struct buf committed;	/* a string; s NULL: none */
};

/* Reads all headings; each is then in its stream.  The IDs of #restore must agree, else exit 1. */
bool merge_open(struct merge *, struct feed *, struct next *);
const char *merge_restore(const struct merge *);	/* ID, or NULL */
/*
 * The next line of the input that is behind in event time, *i; of those that
 * are as far the first.  It is waited for unless it is idle, so without #idle
 * the order is a function of the inputs.
 */
enum event merge_behind(struct merge *, size_t *i, struct rec *);
void merge_wake(struct merge *, size_t i);
/* Whatever is not STREAM_DATA, into the chain.  True: it was the last one, and the chain has been told. */
bool merge_event(struct merge *, size_t i, enum event, const struct rec *);

/*
 * For the tool's fits, save and load.  The inputs come again from that barrier
 * on: what they had sent already behind it, and that one had ended, they say
 * themselves.
 */
void merge_fits(const struct merge *, struct snap *);
void merge_save(const struct merge *, struct snap *);
bool merge_load(struct merge *, const struct rec *);	/* false: it is another record */

/* A record came: its input is not idle. */
static inline void
merge_data(struct merge *m, size_t i)
{
	m->fresh = false;
	if (m->v[i].idle)
		merge_wake(m, i);
}
#endif
