#include <string.h>

#include "avrobin.h"
#include "avrojson.h"
#include "avroplan.h"
#include "avrovalue.h"
#include "rowput.h"

static int walk(struct avro_walk *, const struct avro_want *);

/* The whole value, into the columns that want it. */
static int
walk_columns(struct avro_walk *w, const struct avro_want *t)
{
	const struct avro_type *type = t->res->w;
	struct avro_value v = { 0 };
	const char *unfit;
	size_t i = 0;
	int k;
	bool tree = type->kind == AVRO_RECORD || type->kind == AVRO_ARRAY ||
	    type->kind == AVRO_MAP;

	if (tree) {
		w->json.n = 0;
		if (avro_json(w, t->res) < 0)
			return -1;
	} else if (avro_value(w, t->res, &v) < 0) {
		return -1;
	}
	if (type->kind == AVRO_NULL)
		return 0;
	for (i = 0; i < t->ncol; i++) {
		k = tree ? rowput_tree(w->row, t->col[i], w->json.s,
		    w->json.n, &unfit) :
		    avro_column(w, t->res->r, &v, t->col[i], &unfit);
		if (k < 0 && w->unfit == NULL)
			w->unfit = unfit;
	}
	return 0;
}

static int
walk_record(struct avro_walk *w, const struct avro_want *t)
{
	const struct avro_res *res = t->res;
	const struct avro_missing *m = res->missing;
	struct avro_walk dflt;
	size_t i, n = res->w->n;

	for (i = 0; i < n; i++)
		if ((t->kid[i] != NULL ? walk(w, t->kid[i]) :
		    avro_skip(w, res->w->field[i].type)) < 0)
			return -1;
	for (i = 0; i < res->nmissing; i++) {
		if (t->kid[n + i] == NULL)
			continue;
		dflt = *w;
		w->s = m[i].s;
		w->end = m[i].s + m[i].n;
		if (walk(w, t->kid[n + i]) < 0)
			return -1;
		w->s = dflt.s;
		w->end = dflt.end;
	}
	return 0;
}

static struct avro_want *
item_find(const struct avro_want *t, const char *key, size_t n, size_t index)
{
	const struct avro_item *item;

	for (item = t->item; item != NULL; item = item->next)
		if (item->key != NULL ? key != NULL && item->n == n &&
		    memcmp(item->key, key, n) == 0 :
		    key == NULL && item->index == index)
			return item->want;
	return NULL;
}

static int
walk_items(struct avro_walk *w, const struct avro_want *t)
{
	const struct avro_type *type = t->res->w;
	bool map = type->kind == AVRO_MAP;
	const struct avro_want *item;
	int64_t count, size;
	const char *s = NULL;
	size_t n = 0, index = 0;

	for (;;) {
		if (avro_block(w, type, &count, &size) < 0)
			return -1;
		if (count == 0)
			return 0;
		for (; count > 0; count--, index++) {
			if (map && avro_bytes(w, &s, &n) < 0)
				return -1;
			item = item_find(t, map ? s : NULL, n, index);
			if ((item != NULL ? walk(w, item) :
			    avro_skip(w, type->branch[0])) < 0)
				return -1;
		}
	}
}

static int
walk_inside(struct avro_walk *w, const struct avro_want *t)
{
	size_t i = 0;

	switch (t->res->w->kind) {
	case AVRO_RECORD:
		return walk_record(w, t);
	case AVRO_UNION:
		if (avro_branch(w, t->res, &i) < 0)
			return -1;
		return t->kid[i] != NULL ? walk(w, t->kid[i]) :
		    avro_skip(w, t->res->w->branch[i]);
	case AVRO_ARRAY:
	case AVRO_MAP:
		return walk_items(w, t);
	default:
		return avro_skip(w, t->res->w);
	}
}

/* A datum or a part of it.  Plans are as deep as paths are, no deeper. */
static int
walk(struct avro_walk *w, const struct avro_want *t)
{
	const char *s = w->s;
	bool inside;

	if (t->res->bad != NULL)
		return avro_bad(w, t->res->bad);
	if (t->ncol == 0)
		return walk_inside(w, t);
	inside = t->item != NULL || t->res->w->kind == AVRO_RECORD;
	if (walk_columns(w, t) < 0 || !inside)
		return w->why != NULL ? -1 : 0;
	w->s = s;
	return walk_inside(w, t);
}

int
avro_read(struct avro_walk *w, const struct avro_res *res,
    const struct avro_want *t)
{
	w->why = w->unfit = NULL;
	w->depth = 0;
	w->empty = 0;
	rowput_begin(w->row);
	if ((t != NULL ? walk(w, t) : avro_skip(w, res->w)) < 0)
		return -1;
	rowput_end(w->row);
	return w->unfit != NULL ? -1 : 1;
}

void
avro_walkfree(struct avro_walk *w)
{
	buf_free(&w->json);
	buf_free(&w->text);
}
