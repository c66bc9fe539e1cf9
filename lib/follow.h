/* follow - reads a file by its name as it grows, and those that take its place, as tail -F does */
#ifndef FOLLOW_H
#define FOLLOW_H
#include <sys/types.h>

#include "io.h"
#include "spot.h"
#include "watch.h"

struct follow {
	struct in in;		/* eof: the file is complete, its last line too */
	const char *name;
	struct spot spot;	/* of the file that was read last, by follow_spot */
	/* the rest is follow.c's own */
	char **older;		/* files to read before it, since an earlier run; NULL at their end */
	bool resumed;		/* spot says where the first one is to be read from */
	int fd;			/* -1: the file is not there */
	dev_t dev;
	ino_t ino;
	int wd;
	bool last;		/* another one has its name: only the rest is to be read */
	char head[SPOT_HEAD];	/* its first bytes, of those that were read */
	size_t nhead;
};

enum follow_what { FOLLOW_NONE, FOLLOW_MORE, FOLLOW_AGAIN };

void follow_init(struct follow *, const char *name, struct watch *);
/* Behind follow_init: goes on where an earlier run was, also when files were rotated since.  Not there: exit 1. */
void follow_resume(struct follow *, const struct spot *);
void follow_spot(struct follow *, int64_t offset, int64_t line);	/* notes where it is, in spot */
/*
 * One read.  FOLLOW_NONE: nothing for now; FOLLOW_MORE: bytes, or the end of a
 * file that has been replaced; FOLLOW_AGAIN: the file was cut, a message says
 * so, and what is read next is its start.  What cannot be read: exit 1.
 */
enum follow_what follow_read(struct follow *, struct watch *);
void follow_close(struct follow *, struct watch *);	/* the file is complete; next comes the one that has its name */
#endif
