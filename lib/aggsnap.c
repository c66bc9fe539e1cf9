/* aggsnap - accumulators over a restart */
#include "aggfn.h"

static const char values[] = "values";

void
aggs_fit(const struct aggs *as, struct snap *s)
{
	struct buf b = { 0 };
	const struct agg *a;

	for (a = as->v; a < as->v + as->n; a++) {
		if (a > as->v)
			buf_addc(&b, ' ');
		buf_adds(&b, a->what);
		if (a->field == NULL)
			continue;
		buf_addc(&b, '(');
		buf_adds(&b, type_name(a->in));
		if (a->by != NULL) {
			buf_addc(&b, ',');
			buf_adds(&b, type_name(a->bytype));
		}
		buf_addc(&b, ')');
	}
	buf_addc(&b, '\0');
	snap_fit(s, "aggregates", b.s);
	buf_free(&b);
}

void
aggs_save(const struct aggs *as, const void *acc, struct snap *s)
{
	const struct agg *a;

	for (a = as->v; a < as->v + as->n; a++)
		if (!a->shared)
			a->kind->save(a, (const char *)acc + a->at, s);
}

void
aggs_rest(const struct aggs *as, void *acc, size_t nth, struct snap *s)
{
	size_t i;

	for (i = 0; i < as->n; i++) {
		const struct agg *a = &as->v[i];

		if (!a->shared && a->kind->rest != NULL)
			a->kind->rest(a, (char *)acc + a->at, s, values,
			    nth * as->n + i);
	}
}

size_t
aggs_load(const struct aggs *as, void *acc, const struct rec *r, size_t i,
    struct arena *ar)
{
	const struct agg *a;

	for (a = as->v; a < as->v + as->n; a++)
		if (!a->shared)
			i = a->kind->load(a, (char *)acc + a->at, r, i, ar);
	return i;
}

bool
aggs_take(const struct aggs *as, void *accs, size_t n, const struct rec *r,
    struct arena *ar)
{
	const struct agg *a;
	size_t number;

	if (!snap_word(r, values))
		return false;
	number = snap_getsize(r, 1);
	if (number / as->n >= n)
		snap_bad(r);
	a = &as->v[number % as->n];
	if (a->shared || a->kind->take == NULL)
		snap_bad(r);
	a->kind->take(a, (char *)accs + number / as->n * as->size + a->at, r,
	    2, ar);
	return true;
}
