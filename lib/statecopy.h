/* statecopy - the states of one epoch, from one run's directory to another one; for savepoint.c */
#ifndef STATECOPY_H
#define STATECOPY_H
#include <stdbool.h>

/*
 * Linked, or copied to another file system; what was written beside the stream
 * is copied as far as the snapshot has it.  The directories are open, their
 * paths for messages.  False: the epoch's snapshots are not all there (any
 * more).  What is not as it must be: message, exit 1.
 */
bool states_copy(int from, const char *frompath, int to, const char *topath, const char *id);
#endif
