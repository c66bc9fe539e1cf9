/* cogroup - records of two sides that share a key and a window */
#ifndef COGROUP_H
#define COGROUP_H
#include "join.h"
#include "table.h"

/*
 * Rows come out when T >= end, with the time end - 1: by window, then by first
 * arrival of the key in it, then left by left.  A record is late when all its
 * windows are complete.  Flink's join and coGroup of windows.
 */
struct cogroup {
	/* set before cogroup_init; the window is tumbling or sliding */
	struct join *join;
	struct window window;
	/* the rest is cogroup.c's own */
	struct pane *into;	/* that the records being loaded are of */
	struct table table;
	int64_t T;
	bool tracks;		/* what came since the last cogroup_save is touched */
};

void cogroup_init(struct cogroup *);
void cogroup_data(struct cogroup *, size_t side, struct rec *, struct next *);
int64_t cogroup_mark(struct cogroup *, int64_t T, struct next *);
/* An operator's; load is called with NULL too, returns false for a record of another kind. */
void cogroup_save(struct cogroup *, struct snap *);
bool cogroup_load(struct cogroup *, const struct rec *);
#endif
