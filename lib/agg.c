/* agg - from the specifications of aggregates to rows of accumulators */
#include <err.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "aggfn.h"
#include "die.h"
#include "num.h"

#define NTYPES 5
#define NOFIELD SIZE_MAX	/* col: it takes the record, not a field */

enum { MUST, MAY };		/* name a field */

static const struct agg_def {
	const char *name;
	int field;
	bool nulls;		/* nulls are values too */
	int out;		/* type; -1: its field's */
	/* of str int float bool time; NULL: does not fit */
	const struct agg_kind *of[NTYPES];
} defs[] = {
	{ "count", MAY, false, TYPE_INT, { &agg_count, &agg_count, &agg_count,
	    &agg_count, &agg_count } },
	{ "sum", MUST, false, -1, { NULL, &agg_sumint, &agg_sumfloat, NULL,
	    NULL } },
	{ "min", MUST, false, -1, { &agg_mintext, &agg_minint, &agg_minfloat,
	    &agg_minint, &agg_minint } },
	{ "max", MUST, false, -1, { &agg_maxtext, &agg_maxint, &agg_maxfloat,
	    &agg_maxint, &agg_maxint } },
	{ "avg", MUST, false, TYPE_FLOAT, { NULL, &agg_avgint, &agg_avgfloat,
	    NULL, NULL } },
	{ "first", MUST, true, -1, { &agg_first, &agg_first, &agg_first,
	    &agg_first, &agg_first } },
	{ "last", MUST, true, -1, { &agg_last, &agg_last, &agg_last,
	    &agg_last, &agg_last } },
};

#define NDEFS (sizeof defs / sizeof defs[0])

static const struct agg_def *
def_find(const char *name)
{
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < NDEFS; i++)
		if (strcmp(defs[i].name, name) == 0)
			return &defs[i];
	for (i = 0; i < NDEFS; i++) {
		buf_addc(&b, ' ');
		buf_adds(&b, defs[i].name);
	}
	errx(EXIT_USAGE, "no function %s, there are:%.*s",
	    show(name, strlen(name)), (int)b.n, b.s);
}

/* [name=]function[:field] */
static void
agg_parse(struct agg *a, const char *spec)
{
	const char *eq = strchr(spec, '='), *fn, *colon;
	char *name;

	a->spec = mem_copy(spec, strlen(spec));
	/* a field may have any name, so only a = before the colon counts */
	colon = strchr(spec, ':');
	if (colon != NULL && eq != NULL && eq > colon)
		eq = NULL;
	fn = eq != NULL ? eq + 1 : spec;
	name = colon != NULL ? mem_copy(fn, (size_t)(colon - fn)) :
	    mem_copy(fn, strlen(fn));
	a->def = def_find(name);
	if (colon != NULL)
		a->field = mem_copy(colon + 1, strlen(colon + 1));
	if (a->field == NULL && a->def->field == MUST)
		errx(EXIT_USAGE, "%s needs a field: %s:FIELD", spec, name);
	if (a->field != NULL && *a->field == '\0')
		errx(EXIT_USAGE, "%s: the field has no name", spec);
	if (eq != NULL) {
		a->name = mem_copy(spec, (size_t)(eq - spec));
		if (*a->name == '\0' || strpbrk(a->name, "\t\n\r,`") != NULL)
			errx(EXIT_USAGE, "%s: not a name for a column",
			    show(spec, strlen(spec)));
	} else if (a->field != NULL) {
		a->name = mem_alloc(strlen(name) + strlen(a->field) + 2);
		stpcpy(stpcpy(stpcpy(a->name, name), "_"), a->field);
	} else {
		a->name = mem_copy(name, strlen(name));
	}
	free(name);
}

void
aggs_parse(struct aggs *as, char *const *specs, size_t n)
{
	size_t i;

	*as = (struct aggs){ .n = n };
	as->v = mem_alloc(n * sizeof *as->v);
	for (i = 0; i < n; i++)
		agg_parse(&as->v[i], specs[i]);
}

