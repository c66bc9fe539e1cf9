/* aggtext - aggregate functions that keep a field as it is */
#include <err.h>
#include <string.h>

#include "aggfn.h"
#include "die.h"
#include "val.h"

/* Room grows by doubling, so that little is left behind in the arena. */
void
text_set(struct acc_text *x, const char *s, size_t n, struct arena *ar,
    int64_t seq)
{
	if (x->s == NULL || n > x->cap) {
		if (n > INT32_MAX)
			errx(EXIT_BAD, "a text of more than 2 GiB");
		x->cap = (uint32_t)(n > 2 * (size_t)x->cap ? n : 2 * x->cap);
		x->s = arena_alloc(ar, x->cap);
	}
	if (n > 0)
		memcpy(x->s, s, n);
	x->n = (uint32_t)n;
	x->seq = seq;
}

void
text_save(const struct acc_text *x, struct snap *s)
{
	snap_int(s, x->seq);
	snap_put(s, (struct field){ x->s, x->seq != 0 ? x->n : 0 });
}

size_t
text_load(struct acc_text *x, const struct rec *r, size_t i, struct arena *ar)
{
	int64_t seq = snap_getint(r, i++);
	struct field f = snap_field(r, i++);

	if (seq == 0)
		x->seq = 0;
	else
		text_set(x, f.s, f.n, ar, seq);
	return i;
}

static int
exttext_set(struct acc_text *x, struct field f, struct arena *ar, int64_t seq,
    int sign)
{
	struct field old = { x->s, x->n };
	int c;

	if (x->seq != 0 && ((c = val_cmp(TYPE_STR, f, old)) == 0 ||
	    (c < 0) != (sign < 0)))
		return 0;
	text_set(x, f.s, f.n, ar, seq);
	return 0;
}

static int
exttext_add(const struct agg *a, void *acc, struct field f, struct arena *ar,
    int64_t seq)
{
	return exttext_set(acc, f, ar, seq, a->kind->sign);
}

static int
exttext_merge(const struct agg *a, void *acc, const void *from,
    struct arena *ar)
{
	const struct acc_text *y = from;

	if (y->seq == 0)
		return 0;
	return exttext_set(acc, (struct field){ y->s, y->n }, ar, y->seq,
	    a->kind->sign);
}

static int
end_add(const struct agg *a, void *acc, struct field f, struct arena *ar,
    int64_t seq)
{
	struct acc_text *x = acc;

	if (x->seq == 0 || (seq < x->seq) == (a->kind->sign < 0))
		text_set(x, f.s, f.n, ar, seq);
	return 0;
}

static int
end_merge(const struct agg *a, void *acc, const void *from, struct arena *ar)
{
	const struct acc_text *y = from;

	if (y->seq == 0)
		return 0;
	return end_add(a, acc, (struct field){ y->s, y->n }, ar, y->seq);
}

static void
text_print(const struct agg *a, const void *acc, struct buf *b)
{
	const struct acc_text *x = acc;

	(void)a;
	if (x->seq == 0)
		buf_add(b, "\\N", 2);
	else
		buf_add(b, x->s, x->n);
}

static void
text_clear(void *acc)
{
	struct acc_text *x = acc;

	x->seq = 0;
}

static void
save(const struct agg *a, const void *acc, struct snap *s)
{
	(void)a;
	text_save(acc, s);
}

static size_t
load(const struct agg *a, void *acc, const struct rec *r, size_t i,
    struct arena *ar)
{
	(void)a;
	return text_load(acc, r, i, ar);
}

#define SIZE sizeof(struct acc_text)

const struct agg_kind
agg_mintext = { .size = SIZE, .sign = -1, .add = exttext_add,
    .merge = exttext_merge, .print = text_print, .clear = text_clear,
    .save = save, .load = load },
agg_maxtext = { .size = SIZE, .sign = 1, .add = exttext_add,
    .merge = exttext_merge, .print = text_print, .clear = text_clear,
    .save = save, .load = load },
agg_first = { .size = SIZE, .sign = -1, .add = end_add, .merge = end_merge,
    .print = text_print, .clear = text_clear, .save = save, .load = load },
agg_last = { .size = SIZE, .sign = 1, .add = end_add, .merge = end_merge,
    .print = text_print, .clear = text_clear, .save = save, .load = load };
