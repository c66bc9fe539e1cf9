/* spot - how far a file has been read, found again when it was renamed, copied or shipped */
#ifndef SPOT_H
#define SPOT_H
#include <sys/types.h>

#include "snap.h"

#define SPOT_FIELDS 7

/*
 * A file is known by its first bytes, up to SPOT_HEAD of those that were read;
 * of several that begin alike the one with the device and inode is taken.
 */
#define SPOT_HEAD 1024

struct spot {
	int64_t dev, ino;
	int64_t offset;		/* bytes read; -1: no file has been read yet */
	int64_t line;		/* lines read */
	int64_t nhead;
	uint64_t head;		/* XXH64 of the first nhead bytes */
};

void spot_take(struct spot *, int fd, const char *name, int64_t offset, int64_t line);
void spot_packed(struct spot *, int fd, const char *name);	/* behind it, when offset counts what was decompressed */
void spot_save(const struct spot *, const char *name, struct snap *);	/* SPOT_FIELDS more fields of the record */
void spot_load(struct spot *, const struct rec *, size_t i, struct buf *name);	/* from field i on; name with a NUL */
size_t spot_head(int fd, const char *name, char *to, size_t n);	/* its first n bytes, less where it ends; how many */
bool spot_begins(const struct spot *, int fd, const char *name);	/* as the file that was read */
bool spot_is(const struct spot *, int fd, const char *name);	/* the file that was read, and no shorter than then */
/*
 * The files to read one after the other to go on from there, each to its end:
 * the one that was read, those that were rotated since, by their times; the
 * last is name itself, behind it NULL.  They are those in name's directory that begin with its
 * name.  The one that was read is not there: message, exit 1.
 */
char **spot_find(const struct spot *, const char *name, size_t *n);
#endif