static void
agg_bind(struct agg *a, const struct head *in)
{
	struct buf b = { 0 };
	size_t n, *col;
	int i;

	a->col = NOFIELD;
	a->in = TYPE_STR;
	if (a->field != NULL) {
		if (strchr(a->field, ',') != NULL)
			errx(EXIT_BAD, "%s: one field at a time", a->spec);
		col = head_names(in, a->field, &n);
		a->col = col[0];
		a->in = in->col[a->col].type;
		free(col);
	}
	a->kind = a->def->of[a->in];
	a->out = a->def->out < 0 ? a->in : (enum type)a->def->out;
	if (a->kind != NULL)
		return;
	for (i = 0; i < NTYPES; i++)
		if (a->def->of[i] != NULL) {
			buf_adds(&b, b.n > 0 ? " or " : "");
			buf_adds(&b, type_name((enum type)i));
		}
	errx(EXIT_BAD, "%s: %s is of type %s, not %.*s: "
	    "declare its type at the source", a->spec, a->field,
	    type_name(a->in), (int)b.n, b.s);
}

void
aggs_bind(struct aggs *as, const struct head *in)
{
	struct agg *a;

	as->size = 0;
	for (a = as->v; a < as->v + as->n; a++) {
		agg_bind(a, in);
		a->at = as->size;
		as->size += a->kind->size;
	}
}

void
aggs_head(const struct aggs *as, struct head *out)
{
	size_t i;

	for (i = 0; i < as->n; i++)
		head_add(out, as->v[i].name, as->v[i].out);
}

static _Noreturn void
agg_fail(const struct agg *a, int how, const struct rec *r, struct field f,
    struct field key)
{
	if (how == AGG_BAD)
		rec_bad(r, "%s is not of type %s: \"%s\"", a->field,
		    type_name(a->in), show(f.s, f.n));
	if (key.n == 0)
		rec_bad(r, "%s leaves the range of int", a->spec);
	rec_bad(r, "%s leaves the range of int for key \"%s\"", a->spec,
	    show(key.s, key.n));
}

void
aggs_add(struct aggs *as, void *acc, struct rec *r, struct arena *ar,
    struct field key)
{
	const struct agg *a = as->v, *end = a + as->n;
	char tmp[NUM_INTLEN];
	struct field f;
	int how;

	as->seq++;
	for (; a < end; a++) {
		void *p = (char *)acc + a->at;

		if (a->col == NOFIELD) {
			++*(int64_t *)p;	/* count */
			continue;
		}
		if (a->col > 0)
			f = rec_field(r, a->col);
		else
			f = (struct field){ tmp, num_putint(tmp, rec_time(r)) };
		if (field_isnull(f) && !a->def->nulls)
			continue;
		if ((how = a->kind->add(a, p, f, ar, as->seq)) != 0)
			agg_fail(a, how, r, f, key);
	}
}

void
aggs_merge(struct aggs *as, void *acc, const void *from, struct arena *ar,
    const struct rec *r, struct field key)
{
	const struct agg *a;
	int how;

	for (a = as->v; a < as->v + as->n; a++) {
		how = a->kind->merge(a, (char *)acc + a->at,
		    (const char *)from + a->at, ar);
		if (how != 0)
			agg_fail(a, how, r, NULL_FIELD, key);
	}
}

void
aggs_clear(const struct aggs *as, void *acc)
{
	const struct agg *a;

	for (a = as->v; a < as->v + as->n; a++)
		if (a->kind->clear != NULL)
			a->kind->clear((char *)acc + a->at);
		else
			memset((char *)acc + a->at, 0, a->kind->size);
}

void
aggs_print(const struct aggs *as, size_t i, const void *acc, struct buf *b)
{
	const struct agg *a = &as->v[i];

	a->kind->print(a, (const char *)acc + a->at, b);
}
