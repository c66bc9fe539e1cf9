/* file - one of the files that sread reads to its end, compressed or not */
#ifndef FILE_H
#define FILE_H
#include <signal.h>

#include "dec.h"
#include "spot.h"

struct file {
	const char *name;	/* NULL: standard input */
	int fd;
	bool live;		/* not a plain file: it may have nothing for now */
	struct spot spot;	/* offset -1: it has not been opened yet */
	bool looked;		/* whether it is compressed is known */
	bool packed;		/* it is */
	struct unpack *unpack;	/* what decompresses it; NULL: nothing, or it has ended */
};

/* Looks at it without opening it; "-" is standard input; not there: message, exit 1. */
void file_check(struct file *, const char *name);
/*
 * The file into the reader: the same buffers for all.  It goes on at its spot,
 * and must be the file that was read then: else message, exit 1.  False: a
 * signal has set *stopped while a FIFO waited for its writer.
 */
bool file_open(struct file *, struct in *, bool first, const volatile sig_atomic_t *stopped);
int file_fd(const struct file *);	/* what is read from: the file, or what decompresses it */
void file_fill(struct file *, struct in *);	/* one read */
void file_spot(struct file *, const struct in *, const struct lane *);	/* notes how far it has been read */
const char *file_name(const struct file *);
#endif
