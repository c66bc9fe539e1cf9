#include <stdlib.h>
#include <string.h>

#include "avroplan.h"
#include "steps.h"

static struct avro_want *
want_new(struct avro_pairs *p, struct avro_res *res)
{
	struct avro_want *t = arena_alloc(&p->arena, sizeof *t);
	size_t i, n = res->w->n + res->nmissing;

	*t = (struct avro_want){ .res = res };
	if (res->bad != NULL || (res->w->kind != AVRO_RECORD &&
	    res->w->kind != AVRO_UNION))
		return t;
	t->kid = arena_alloc(&p->arena, n * sizeof *t->kid);
	for (i = 0; i < n; i++)
		t->kid[i] = NULL;
	return t;
}

/* The place for a step; NULL: it leads nowhere.  One is made if need be. */
static struct avro_want *
want_record(struct avro_pairs *p, struct avro_want *t, const struct step *step)
{
	struct avro_res *res = t->res;
	const struct avro_field *f;
	size_t i;

	for (i = 0; i < res->w->n + res->nmissing; i++) {
		f = i < res->w->n ? res->field[i] :
		    res->missing[i - res->w->n].field;
		if (f == NULL || strlen(f->name) != step->n ||
		    memcmp(f->name, step->key, step->n) != 0)
			continue;
		if (t->kid[i] == NULL)
			t->kid[i] = want_new(p, i < res->w->n ? res->kid[i] :
			    res->missing[i - res->w->n].res);
		return t->kid[i];
	}
	return NULL;
}

static struct avro_want *
want_item(struct avro_pairs *p, struct avro_want *t, const struct step *step)
{
	struct avro_item *item;
	char *key = NULL;

	for (item = t->item; item != NULL; item = item->next)
		if (step->key != NULL ? item->n == step->n &&
		    memcmp(item->key, step->key, step->n) == 0 :
		    item->index == step->index)
			return item->want;
	if (step->key != NULL) {
		key = arena_alloc(&p->arena, step->n + 1);
		memcpy(key, step->key, step->n);
	}
	item = arena_alloc(&p->arena, sizeof *item);
	*item = (struct avro_item){ key, step->n, step->index,
	    want_new(p, t->res->kid[0]), t->item };
	t->item = item;
	return item->want;
}

static void
want_column(struct avro_pairs *p, struct avro_want *t, const struct col *c)
{
	const struct col **all = arena_alloc(&p->arena,
	    (t->ncol + 1) * sizeof *all);

	if (t->ncol > 0)
		memcpy(all, t->col, t->ncol * sizeof *all);
	all[t->ncol++] = c;
	t->col = all;
}

/* False: the path leads nowhere. */
static bool
want_path(struct avro_pairs *p, struct avro_want *t, const struct col *c,
    const struct step *step, size_t n)
{
	struct avro_want *kid = NULL;
	bool any = false;
	size_t i;

	if (t->res->bad != NULL)
		return true;	/* and that is said when a value comes */
	if (t->res->w->kind == AVRO_UNION) {
		for (i = 0; i < t->res->w->n; i++) {
			if (t->res->w->branch[i]->kind == AVRO_NULL)
				continue;
			if (t->kid[i] == NULL)
				t->kid[i] = want_new(p, t->res->kid[i]);
			any |= want_path(p, t->kid[i], c, step, n);
		}
		return any;
	}
	if (n == 0) {
		want_column(p, t, c);
		return true;
	}
	if (t->res->w->kind == AVRO_RECORD && step->key != NULL)
		kid = want_record(p, t, step);
	else if (step->key != NULL ? t->res->w->kind == AVRO_MAP :
	    t->res->w->kind == AVRO_ARRAY)
		kid = want_item(p, t, step);
	return kid != NULL && want_path(p, kid, c, step + 1, n - 1);
}

/* Whether a datum is a record, or may be one. */
static bool
type_isrecord(const struct avro_type *t)
{
	size_t i;

	if (t->kind == AVRO_UNION)
		for (i = 0; i < t->n; i++)
			if (t->branch[i]->kind == AVRO_RECORD)
				return true;
	return t->kind == AVRO_RECORD;
}

struct avro_want *
avro_plan(struct avro_pairs *p, struct avro_res *res, const struct row *row,
    const struct col **nowhere)
{
	struct avro_want *t = want_new(p, res);
	const struct col *c;
	struct step *step;
	size_t n;

	*nowhere = NULL;
	for (c = row->cols.col; c < row->cols.col + row->cols.n; c++) {
		if (c->meta != META_NONE)
			continue;
		if ((step = steps_parse(c->path, &n)) == NULL) {
			*nowhere = c;
			return NULL;
		}
		if (!type_isrecord(res->w) && strcmp(c->path, AVRO_WHOLE) == 0)
			n = 0;
		if (!want_path(p, t, c, step, n) && *nowhere == NULL)
			*nowhere = c;
		free(step);
	}
	return t;
}
