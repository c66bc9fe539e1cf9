/* dead - the dead-letter file: bad records, whole, with place and reason */
#ifndef DEAD_H
#define DEAD_H
#include "io.h"

struct dead {
	const char *path;
	struct out out;
	struct buf line;
	int64_t n;		/* records written */
};

/*
 * One JSON object a line: file and line, or topic, partition and offset;
 * reason; key, of a message; data.  A text that is not UTF-8 goes into key64,
 * data64 as base64.  An existing file is appended to.
 */
void dead_open(struct dead *, const char *path);	/* cannot be opened: exit 1 */
void dead_put(struct dead *, const struct origin *, struct field raw,
    const struct field *key, const char *why);		/* written at once; key may be NULL */
void dead_close(struct dead *);

/*
 * For a source with state.  dead_begin: the run starts from the beginning;
 * what an attempt before it wrote and never committed is cut off.
 */
void dead_begin(struct dead *, int dir, const char *path);	/* of the state directory */
int64_t dead_settle(struct dead *);	/* its length; it is on the disk */
void dead_cut(struct dead *, int64_t);	/* back to that length */
#endif
