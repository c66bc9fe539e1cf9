/* snap - one snapshot file: written durably, handed out only as far as it is whole; see weir(5) */
#ifndef SNAP_H
#define SNAP_H
#include "rec.h"

#define SNAP_VERSION 1

/*
 * Records are lines of a word and fields, escaped as a stream's.  Words that
 * start with '#' are the runner's.  After each block of records comes a line
 * with their number so far and a checksum chained over all blocks (XXH64);
 * the last one is #end.
 */
struct snap {
	bool whole;		/* all of the state is wanted, else what has changed since the last one */
	/* the rest is snap.c's own */
	int fd;			/* -1: only kept in b */
	const char *path;
	struct buf b;
	int64_t n;		/* records */
	int64_t bytes;		/* written */
	uint64_t sum;
	bool open;		/* a record has no LF yet */
	bool pack;		/* each block becomes a frame of zstd */
	struct buf frame;
};

/* A write error ends the program, 111.  path: for messages, borrowed.  Compressed if $WEIR_STATE_ZSTD is set. */
void snap_init(struct snap *, int fd, const char *path);
void snap_rec(struct snap *, const char *word);		/* begins a record */
void snap_put(struct snap *, struct field);		/* a field, already escaped */
void snap_text(struct snap *, const char *, size_t);	/* raw bytes, without NUL */
void snap_int(struct snap *, int64_t);
void snap_float(struct snap *, double);			/* comes back as the same double, NaN as NaN */
void snap_line(struct snap *, const struct rec *);	/* a whole record as snapread_next gave it */
/* For fits: one of the settings that the state depends on, as text for people. */
void snap_fit(struct snap *, const char *name, const char *value);
int64_t snap_end(struct snap *);	/* #end; on the disk when it returns; returns the file's bytes */
void snap_free(struct snap *);

struct snapread {
	struct origin from;
	int fd;
	struct buf b;		/* a block, and what was read behind it */
	size_t at, block;	/* next record; where the block ends */
	size_t next;		/* what follows its checksum */
	int64_t n;
	uint64_t sum;
	bool ended;
	bool looked, packed;	/* at its first bytes; it is compressed */
	struct buf frames;	/* what was read and not decompressed yet */
	uint32_t *sep;
	size_t cap;
};

/* What is torn or altered: message, exit 1, before anything of that block was handed out. */
void snapread_open(struct snapread *, int fd, const char *path);
bool snapread_next(struct snapread *, struct rec *);	/* false: the end */
void snapread_close(struct snapread *);

/* For load.  A field that is not what was to be there: message, exit 1. */
bool snap_word(const struct rec *, const char *word);	/* the record is of that word */
bool snap_is(const struct rec *, const char *word, size_t nf);	/* the word, with so many fields behind it: fewer or more is bad */
struct field snap_field(const struct rec *, size_t i);	/* from 1, escaped */
int64_t snap_getint(const struct rec *, size_t i);
size_t snap_getsize(const struct rec *, size_t i);	/* not negative */
double snap_getfloat(const struct rec *, size_t i);
void snap_getraw(const struct rec *, size_t i, struct buf *);	/* appends the raw bytes */
_Noreturn void snap_bad(const struct rec *);		/* not a record that this tool saves */
#endif
