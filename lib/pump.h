/* pump - lines to a command and its answers back, never waiting for one end alone */
#ifndef PUMP_H
#define PUMP_H
#include <poll.h>

#include "child.h"
#include "io.h"

struct pump {
	struct child child;
	int to;			/* the command's standard input, or -1 */
	struct buf buf;		/* what waits for it: from at on */
	size_t at;
	bool ending;
	struct in from;		/* its standard output */
};

void pump_start(struct pump *, char *const *argv);	/* as child_start */
/* With a file as its input, which stays open here: only answers are to come. */
void pump_run(struct pump *, char *const *argv, int in);
void pump_put(struct pump *, const char *, size_t);	/* queued; nothing is written yet */
void pump_end(struct pump *);	/* behind what is queued comes the end */

static inline size_t
pump_left(const struct pump *p)		/* bytes queued */
{
	return p->buf.n - p->at;
}

size_t pump_want(const struct pump *, struct pollfd *);	/* what it waits for, at most 2 */
/*
 * Writes and reads what can be, after at most ms (-1: no limit).  False: the
 * time is over, or a signal came.  Take the answers before the next call.
 */
bool pump_move(struct pump *, int ms);
/* 1: an answer, without its LF, until the next pump_move; 0: none for now; -1: the command's output has ended. */
int pump_answer(struct pump *, struct field *);
int pump_wait(struct pump *, char *why, size_t);	/* child_wait, after the output has ended; all is closed */
#endif
