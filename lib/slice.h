/* slice - rows that are kept for a while, by spans of time that are dropped whole */
#ifndef SLICE_H
#define SLICE_H
#include "join.h"
#include "map.h"

struct chain { struct join_row *first, *last; };	/* a key's rows in a slice, as they came */

struct slice {			/* [start, end), and what is kept of it */
	int64_t start, end;
	struct map map;		/* the owner's keys, to chains */
	bool saved;		/* it is in the last snapshot */
	struct join_row **fresh;	/* its rows that are not, as they came */
	size_t nfresh, cap;
};

struct slices {			/* {0} is a valid empty one */
	struct slice **v;	/* v[first, n), by time, disjoint */
	size_t first, n, cap;
};

size_t slices_find(const struct slices *, int64_t t);	/* the first one that ends after t, or n */
/* A new one at place i, as much of the span as lies between its neighbours. */
struct slice *slices_put(struct slices *, size_t i, int64_t start, int64_t end);
void slices_drop(struct slices *, int64_t to, int64_t T);	/* those with end + to < T */

void slice_add(struct map_ent *, struct join_row *);	/* an entry of its map; sets the row's key */
void slice_note(struct slice *, struct join_row *);	/* into fresh */
#endif
