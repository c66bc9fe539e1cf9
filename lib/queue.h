/* queue - bytes that wait: in memory, beyond QUEUE_MEMORY in a temporary file */
#ifndef QUEUE_H
#define QUEUE_H
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define QUEUE_MEMORY ((size_t)64 << 20)	/* bytes in memory, unless said otherwise */

struct queue_chunk;

/*
 * What was put first is taken first.  Once bytes are in the file, later ones
 * go there too until it has been taken empty.  The file has no name, in TMPDIR
 * or /tmp; an error of the disk ends the program, 111.
 */
struct queue {				/* {0} is a valid empty queue */
	size_t n;			/* bytes in it */
	size_t most;			/* in memory; 0: QUEUE_MEMORY */
	/* the rest is queue.c's own */
	struct queue_chunk *first, *last;
	size_t inmem;
	int fd;				/* valid if open */
	bool open;
	off_t from, to;			/* what is in the file */
};

/* Room for at least one byte more; then how many have come. */
char *queue_room(struct queue *, size_t *);
void queue_got(struct queue *, size_t);
size_t queue_take(struct queue *, char *, size_t);	/* as many as there are, at most so many */
void queue_free(struct queue *);	/* empty again, valid */
#endif
