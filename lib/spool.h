/* spool - the records of an epoch in a file, for a command to read */
#ifndef SPOOL_H
#define SPOOL_H
#include "buf.h"
#include "io.h"

struct spool {			/* {0} is a valid empty spool; stays where it is once something was put */
	struct out out;
	int fd;			/* the same file, for reading */
	bool open;
	/* of spool_keep; name NULL: a temporary file without a name */
	int dir;
	const char *name;
	struct buf path;
};

/* From now on the file has that name in that directory, path for messages, and is on the disk when it is taken. */
void spool_keep(struct spool *, int dir, const char *name, const char *path);

void spool_put(struct spool *, const char *, size_t);	/* an error ends the program, 111 */
/*
 * All that was put, from its start; the caller closes it, and the spool is
 * empty again.  -1: nothing was put.
 */
int spool_take(struct spool *);
#endif
