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
/* It cannot be a part of a file's name: "not an epoch's ID that" and this, exit 1. */
void epoch_check(const char *id, const char *that);
/* SEQ of an ID that ends at a NUL or TAB, and where RUN begins; NULL: it is none. */
const char *epoch_seq(const char *id, int64_t *seq);
const char *epoch_run(void);	/* a name for a run that no other start has; static until the next call */
#endif
