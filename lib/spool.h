/* spool - the records of an epoch in a temporary file without a name, for a command to read */
#ifndef SPOOL_H
#define SPOOL_H
#include "io.h"

struct spool {			/* {0} is a valid empty spool; stays where it is once something was put */
	struct out out;
	int fd;			/* the same file, for reading */
	bool open;
};

void spool_put(struct spool *, const char *, size_t);	/* an error ends the program, 111 */
/*
 * All that was put, from its start; the caller closes it, and the spool is
 * empty again.  -1: nothing was put.
 */
int spool_take(struct spool *);
#endif
