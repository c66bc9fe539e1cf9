/* agg - from the specifications of aggregates to rows of accumulators */
#include <err.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "aggfn.h"
#include "die.h"
#include "num.h"
#include "win.h"

#define NTYPES 5
#define NOFIELD SIZE_MAX	/* col: it takes the record, not a field */

enum { MUST, MAY, BOTH };	/* name a field; name two */

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
	{ "var", MUST, false, TYPE_FLOAT, { NULL, &agg_varint, &agg_varfloat,
	    NULL, NULL } },
	{ "stddev", MUST, false, TYPE_FLOAT, { NULL, &agg_stddevint,
	    &agg_stddevfloat, NULL, NULL } },
	{ "list", MUST, false, TYPE_STR, { &agg_list, &agg_list, &agg_list,
	    &agg_list, &agg_list } },
	{ "set", MUST, false, TYPE_STR, { &agg_set, &agg_set, &agg_set,
	    &agg_set, &agg_set } },
	{ "distinct", MUST, false, TYPE_INT, { &agg_distinct, &agg_distinct,
	    &agg_distinct, &agg_distinct, &agg_distinct } },
	{ "argmax", BOTH, true, -1, { &agg_argmax, &agg_argmax, &agg_argmax,
	    &agg_argmax, &agg_argmax } },
	{ "argmin", BOTH, true, -1, { &agg_argmin, &agg_argmin, &agg_argmin,
	    &agg_argmin, &agg_argmin } },
	{ "hll", MUST, false, TYPE_INT, { &agg_hll, &agg_hll, &agg_hll,
	    &agg_hll, &agg_hll } },
	{ "pNN", MUST, false, -1, { NULL, &agg_pint, &agg_pfloat, NULL,
	    NULL } },
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

#define PART_DIGITS 9		/* behind the point */

/* NN of pNN, a number up to 100, as a fraction; false: it is none. */
static bool
part_parse(const char *s, int64_t *part, int64_t *whole)
{
	size_t n = strspn(s, "0123456789"), k = 0;

	if (s[n] == '.' && (k = strspn(s + n + 1, "0123456789")) == 0)
		return false;
	if (n == 0 || n > 3 || k > PART_DIGITS ||
	    s[n + (k > 0) + k] != '\0')
		return false;
	*part = 0;
	for (*whole = 100; *s != '\0'; s++)
		if (*s != '.')
			*part = *part * 10 + *s - '0';
	while (k-- > 0)
		*whole *= 10;
	return *part <= *whole;
}

static void
agg_function(struct agg *a, const char *name)
{
	if (name[0] == 'p' && name[1] >= '0' && name[1] <= '9') {
		if (!part_parse(name + 1, &a->part, &a->whole))
			errx(EXIT_USAGE, "%s: not a percentile such as p50 "
			    "or p99.9", show(name, strlen(name)));
		name = "pNN";
	} else if (strcmp(name, "pNN") == 0)
		errx(EXIT_USAGE, "pNN: NN is a number, as in p99.9");
	a->def = def_find(name);
}

static _Noreturn void
agg_lacks(const struct agg *a, const char *name)
{
	if (a->def->field == BOTH)
		errx(EXIT_USAGE, "%s needs two fields: %s:FIELD:BY", a->spec,
		    name);
	errx(EXIT_USAGE, "%s needs a field: %s:FIELD", a->spec, name);
}

/* field or field:by */
static void
agg_fields(struct agg *a, const char *name, const char *fields)
{
	const char *colon = strchr(fields, ':');

	if (a->def->field == BOTH && colon == NULL)
		agg_lacks(a, name);
	if (a->def->field != BOTH)
		colon = NULL;
	if (*fields == '\0' || colon == fields ||
	    (colon != NULL && colon[1] == '\0'))
		errx(EXIT_USAGE, "%s: the field has no name", a->spec);
	if (colon == NULL) {
		a->field = mem_copy(fields, strlen(fields));
		return;
	}
	a->field = mem_copy(fields, (size_t)(colon - fields));
	a->by = mem_copy(colon + 1, strlen(colon + 1));
}

/* [name=]function[:field[:by]] */
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
	a->what = a->spec + (fn - spec);
	name = colon != NULL ? mem_copy(fn, (size_t)(colon - fn)) :
	    mem_copy(fn, strlen(fn));
	agg_function(a, name);
	if (colon != NULL)
		agg_fields(a, name, colon + 1);
	else if (a->def->field != MAY)
		agg_lacks(a, name);
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
	int i;

	a->col = NOFIELD;
	a->in = TYPE_STR;
	if (a->field != NULL) {
		a->col = head_name(in, a->field, NULL);
		a->in = in->col[a->col].type;
	}
	if (a->by != NULL) {
		a->valcol = a->col;
		a->bycol = head_name(in, a->by, NULL);
		a->bytype = in->col[a->bycol].type;
		a->col = 0;
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

static bool
kind_serves(const struct agg_kind *b, const struct agg_kind *a)
{
	return b->serves == a || (b->add == a->add && b->sign == a->sign);
}

/* One accumulator serves all that take the same alike, as p50 and p99 do. */
static void
agg_share(const struct aggs *as, struct agg *a)
{
	const struct agg *b;

	if (a->col == NOFIELD || a->col == 0)
		return;
	for (b = as->v; b < a; b++)
		if (b->col == a->col && kind_serves(b->kind, a->kind)) {
			a->shared = true;
			a->at = b->at;
			a->col = 0;
			return;
		}
}

void
aggs_bind(struct aggs *as, const struct head *in)
{
	struct agg *a;

	as->size = 0;
	as->plain = true;
	for (a = as->v; a < as->v + as->n; a++) {
		agg_bind(a, in);
		if (win_panes(&in->window) && a->kind == &agg_sumint)
			a->kind = &agg_sumwide;
		agg_share(as, a);
		if (a->shared)
			continue;
		a->at = as->size;
		as->size += a->kind->size;
		as->plain &= a->kind->clear == NULL;
		as->wide |= a->kind->over != NULL;
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
	if (how == AGG_TEXT)
		rec_bad(r, "%s is not UTF-8 text, so JSON cannot hold it: "
		    "\"%s\"", a->field, show(f.s, f.n));
	if (key.n == 0)
		rec_bad(r, "%s leaves the range of int", a->spec);
	rec_bad(r, "%s leaves the range of int for key \"%s\"", a->spec,
	    show(key.s, key.n));
}

static struct field
field_get(struct rec *r, size_t col, char *tmp)
{
	if (col > 0)
		return rec_field(r, col);
	return (struct field){ tmp, num_putint(tmp, rec_time(r)) };
}

static __attribute__((noinline)) void
agg_addby(const struct agg *a, void *p, struct rec *r, struct arena *ar,
    int64_t seq)
{
	char value[NUM_INTLEN], tmp[NUM_INTLEN];
	struct field by = field_get(r, a->bycol, tmp);

	if (field_isnull(by))
		return;
	if (a->kind->addby(a, p, field_get(r, a->valcol, value), by, ar,
	    seq) != 0)
		rec_bad(r, "%s is not of type %s: \"%s\"", a->by,
		    type_name(a->bytype), show(by.s, by.n));
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
		else if (a->shared)
			continue;
		else if (a->by != NULL) {
			agg_addby(a, p, r, ar, as->seq);
			continue;
		} else
			f = field_get(r, 0, tmp);
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
		if (a->shared)
			continue;
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
		if (a->shared)
			continue;
		else if (a->kind->clear != NULL)
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
