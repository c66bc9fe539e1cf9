/* beside - what is written beside the stream, late records and dead letters: a part of the state */
#ifndef BESIDE_H
#define BESIDE_H
#include "state.h"

/*
 * Their length stands in the snapshot, as a record of the word, the length and
 * the path; a FIFO or a terminal has none, and is left alone.
 */
void beside_keep(int fd, const char *path);	/* at the start: its name is on the disk then */
void beside_save(int fd, const char *path, const char *word, struct snap *);	/* it is on the disk then */
/*
 * Back to that length.  A savepoint brought from elsewhere holds the file, as
 * ID.word without '#': then that is what it becomes.  Shorter: exit 1.
 */
void beside_cut(int fd, const char *path, int64_t n);
void beside_load(int fd, const char *path, const struct rec *, const struct state *, const char *id);
#endif
