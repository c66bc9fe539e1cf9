#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "avroput.h"
#include "avrores.h"

static struct avro_res *res_make(struct avro_pairs *, const struct avro_type *, const struct avro_type *);

__attribute__((format(printf, 3, 4)))
static void
res_bad(struct avro_pairs *p, struct avro_res *res, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	int n;

	if (res->bad != NULL)
		return;
	va_start(ap, fmt);
	n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (n >= (int)sizeof text)
		n = (int)sizeof text - 1;
	res->bad = arena_copy(&p->arena, text, (size_t)n + 1);
}

static bool
is_number(enum avro_kind k)
{
	return k >= AVRO_INT && k <= AVRO_DOUBLE;
}

/* Promotions: to wider numbers, and between bytes and text. */
static bool
kind_promotes(enum avro_kind w, enum avro_kind r)
{
	return (is_number(w) && is_number(r) && w < r) ||
	    (w == AVRO_BYTES && r == AVRO_STRING) ||
	    (w == AVRO_STRING && r == AVRO_BYTES);
}

/* Unqualified names are compared, or the reader calls the writer's an alias. */
static bool
names_match(const struct avro_type *w, const struct avro_type *r)
{
	const char *name = avro_short(w->name);
	size_t i;

	if (strcmp(name, avro_short(r->name)) == 0)
		return true;
	for (i = 0; i < r->nalias; i++)
		if (strcmp(name, avro_short(r->alias[i])) == 0)
			return true;
	return false;
}

static bool
types_same(const struct avro_type *w, const struct avro_type *r)
{
	if (w->kind != r->kind)
		return false;
	if (w->kind == AVRO_FIXED && w->size != r->size)
		return false;
	return !avro_named(w->kind) || names_match(w, r);
}

/* The branch of a reader's union for a writer's type; NULL: none. */
static const struct avro_type *
union_match(const struct avro_type *w, const struct avro_type *u)
{
	size_t i;

	for (i = 0; i < u->n; i++)
		if (w == u->branch[i])
			return w;
	for (i = 0; i < u->n; i++)
		if (types_same(w, u->branch[i]))
			return u->branch[i];
	for (i = 0; i < u->n; i++)
		if (kind_promotes(w->kind, u->branch[i]->kind))
			return u->branch[i];
	return NULL;
}

/* The writer's field that is the reader's, by its name or an alias; or n. */
static size_t
field_match(const struct avro_type *w, const struct avro_field *f)
{
	size_t i, k;

	for (i = 0; i < w->n; i++)
		if (strcmp(w->field[i].name, f->name) == 0)
			return i;
	for (k = 0; k < f->nalias; k++)
		for (i = 0; i < w->n; i++)
			if (strcmp(w->field[i].name, f->alias[k]) == 0)
				return i;
	return w->n;
}

/* A field that the writer has not: its default, as the reader would write it. */
static void
res_default(struct avro_pairs *p, struct avro_res *res,
    const struct avro_field *f)
{
	struct avro_missing *m = &res->missing[res->nmissing];
	struct avroput put;
	struct buf b = { 0 };
	const char *why;

	if (f->dflt == NULL) {
		res_bad(p, res, "the writer's record %s has no field %s, "
		    "and the reader's has no default for it", res->w->name,
		    f->name);
		return;
	}
	avroput_init(&put);
	if (avroput_default(&put, &b, f, &why) < 0) {
		res_bad(p, res, "the default of field %s.%s %s", res->r->name,
		    f->name, why);
	} else {
		*m = (struct avro_missing){ .field = f, .n = b.n };
		m->s = arena_copy(&p->arena, b.n > 0 ? b.s : "", b.n);
		m->res = res_make(p, f->type, f->type);
		res->nmissing++;
	}
	avroput_free(&put);
	buf_free(&b);
}

