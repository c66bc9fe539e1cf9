#include <err.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "die.h"
#include "dur.h"
#include "num.h"
#include "rec.h"

int64_t
rec_readtime(struct rec *r)
{
	struct field f = rec_field(r, 0);

	/* nearly all are, and then surely in range */
	if (f.n - NUM_MIDLEAST <= NUM_MIDMOST - NUM_MIDLEAST &&
	    num_mid(f.s, f.n, &r->time)) {
		r->timed = true;
		return r->time;
	}
	if (num_int(f.s, f.n, &r->time) < 0 ||
	    r->time < -TIME_LIMIT || r->time > TIME_LIMIT)
		rec_bad(r, "not a record: the time is \"%s\"", show(f.s, f.n));
	r->timed = true;
	return r->time;
}

void
rec_join(struct rec *r, struct buf *b)
{
	struct field f;
	size_t i;

	if (r->f == NULL) {
		f = rec_line(r);
		buf_add(b, f.s, f.n);
		return;
	}
	if (r->text)
		buf_add(b, r->f[0].s, r->f[0].n);
	else
		buf_addint(b, r->time);
	for (i = 1; i < r->nf; i++) {
		buf_addc(b, '\t');
		buf_add(b, r->f[i].s, r->f[i].n);
	}
}

void
origin_show(const struct origin *o, char *to, size_t n)
{
	const char *what = o->partition == ORIGIN_RECORD ? "record" : "line";

	if (o->partition >= 0)
		snprintf(to, n, "topic %s partition %d offset %" PRId64,
		    show(o->name, strlen(o->name)), o->partition, o->pos);
	else if (o->name != NULL)
		snprintf(to, n, "%s: %s %" PRId64,
		    show(o->name, strlen(o->name)), what, o->pos);
	else
		snprintf(to, n, "%s %" PRId64, what, o->pos);
}

static const struct origin *(*place_of)(const struct origin *);

void
rec_place(const struct origin *(*of)(const struct origin *))
{
	place_of = of;
}

void
rec_bad(const struct rec *r, const char *fmt, ...)
{
	const struct origin *from = r->from;
	char place[512], text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (place_of != NULL)
		from = place_of(from);
	if (from == NULL)
		errx(EXIT_BAD, "%s", text);
	origin_show(from, place, sizeof place);
	errx(EXIT_BAD, "%s: %s", place, text);
}
