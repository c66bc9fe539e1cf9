/* aggfn - what the files of aggregate functions share with agg.c, which picks one by name and type */
#ifndef AGGFN_H
#define AGGFN_H
#include "agg.h"
#include "snap.h"

/* How one function works on one type. */
struct agg_kind {
	size_t size;			/* of its accumulator, a multiple of 8; all zero is empty */
	int sign;			/* min, first, argmin -1; max, last, argmax 1 */
	const struct agg_kind *serves;	/* NULL, or another one that its accumulator has all for */
	/* seq counts calls, from 1.  0, or: */
	int (*add)(const struct agg *, void *, struct field, struct arena *, int64_t seq);
	int (*merge)(const struct agg *, void *, const void *, struct arena *);
	bool (*over)(const void *);	/* NULL, or did merging leave its type? */
	void (*print)(const struct agg *, const void *, struct buf *);
	/* empty it but keep its memory; NULL: zero bytes */
	void (*clear)(void *);
	/* of two fields, instead of add: errors are those of `by`, which is not null */
	int (*addby)(const struct agg *, void *, struct field, struct field by, struct arena *, int64_t seq);
	/*
	 * Over a restart.  save: the accumulator as fields, always so many or
	 * as the first ones say.  load: takes them, from field i on, into one
	 * that is empty or was saved before; returns the field behind them.
	 */
	void (*save)(const struct agg *, const void *, struct snap *);
	size_t (*load)(const struct agg *, void *, const struct rec *, size_t i, struct arena *);
	/*
	 * NULL, or what may be too much for one record, and mostly stays as it
	 * is from one snapshot to the next.  rest: more records, of `word`, the
	 * number and fields: what came since the last time.  take: the fields of one.
	 */
	void (*rest)(const struct agg *, void *, struct snap *, const char *word, size_t number);
	void (*take)(const struct agg *, void *, const struct rec *, size_t i, struct arena *);
};

enum {
	AGG_BAD = -1,			/* not of its type */
	AGG_OVER = -2,			/* left int64 */
	AGG_TEXT = -3			/* text that JSON cannot hold */
};

/* A field that is kept, as it is. */
struct acc_text {
	char *s;			/* escaped; in the row's arena */
	uint32_t n, cap;
	int64_t seq;			/* of the record it is from; 0: none */
};

void text_set(struct acc_text *, const char *, size_t, struct arena *, int64_t seq);

void text_save(const struct acc_text *, struct snap *);
size_t text_load(struct acc_text *, const struct rec *, size_t i, struct arena *);

/* A number and how many were taken; shared by aggnum and aggext. */
struct acc_int { int64_t v, n; };
struct acc_float { double v; int64_t n; };

void acc_printint(const struct agg *, const void *, struct buf *);
void acc_printfloat(const struct agg *, const void *, struct buf *);
void acc_saveint(const struct agg *, const void *, struct snap *);
void acc_savefloat(const struct agg *, const void *, struct snap *);
size_t acc_loadint(const struct agg *, void *, const struct rec *, size_t i, struct arena *);
size_t acc_loadfloat(const struct agg *, void *, const struct rec *, size_t i, struct arena *);

extern const struct agg_kind agg_count, agg_sumint, agg_sumwide, agg_sumfloat, agg_avgint,
    agg_avgfloat, agg_minint, agg_maxint, agg_minfloat, agg_maxfloat,
    agg_mintext, agg_maxtext, agg_first, agg_last, agg_varint, agg_varfloat,
    agg_stddevint, agg_stddevfloat, agg_list, agg_set, agg_distinct,
    agg_argmin, agg_argmax, agg_hll, agg_pint, agg_pfloat;
#endif
