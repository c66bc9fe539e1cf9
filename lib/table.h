/* table - the open tumbling or sliding windows, each with its keys */
#ifndef TABLE_H
#define TABLE_H
#include "map.h"
#include "win.h"

struct pane {				/* one open window */
	struct span w;
	bool fired;			/* its rows have been written once */
	struct map map;			/* key to the owner's bytes */
	uint32_t *touched;		/* entries, by number, since the last table_calm */
	size_t ntouched, cap;
};

struct table {
	struct pane **v;		/* by start; v[first, n) */
	size_t first, n, cap;
	size_t own;			/* bytes a key has for the owner */
	struct pane *last;		/* the one of the last table_pane; NULL: none */
	struct span *touched;		/* windows of panes with touched entries; some may be gone */
	size_t ntouched, touchedcap;
	struct pane **open;		/* of table_touched */
	size_t opencap;
};

void table_init(struct table *, size_t own);
struct pane *table_pane(struct table *, struct span);	/* made if there is none */
void table_drop(struct table *);		/* the oldest one */

/* Remembers that a key changed. */
void pane_touch(struct table *, struct pane *, struct map_ent *);

static inline void
table_touch(struct table *t, struct pane *p, struct map_ent *e)
{
	if (e->mark == 0)
		pane_touch(t, p, e);
}

/* The panes that have touched keys, by start; these in order of first arrival. */
struct pane **table_touched(struct table *, size_t *n);
void table_calm(struct table *);		/* none is touched any more */
#endif
