/* aggby - aggregate functions that keep one field where another is extreme */
#include "aggfn.h"
#include "val.h"

/* The text is only used where `by` is text. */
struct acc_by {
	struct acc_text value, text;
	int64_t i;
	double d;
};

static int
by_read(const struct agg *a, struct field by, struct acc_by *x)
{
	bool b;

	switch (a->bytype) {
	case TYPE_FLOAT:
		return val_float(by, &x->d);
	case TYPE_INT:
		return val_int(by, &x->i);
	case TYPE_TIME:
		return val_time(by, &x->i);
	case TYPE_BOOL:
		if (val_bool(by, &b) < 0)
			return -1;
		x->i = b;
		return 0;
	case TYPE_STR:
		break;
	}
	x->text.s = (char *)(uintptr_t)by.s;
	x->text.n = (uint32_t)by.n;
	return 0;
}

static int
by_cmp(const struct agg *a, const struct acc_by *x, const struct acc_by *y)
{
	switch (a->bytype) {
	case TYPE_FLOAT:
		return val_cmpfloat(x->d, y->d);
	case TYPE_STR:
		return val_cmp(TYPE_STR,
		    (struct field){ x->text.s, x->text.n },
		    (struct field){ y->text.s, y->text.n });
	default:
		return (x->i > y->i) - (x->i < y->i);
	}
}

/* Of equal ones the last counts, as in Spark's max_by and min_by. */
static bool
by_better(const struct agg *a, const struct acc_by *new, int64_t seq,
    const struct acc_by *old)
{
	int c;

	if (old->value.seq == 0)
		return true;
	c = by_cmp(a, new, old);
	return c == 0 ? seq > old->value.seq : (c > 0) == (a->kind->sign > 0);
}

static void
by_set(const struct agg *a, struct acc_by *x, const struct acc_by *new,
    struct field value, struct arena *ar, int64_t seq)
{
	text_set(&x->value, value.s, value.n, ar, seq);
	if (a->bytype == TYPE_STR)
		text_set(&x->text, new->text.s, new->text.n, ar, seq);
	x->i = new->i;
	x->d = new->d;
}

static int
by_add(const struct agg *a, void *acc, struct field f, struct field by,
    struct arena *ar, int64_t seq)
{
	struct acc_by new = { 0 };

	if (by_read(a, by, &new) < 0)
		return AGG_BAD;
	if (by_better(a, &new, seq, acc))
		by_set(a, acc, &new, f, ar, seq);
	return 0;
}

static int
by_merge(const struct agg *a, void *acc, const void *from, struct arena *ar)
{
	const struct acc_by *y = from;
	const struct acc_text *v = &y->value;

	if (v->seq != 0 && by_better(a, y, v->seq, acc))
		by_set(a, acc, y, (struct field){ v->s, v->n }, ar, v->seq);
	return 0;
}

static void
by_print(const struct agg *a, const void *acc, struct buf *b)
{
	const struct acc_text *v = &((const struct acc_by *)acc)->value;

	(void)a;
	if (v->seq == 0)
		buf_add(b, "\\N", 2);
	else
		buf_add(b, v->s, v->n);
}

static void
by_clear(void *acc)
{
	((struct acc_by *)acc)->value.seq = 0;
}

static void
by_save(const struct agg *a, const void *acc, struct snap *s)
{
	const struct acc_by *x = acc;

	text_save(&x->value, s);
	if (a->bytype == TYPE_STR)
		snap_put(s, (struct field){ x->text.s, x->text.n });
	else if (a->bytype == TYPE_FLOAT)
		snap_float(s, x->d);
	else
		snap_int(s, x->i);
}

static size_t
by_load(const struct agg *a, void *acc, const struct rec *r, size_t i,
    struct arena *ar)
{
	struct acc_by *x = acc;
	struct field f;

	i = text_load(&x->value, r, i, ar);
	if (a->bytype == TYPE_STR) {
		f = snap_field(r, i);
		text_set(&x->text, f.s, f.n, ar, x->value.seq);
	} else if (a->bytype == TYPE_FLOAT) {
		x->d = snap_getfloat(r, i);
	} else {
		x->i = snap_getint(r, i);
	}
	return i + 1;
}

#define SIZE sizeof(struct acc_by)

const struct agg_kind
agg_argmin = { .size = SIZE, .sign = -1, .merge = by_merge, .print = by_print,
    .clear = by_clear, .addby = by_add, .save = by_save, .load = by_load },
agg_argmax = { .size = SIZE, .sign = 1, .merge = by_merge, .print = by_print,
    .clear = by_clear, .addby = by_add, .save = by_save, .load = by_load };
