/* slides - what slide.c, slidemerge.c and slideturn.c share */
#ifndef SLIDES_H
#define SLIDES_H
#include "slide.h"

struct turn { uint64_t seq; struct slide_key *key; };

/* Far apart in memory, which takes long to answer: so many are asked for early. */
#define AHEAD 16

static inline char *
cell_merged(struct cell *c)
{
	return (char *)(c + 1);
}

static inline char *
cell_own(const struct slide *s, struct cell *c)
{
	return (char *)(c + 1) + s->aggs->size;
}

static inline char *
key_merged(struct slide_key *k)
{
	return (char *)(k + 1);
}

static inline struct live_ent *
key_ent(const struct slide_key *k)
{
	return (struct live_ent *)(uintptr_t)k - 1;
}

static inline struct cell *
pane_cell(const struct pane *p, size_t i)
{
	return map_own(map_at(&p->map, i));
}

/* slide.c */
void key_come(struct slide *, struct slide_key *);	/* into turn */
void key_go(struct slide *, struct slide_key *);
struct pane **slide_panes(const struct slide *, bool touched, size_t *n);
size_t panes_find(struct pane *const *, size_t n, int64_t start);	/* the first that starts at or after this */
/* slidemerge.c */
int64_t slide_half(const struct slide *, int64_t start);	/* where the second half of a window begins; it may be empty */
void panes_merge(struct slide *);	/* all cells of the first half */
void key_merge(const struct slide *, struct slide_key *, bool merged);	/* anew; merged: panes_merge was there */
void key_more(const struct slide *, struct slide_key *);	/* the cells of the second half that are new in the window */
const void *slide_join(struct slide *, const void *before, const void *behind);	/* either may be NULL, not both */
#endif
