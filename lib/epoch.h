/* epoch - the ID of an epoch, SEQ.RUN; see weir(5) */
#ifndef EPOCH_H
#define EPOCH_H
#include "buf.h"

/*
 * From the ID of one epoch, "" before the first, to that of the next: given,
 * or if that is "", as of an #end without one, SEQ + 1 of the same run.  With
 * a NUL behind n.
 */
void epoch_next(struct buf *id, const char *given);
void epoch_check(const char *id);	/* it cannot be a part of a file's name: message, exit 1 */
#endif
