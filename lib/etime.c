#include <err.h>
#include <stdio.h>
#include <string.h>

#include "buf.h"
#include "die.h"
#include "etime.h"
#include "num.h"

/* @now or @kafka. */
static void
etime_known(struct etime *e, const char *spec, bool now, bool kafka)
{
	e->now = strcmp(spec, "@now") == 0;
	if (!e->now && strcmp(spec, "@kafka") != 0)
		errx(EXIT_USAGE, now ? "-T %s: there are @now and @kafka" :
		    "-T %s: a field is wanted", spec);
	if (e->now && !now)
		errx(EXIT_USAGE, "-T @now: only sources have that");
	if (!e->now && !kafka)
		errx(EXIT_USAGE, "-T @kafka: only kcat-in has that");
}

void
etime_parse(struct etime *e, const char *spec, bool now, bool kafka)
{
	const char *eq, *why;

	*e = (struct etime){ 0 };
	if (*spec == '@') {
		etime_known(e, spec, now, kafka);
		return;
	}
	eq = strchr(spec, '=');
	e->format = eq != NULL;
	e->ms = eq == NULL || strcmp(eq, "=ms") == 0;
	e->name = mem_copy(spec, eq != NULL ? (size_t)(eq - spec) : strlen(spec));
	e->stamp = stamp_new(eq != NULL ? eq + 1 : "ms", &why);
	if (e->stamp == NULL)
		errx(EXIT_USAGE, "-T %s: %s", spec, why);
	/* without a format: numbers are ms, text is RFC 3339 */
	if (eq == NULL && (e->iso = stamp_new("iso", &why)) == NULL)
		errx(EXIT_USAGE, "-T %s: %s", spec, why);
}

static int
etime_stamp(const struct etime *e, struct field f, int64_t *t)
{
	if (e->ms && num_int(f.s, f.n, t) == 0)
		return 0;
	if (stamp_parse(e->stamp, f.s, f.n, t) == 0)
		return 0;
	return e->iso != NULL ? stamp_parse(e->iso, f.s, f.n, t) : -1;
}

int
etime_read(const struct etime *e, struct field f, int64_t *t, char *why,
    size_t size)
{
	int k = etime_stamp(e, f, t);

	if (k == 0 && etime_fits(*t))
		return 0;
	if (k == 0)
		snprintf(why, size, "the event time is out of range");
	else if (field_isnull(f))
		snprintf(why, size, "no event time: field %s is null", e->name);
	else
		snprintf(why, size, "field %s is not a time: \"%s\"", e->name,
		    show(f.s, f.n));
	return -1;
}
