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
