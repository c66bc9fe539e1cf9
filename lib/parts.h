/* parts - files that appear whole, one an epoch, in a directory that knows which epoch came last; see swrite(1) */
#ifndef PARTS_H
#define PARTS_H
#include "buf.h"
#include "io.h"

/*
 * An epoch is committed by one rename, that of the file `commit` with its ID and
 * the name of its part.  A part has another name until then, NUMBER.tmp.
 * Errors in writing end the program, 111; nothing is damaged by them.
 */
struct parts {
	char *id;		/* of the epoch that parts_open found committed; NULL: none */
	/* the rest is parts.c's own */
	int dir;
	const char *path;
	struct buf ext;		/* of a part's name, with a NUL */
	int64_t n;		/* the last part's number */
	struct buf tmp, name;	/* of the next part */
	struct buf what;	/* the same for messages */
	struct out out;
	bool begun;
};

/*
 * The directory is made when it is missing, and locked while the process
 * lives.  What the last commit left to do is done, what was not committed is
 * removed.  Part files without a commit file: exit 1.
 */
void parts_open(struct parts *, const char *dir, const char *ext);
struct out *parts_begin(struct parts *);	/* the epoch's part, empty; stays until parts_commit */
void parts_commit(struct parts *, const char *id);	/* the epoch is there, with the part, if one was begun */
#endif
