/* rows - accumulators by key and window, and when their rows come out */
#ifndef ROWS_H
#define ROWS_H
#include "agg.h"
#include "key.h"
#include "op.h"
#include "session.h"
#include "table.h"
#include "win.h"

enum rows_when { ROWS_APPEND, ROWS_UPDATE, ROWS_COMPLETE, ROWS_EACH };

struct rows {
	/* set before rows_init, key and aggs bound */
	enum rows_when when;
	int64_t lateness;		/* ms */
	struct key key;
	struct aggs aggs;
	struct window window;
	/* the rest is rows.c's own */
	struct table table;		/* without event-time windows it has one pane */
	struct sessions sessions;
	int64_t nopen;			/* count windows that a record may be in */
	int64_t T, closed;		/* watermark; less the lateness */
	bool closes;			/* windows do, behind the watermark */
	bool news;			/* a record since the last barrier */
	size_t nf;
	struct field *f;		/* the output row */
	size_t *at;			/* where the fields end that are in b */
	struct buf b;
};

/* A count window of too many open ones: exit 1. */
void rows_init(struct rows *);
/* These are an operator's callbacks. */
void rows_data(struct rows *, struct rec *, struct next *);
int64_t rows_mark(struct rows *, int64_t T, struct next *);
void rows_epoch(struct rows *, struct next *);
#endif
