/* batch - an epoch's records on the disk, from when it is committed until a command is done with them; see sbatch(1) */
#ifndef BATCH_H
#define BATCH_H
#include "buf.h"
#include "spool.h"

/*
 * An epoch is committed by one rename, of its records to epoch-ID; of one
 * without records it is that of the file `done`, which names the last epoch
 * whose command has succeeded.  Errors end the program, 111.
 */
struct batch {
	char *left;		/* the ID of an epoch that is committed and not done; NULL: there is none */
	char *id;		/* of the epoch that batch_open found committed; NULL: none */
	/* the rest is batch.c's own */
	int dir;
	const char *path;
	struct buf name;
};

/*
 * The directory is made when it is missing, and locked while the process or a
 * command of it lives.  What was not committed is removed; the spool's records
 * will be kept in the directory.
 */
void batch_open(struct batch *, const char *dir, struct spool *);
int batch_left(const struct batch *);	/* the records of left; the caller closes it */
/* The epoch is committed with what was put; the records, for the caller to close, or -1: there are none. */
int batch_commit(struct batch *, const char *id, struct spool *);
void batch_done(struct batch *, const char *id);	/* its command has succeeded */
#endif
