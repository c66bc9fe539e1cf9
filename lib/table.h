/* table - the open tumbling or sliding windows, each with its keys */
#ifndef TABLE_H
#define TABLE_H
#include "map.h"
#include "win.h"

struct pane {				/* one open window */
	struct span w;
	bool fired;			/* its rows have been written once */
	struct map map;			/* key to the owner's bytes */
	uint32_t *touched;		/* entries, by number, since the last pane_calm */
	size_t ntouched, cap;
};

struct table {
	struct pane **v;		/* by start; v[first, n) */
	size_t first, n, cap;
	size_t own;			/* bytes a key has for the owner */
	struct pane *last;		/* the one of the last table_pane; NULL: none */
};

void table_init(struct table *, size_t own);
struct pane *table_pane(struct table *, struct span);	/* made if there is none */
void table_drop(struct table *);		/* the oldest one */

void pane_touch(struct pane *, struct map_ent *);	/* remembers that a key changed */
void pane_order(struct pane *);			/* touched, in order of first arrival of the key */
void pane_calm(struct pane *);			/* none is touched any more */
#endif
