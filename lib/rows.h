/* rows - accumulators by key and window, and when their rows come out */
#ifndef ROWS_H
#define ROWS_H
#include "agg.h"
#include "key.h"
#include "num.h"
#include "op.h"
#include "session.h"
#include "slide.h"
#include "table.h"
#include "win.h"

enum rows_when { ROWS_APPEND, ROWS_UPDATE, ROWS_COMPLETE, ROWS_EACH };
#define ROWS_WHENS 4

extern const char *const rows_whens[ROWS_WHENS];	/* their names */

struct rows {
	/* set before rows_init, key and aggs bound */
	enum rows_when when;
	int64_t lateness;		/* ms */
	struct key key;
	struct aggs aggs;
	struct window window;
	/* the rest is rows.c's own */
	struct table table;		/* without event-time windows it has one pane */
	struct slide slide;		/* if windows share its panes: win_panes */
	struct buf held;		/* of those, in update mode: rows of closed windows until the barrier */
	size_t head;			/* bytes of an entry before its accumulators */
	struct sessions sessions;
	int64_t nopen;			/* count windows that a record may be in */
	int64_t T, closed;		/* watermark; less the lateness */
	bool closes;			/* windows do, behind the watermark */
	bool news;			/* a record since the last barrier */
	size_t nrow;			/* keys of all panes */
	bool kept;			/* there are snapshots, which ask what has changed */
	struct { struct pane *p; char *accs; struct arena *ar; } load;	/* where what is loaded goes */
	size_t nf;
	struct field *f;		/* the output row */
	size_t *at;			/* where the fields begin that are in b */
	struct buf b;			/* of the last row: its window, nwhen bytes, and aggregates */
	size_t nwhen;
	struct span span;
	int64_t time;
	char timetext[NUM_INTLEN];
	bool texts;			/* there are any of these */
};

/* A count window of too many open ones: exit 1. */
void rows_init(struct rows *);
/* These are an operator's callbacks. */
void rows_data(struct rows *, struct rec *, struct next *);
int64_t rows_mark(struct rows *, int64_t T, struct next *);
void rows_epoch(struct rows *, struct next *);
void rows_fits(const struct rows *, struct snap *);
void rows_save(struct rows *, struct snap *);
int64_t rows_size(const struct rows *);
void rows_load(struct rows *, const struct rec *);

/* What a key has in a pane; for rows.c and rowsnap.c. */
struct accrow {				/* zero at first */
	uint64_t time;			/* the largest, from INT64_MIN on */
	int64_t n;			/* records, in count windows only */
	/* the accumulators follow; count windows: one set for each open one */
};

struct rec rows_make(struct rows *, struct field key, const struct span *, int64_t time, const void *acc);	/* valid until the next call */
/* rowslide.c: windows that are put together from panes. */
void rows_slide(struct rows *, struct rec *, struct field key, struct next *);
void rows_slid(struct rows *, int64_t T, int64_t closed, struct next *);	/* what they were before they moved */
void rows_slides(struct rows *, struct next *);	/* a barrier, in update and complete mode */
struct map_ent *rows_cell(struct rows *, struct pane *, struct field key, uint64_t seq);

static inline struct map_ent *
rows_key(struct rows *rs, struct pane *p, struct field key)	/* made if it is new */
{
	size_t had = p->map.n;
	struct map_ent *e = map_get(&p->map, key.s, key.n);

	rs->nrow += p->map.n - had;
	return e;
}

void rows_shut(struct rows *);		/* drops what the watermark has closed; at the end all */
#endif
