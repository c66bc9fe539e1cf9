/* agg - aggregate functions and their accumulators; see saggregate(1) */
#ifndef AGG_H
#define AGG_H
#include <stdbool.h>

#include "arena.h"
#include "head.h"
#include "snap.h"

struct agg_kind;

struct agg {
	char *spec;			/* as given, for messages */
	const char *what;		/* without the name */
	char *name;			/* of the output column */
	char *field, *by;		/* NULL: none */
	const struct agg_def *def;
	int64_t part, whole;		/* pNN: NN per 100 */
	const struct agg_kind *kind;	/* from here on by aggs_bind */
	size_t col;
	size_t at;			/* where its accumulator is in a row's */
	enum type in, out;
	bool shared;			/* the accumulator is that of one before it */
	size_t valcol, bycol;		/* of two fields */
	enum type bytype;
};

/*
 * A row's accumulators are `size` bytes, aligned for numbers; all zero is empty.
 * What does not fit in them is kept in the arena that goes with the row.
 */
struct aggs {
	struct agg *v;
	size_t n, size;
	bool plain;			/* accumulators are their bytes, and nothing else */
	bool wide;			/* some may hold what leaves their type: aggs_over */
	int64_t seq;			/* calls of aggs_add: which of two values came first */
};

void aggs_parse(struct aggs *, char *const *specs, size_t n);	/* a wrong one: exit 2 */
void aggs_bind(struct aggs *, const struct head *in);	/* no such field, or not of a type that fits: exit 1 */
void aggs_head(const struct aggs *, struct head *out);	/* adds the columns */
/* Takes a record; bad data or overflow: exit 1, the latter names the key. */
void aggs_add(struct aggs *, void *acc, struct rec *, struct arena *, struct field key);
/* Takes what another row took, be it older or newer; rec, key: for the message of an overflow. */
void aggs_merge(struct aggs *, void *acc, const void *from, struct arena *, const struct rec *, struct field key);
/* The same for accumulators of panes, where nothing can fail; aggs_start: into whatever is there. */
void aggs_start(const struct aggs *, void *acc, const void *from, struct arena *);
void aggs_fold(const struct aggs *, void *acc, const void *from, struct arena *);
void aggs_over(const struct aggs *, const void *acc, struct field key);	/* before aggs_print, if wide: what left its type, exit 1 */
void aggs_clear(const struct aggs *, void *acc);	/* empty again; memory in the arena is used again */
/*
 * Over a restart.  aggs_save: one row's accumulators as fields of the record
 * that was begun.  aggs_rest: records that go behind it, as aggs_take wants
 * them; nth: which of the owner's rows of accumulators.  aggs_load: into empty
 * ones or those of the snapshot before; field i is the first, to the last one.
 */
void aggs_fit(const struct aggs *, struct snap *);
void aggs_save(const struct aggs *, const void *acc, struct snap *);
void aggs_rest(const struct aggs *, void *acc, size_t nth, struct snap *);
size_t aggs_load(const struct aggs *, void *acc, const struct rec *, size_t i, struct arena *);	/* returns the field behind */
/* Is it a record of aggs_rest?  accs: n rows of accumulators, one behind the other. */
bool aggs_take(const struct aggs *, void *accs, size_t n, const struct rec *, struct arena *);
/* Appends the i-th result as an escaped field. */
void aggs_print(const struct aggs *, size_t i, const void *acc, struct buf *);
#endif
