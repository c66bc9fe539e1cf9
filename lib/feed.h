/* feed - several inputs, none of which is ever left unread while another is waited for */
#ifndef FEED_H
#define FEED_H
#include <poll.h>

#include "queue.h"
#include "stream.h"

struct feed_input {
	struct stream s;
	bool want;		/* the owner's: its next line is to be processed */
	/* the rest is feed.c's own */
	struct queue q;		/* what came while it was not wanted */
	const char *name;
	bool file;		/* a plain file: no one waits for it to be read */
	bool eof;		/* of the descriptor; the queue may hold more */
	bool told;		/* that it is being waited for */
};

struct feed {
	struct feed_input *v;
	size_t n;
	size_t turn;		/* of those that are wanted, the one asked first */
	/* the rest is feed.c's own */
	struct pollfd *p;
	void (*pause)(void *, bool);
	void *arg;
};

#define FEED_PATIENCE 10000	/* ms without a line that another input waits for */

/*
 * Files or FIFOs by name, "-" is standard input, at most once; names are
 * borrowed.  What cannot be opened: message, exit 1.  pause as in struct in.
 */
void feed_open(struct feed *, const char *const *names, size_t n,
    void (*pause)(void *, bool), void *arg);
size_t feed_wait(struct feed *);

/*
 * The next line of an input that is wanted, *i; of several that have one, in
 * turn.  Reads the others meanwhile, into their queues.
 */
static inline enum event
feed_next(struct feed *f, size_t *i, struct rec *r)
{
	struct feed_input *v = &f->v[f->turn];

	*i = f->turn;
	if (!v->want || !in_ready(&v->s.in)) {
		*i = feed_wait(f);
		v = &f->v[*i];
	}
	return stream_next(&v->s, r);
}

/* Whether the input has a line, or its end, that is known without reading. */
static inline bool
feed_has(const struct feed *f, size_t i)
{
	const struct feed_input *v = &f->v[i];

	return in_ready(&v->s.in) || stream_holds(&v->s) || v->s.in.eof ||
	    v->q.n > 0;
}
#endif
