/* aggmerge - accumulators of several panes become those of one window */
#include <err.h>
#include <string.h>

#include "aggfn.h"
#include "die.h"

void
aggs_start(const struct aggs *as, void *acc, const void *from,
    struct arena *ar)
{
	if (as->plain) {
		memcpy(acc, from, as->size);
		return;
	}
	aggs_clear(as, acc);
	aggs_fold(as, acc, from, ar);
}

void
aggs_fold(const struct aggs *as, void *acc, const void *from,
    struct arena *ar)
{
	const struct agg *a;

	for (a = as->v; a < as->v + as->n; a++)
		if (!a->shared)
			(void)a->kind->merge(a, (char *)acc + a->at,
			    (const char *)from + a->at, ar);
}

void
aggs_over(const struct aggs *as, const void *acc, struct field key)
{
	const struct agg *a;

	for (a = as->v; a < as->v + as->n; a++) {
		if (a->kind->over == NULL ||
		    !a->kind->over((const char *)acc + a->at))
			continue;
		if (key.n == 0)
			errx(EXIT_BAD, "%s leaves the range of int", a->spec);
		errx(EXIT_BAD, "%s leaves the range of int for key \"%s\"",
		    a->spec, show(key.s, key.n));
	}
}
