/* dead - dead letters: bad records, whole, with place and reason, in a file or elsewhere */
#ifndef DEAD_H
#define DEAD_H
#include "io.h"
#include "snap.h"

struct state;

struct pair { struct field name, value; };	/* a header; value.s NULL: null */

/* A record that is bad, as it came. */
struct letter {
	const struct origin *from;
	struct field data;	/* s NULL: a message without a payload */
	/* of a message: */
	struct field key;	/* s NULL: none */
	const char *tstype;	/* "create" or "logappend"; NULL: no timestamp */
	int64_t ts;		/* ms */
	const struct pair *header;
	size_t nheader;
};

/* Another place than a file. */
struct deadway {
	void (*put)(void *, const struct letter *, const char *why);
	void (*settle)(void *);	/* waits until all are safe */
	void (*close)(void *);	/* after settle */
};

struct dead {
	const char *path;
	const struct deadway *way;	/* NULL: a file */
	void *arg;
	struct out out;
	struct buf line;
	int64_t n;		/* records written */
	bool placed;		/* the file ends where the run goes on from */
};

/*
 * One JSON object a line: file and line, or topic, partition and offset, then
 * reason; of a message tstype, ts, headers and key; payload, the record.  What
 * is not UTF-8, or has a NUL, is in base64 instead: key64, payload64; headers64
 * with all values in base64.  These are the members of -s envelope.  An existing
 * file is appended to.
 */
void dead_open(struct dead *, const char *path, const struct deadway *, void *);	/* cannot be opened: exit 1 */
void dead_put(struct dead *, const struct letter *, const char *why);	/* to a file: written at once */
void dead_safe(struct dead *);		/* before a barrier or the end: those of another place have arrived */
void dead_close(struct dead *);

/*
 * For a source with state.  dead_keep: the file stays.  dead_begin: the source
 * reads from its beginning; what an attempt before it wrote is cut off.
 * dead_join: it goes on from an epoch at which it had no such file; what an
 * attempt to go on from there wrote is cut off.
 */
void dead_keep(const struct dead *);
void dead_begin(struct dead *, const struct state *);
void dead_join(struct dead *, const struct state *, const char *id);
void dead_save(struct dead *, struct snap *);	/* its length; it is safe then */
void dead_load(struct dead *, const struct rec *, const struct state *, const char *id);	/* back to that length */
#endif
