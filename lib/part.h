/* part - one of the files that a snapshot is made of; for state.c */
#ifndef PART_H
#define PART_H
#include "snap.h"

struct part {
	char *id;
	int64_t bytes;
	uint64_t sum;		/* checksum of all its records */
};

struct reading {
	const char *id;
	struct snapread in;
	char *path;		/* of the file */
};

void part_name(struct buf *, const char *id);	/* of the file, with a NUL */
/*
 * A stage whose input ended or stopped before that of others has no part in
 * their later epochs: it stands as it was.  part_rest notes that, for the run
 * of the ID; part_find gives the ID of the snapshot that is that epoch's, its
 * own if it was made.  The caller frees it.
 */
#define PART_REST "rest."	/* and the run's name: the note */
void part_rest(int dir, const char *path, const char *id);
char *part_find(int dir, const char *path, const char *id);
/*
 * dir is open, path its name for messages.  Not there: exit 1; so for a file
 * that is torn or altered, or was written for another epoch.
 */
void part_open(struct reading *, int dir, const char *path, const char *id);
bool part_next(struct reading *, struct rec *);
void part_close(struct reading *);
bool part_own(const struct rec *);	/* the record is the runner's, not the tool's */
/* The tool's records of it; that its checksum is another one is known at their end: exit 1. */
void part_read(int dir, const char *path, const struct part *, void (*rec)(void *, const struct rec *), void *arg);
#endif
