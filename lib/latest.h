/* latest - of rows that replace one another, those that stand in the end */
#ifndef LATEST_H
#define LATEST_H
#include "head.h"
#include "hold.h"
#include "key.h"

/*
 * A row goes if a later one has its key; in a revise stream whose key has
 * window columns, if a later one of the same other keys covers its window.
 */
struct latest {
	struct key key;			/* without the window of a revise stream */
	size_t start, end;		/* its columns; 0: the key is all */
	size_t nf;
};

void latest_bind(struct latest *, const struct head *);	/* of mode update or revise */
/* Bad data, as in key_text and of a window that is no time: exit 1, so that latest_keep finds none. */
void latest_check(struct latest *, struct rec *);
/* Keeps those of v[0, n), oldest first, that stand; lets the others go.  How many are left. */
size_t latest_keep(struct latest *, struct hold *, struct held **v, size_t n);
#endif