static void
res_record(struct avro_pairs *p, struct avro_res *res)
{
	const struct avro_type *w = res->w, *r = res->r;
	size_t i, k;

	res->kid = arena_alloc(&p->arena, w->n * sizeof *res->kid);
	res->field = arena_alloc(&p->arena, w->n * sizeof *res->field);
	res->missing = arena_alloc(&p->arena, r->n * sizeof *res->missing);
	for (i = 0; i < w->n; i++) {
		res->kid[i] = NULL;
		res->field[i] = NULL;
	}
	for (k = 0; k < r->n; k++) {
		i = w == r ? k : field_match(w, &r->field[k]);
		if (i == w->n) {
			res_default(p, res, &r->field[k]);
			continue;
		}
		res->kid[i] = res_make(p, w->field[i].type, r->field[k].type);
		res->field[i] = &r->field[k];
	}
}

static void
res_enum(struct avro_pairs *p, struct avro_res *res)
{
	const struct avro_type *w = res->w, *r = res->r;
	size_t i, k;

	res->symbol = arena_alloc(&p->arena, w->n * sizeof *res->symbol);
	for (i = 0; i < w->n; i++) {
		res->symbol[i] = -1;
		for (k = 0; k < r->n; k++)
			if (strcmp(w->symbol[i], r->symbol[k]) == 0)
				res->symbol[i] = (ptrdiff_t)k;
		for (k = 0; k < r->n && res->symbol[i] < 0 &&
		    r->dflt != NULL; k++)
			if (strcmp(r->dflt, r->symbol[k]) == 0)
				res->symbol[i] = (ptrdiff_t)k;
	}
}

static void
res_union(struct avro_pairs *p, struct avro_res *res)
{
	size_t i;

	res->kid = arena_alloc(&p->arena, res->w->n * sizeof *res->kid);
	for (i = 0; i < res->w->n; i++)
		res->kid[i] = res_make(p, res->w->branch[i],
		    res->w == res->r ? res->w->branch[i] : res->r);
}

static struct avro_res *
res_make(struct avro_pairs *p, const struct avro_type *w,
    const struct avro_type *r)
{
	const struct avro_type *u = r;
	struct avro_res *res;

	if (w->kind != AVRO_UNION && r->kind == AVRO_UNION &&
	    (r = union_match(w, r)) == NULL)
		r = u;
	for (res = p->all; res != NULL; res = res->next)
		if (res->w == w && res->r == r)
			return res;
	res = arena_alloc(&p->arena, sizeof *res);
	*res = (struct avro_res){ .w = w, .r = r, .next = p->all };
	p->all = res;
	if (w->kind == AVRO_UNION) {
		res_union(p, res);
	} else if (r->kind == AVRO_UNION) {
		res_bad(p, res, "the writer's %s is in no branch of the "
		    "reader's union", avro_show(w));
	} else if (types_same(w, r)) {
		if (w->logical == LOGICAL_DECIMAL && r->logical == w->logical &&
		    w->scale != r->scale)
			res_bad(p, res, "the writer's decimals have the scale "
			    "%d, the reader's %d", w->scale, r->scale);
		else if (w->kind == AVRO_RECORD)
			res_record(p, res);
		else if (w->kind == AVRO_ENUM)
			res_enum(p, res);
		else if (w->kind == AVRO_ARRAY || w->kind == AVRO_MAP) {
			res->kid = arena_alloc(&p->arena, sizeof *res->kid);
			res->kid[0] = res_make(p, w->branch[0], r->branch[0]);
		}
	} else if (!kind_promotes(w->kind, r->kind)) {
		res_bad(p, res, avro_named(w->kind) && w->kind == r->kind ?
		    "the writer's %s is not the reader's %s: an alias in the "
		    "reader's schema would make it so" :
		    "the writer's %s cannot be read as %s", avro_show(w),
		    avro_show(r));
	}
	return res;
}

struct avro_res *
avro_pair(struct avro_pairs *p, const struct avro_type *w,
    const struct avro_type *r, const char **why)
{
	struct avro_res *res = res_make(p, w, r != NULL ? r : w);

	*why = res->bad;
	return res->bad != NULL ? NULL : res;
}

void
avro_unpair(struct avro_pairs *p)
{
	arena_free(&p->arena);
	p->all = NULL;
}
