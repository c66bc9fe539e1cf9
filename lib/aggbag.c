/* aggbag - aggregate functions that keep the values themselves */
#include <stdlib.h>
#include <string.h>

#include "aggfn.h"
#include "bag.h"
#include "enc.h"
#include "enctext.h"
#include "num.h"
#include "val.h"

static bool
text_isjson(struct field f)
{
	struct buf tmp = { 0 };
	struct field raw;
	bool ok;

	if (!utf8_ok(f.s, f.n))
		return false;
	if (memchr(f.s, '\\', f.n) == NULL)
		return true;
	ok = esc_undo(f, &tmp, &raw) == 0;
	buf_free(&tmp);
	return ok;
}

/* What is not fit for JSON is found here, where it has a place. */
static int
value_check(const struct agg *a, struct field f, char *tmp, struct field *v)
{
	if (val_plain(a->in, f, tmp, v) < 0)
		return AGG_BAD;
	return a->in != TYPE_STR || text_isjson(f) ? 0 : AGG_TEXT;
}

static int
list_add(const struct agg *a, void *acc, struct field f, struct arena *ar,
    int64_t seq)
{
	char tmp[NUM_FLOATLEN];
	struct field v;
	int how;

	if ((how = value_check(a, f, tmp, &v)) == 0)
		bag_append(acc, v, seq, ar);
	return how;
}

static int
list_merge(const struct agg *a, void *acc, const void *from, struct arena *ar)
{
	(void)a;
	bag_append_all(acc, from, ar);
	return 0;
}

static int
set_add(const struct agg *a, void *acc, struct field f, struct arena *ar,
    int64_t seq)
{
	char tmp[NUM_FLOATLEN];
	struct field v;
	int how;

	(void)seq;
	if ((how = value_check(a, f, tmp, &v)) == 0)
		bag_put(acc, v, ar);
	return how;
}

static int
distinct_add(const struct agg *a, void *acc, struct field f, struct arena *ar,
    int64_t seq)
{
	char tmp[NUM_FLOATLEN];
	struct field v;

	(void)seq;
	if (val_plain(a->in, f, tmp, &v) < 0)
		return AGG_BAD;
	bag_put(acc, v, ar);
	return 0;
}

static int
set_merge(const struct agg *a, void *acc, const void *from, struct arena *ar)
{
	(void)a;
	bag_put_all(acc, from, ar);
	return 0;
}

struct sorted { enum type type; struct field f; };

static int
sorted_cmp(const void *va, const void *vb)
{
	const struct sorted *a = va, *b = vb;

	return val_cmp(a->type, a->f, b->f);
}

/* As JSON, and that as a field. */
static void
values_put(const struct agg *a, const struct sorted *v, size_t n,
    struct buf *b)
{
	struct buf json = { 0 };
	size_t i;

	for (i = 0; i < n; i++) {
		buf_addc(&json, i == 0 ? '[' : ',');
		if (a->in == TYPE_TIME)
			buf_add(&json, v[i].f.s, v[i].f.n);
		else
			(void)enc_value(&json, a->in, v[i].f);
	}
	buf_addc(&json, ']');
	esc_add(b, json.s, json.n);
	buf_free(&json);
}

static void
bag_print(const struct agg *a, const struct bag *x, struct buf *b, bool sort)
{
	struct sorted *v;
	size_t i;

	if (x->n == 0) {
		buf_add(b, "\\N", 2);
		return;
	}
	v = mem_grow(NULL, x->n, sizeof *v);
	for (i = 0; i < x->n; i++)
		v[i] = (struct sorted){ a->in, bag_text(x, i) };
	if (sort)
		qsort(v, x->n, sizeof *v, sorted_cmp);
	values_put(a, v, x->n, b);
	free(v);
}

static void
list_print(const struct agg *a, const void *acc, struct buf *b)
{
	bag_print(a, acc, b, false);
}

static void
set_print(const struct agg *a, const void *acc, struct buf *b)
{
	bag_print(a, acc, b, true);
}

static void
distinct_print(const struct agg *a, const void *acc, struct buf *b)
{
	const struct bag *x = acc;

	(void)a;
	buf_addint(b, (int64_t)x->n);
}

static void
clear(void *acc)
{
	bag_clear(acc);
}

static void
bag_save(const struct agg *a, const void *acc, struct snap *s)
{
	const struct bag *x = acc;

	(void)a;
	snap_int(s, (int64_t)(s->whole ? 0 : x->kept));
}

/* So many of those that are there stay; the rest follows. */
static size_t
bag_load(const struct agg *a, void *acc, const struct rec *r, size_t i,
    struct arena *ar)
{
	struct bag *x = acc;
	size_t kept = snap_getsize(r, i);

	(void)a, (void)ar;
	if (kept == 0)
		bag_clear(x);
	else if (kept != x->n)
		snap_bad(r);
	return i + 1;
}

#define REST_FIELDS 1000	/* of a record, about, and */
#define REST_BYTES 50000	/* bytes */

static void
rest_put(struct bag *x, struct snap *s, const char *word, size_t number,
    bool list)
{
	size_t i = s->whole ? 0 : x->kept, k = 0, bytes = 0;
	struct field f;

	for (; i < x->n; i++) {
		if (k == 0) {
			snap_rec(s, word);
			snap_int(s, (int64_t)number);
		}
		f = bag_text(x, i);
		if (list)
			snap_int(s, x->item[i].seq);
		snap_put(s, f);
		bytes += f.n;
		if (++k == REST_FIELDS || bytes > REST_BYTES)
			k = bytes = 0;
	}
	x->kept = x->n;
}

static void
list_rest(const struct agg *a, void *acc, struct snap *s, const char *word,
    size_t number)
{
	(void)a;
	rest_put(acc, s, word, number, true);
}

static void
list_take(const struct agg *a, void *acc, const struct rec *r, size_t i,
    struct arena *ar)
{
	struct bag *x = acc;
	int64_t seq;

	(void)a;
	while (i < r->nf) {
		seq = snap_getint(r, i++);
		bag_append(x, snap_field(r, i++), seq, ar);
	}
	x->kept = x->n;
}

static void
set_rest(const struct agg *a, void *acc, struct snap *s, const char *word,
    size_t number)
{
	(void)a;
	rest_put(acc, s, word, number, false);
}

static void
set_take(const struct agg *a, void *acc, const struct rec *r, size_t i,
    struct arena *ar)
{
	struct bag *x = acc;

	(void)a;
	while (i < r->nf)
		bag_put(x, snap_field(r, i++), ar);
	x->kept = x->n;
}

#define SIZE sizeof(struct bag)

const struct agg_kind
agg_list = { .size = SIZE, .add = list_add, .merge = list_merge,
    .print = list_print, .clear = clear, .save = bag_save, .load = bag_load,
    .rest = list_rest, .take = list_take },
agg_set = { .size = SIZE, .add = set_add, .merge = set_merge,
    .print = set_print, .clear = clear, .save = bag_save, .load = bag_load,
    .rest = set_rest, .take = set_take },
agg_distinct = { .size = SIZE, .add = distinct_add, .merge = set_merge,
    .print = distinct_print, .clear = clear, .save = bag_save,
    .load = bag_load, .rest = set_rest, .take = set_take };
