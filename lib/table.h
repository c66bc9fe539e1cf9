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
	size_t place;			/* in the table's touched, if there are any */
};

struct table {
	struct pane **v;		/* by start; v[first, n) */
	size_t first, n, cap;
	size_t own;			/* bytes a key has for the owner */
	struct pane *last;		/* the one of the last table_pane; NULL: none */
	struct pane **touched;		/* those that have touched entries */
	size_t ntouched, touchcap;
};

void table_init(struct table *, size_t own);
struct pane *table_pane(struct table *, struct span);	/* made if there is none */
size_t table_after(const struct table *, int64_t end);	/* place of the first that ends after this; all are of one size */
void table_drop(struct table *);		/* the oldest one */

void table_touch(struct table *, struct pane *, struct map_ent *);	/* remembers that a key changed */
void table_sort(struct table *);		/* touched panes by start */
void table_order(struct table *);	/* their entries too, in order of first arrival of the key */
void table_calm(struct table *);	/* none is touched any more */
#endif
