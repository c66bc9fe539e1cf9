/* Functions of times. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dur.h"
#include "floor.h"
#include "func.h"
#include "stamp.h"
#include "zone.h"

#define DAY_MS 86400000

struct format {			/* of strftime */
	char *text, *zone;
};

int
call_hour(struct expr *e, struct ins *p)
{
	(void)e;
	p->d->i = floor_mod(p->a->i, DAY_MS) / 3600000;
	return 0;
}

int
call_minute(struct expr *e, struct ins *p)
{
	(void)e;
	p->d->i = floor_mod(p->a->i, 3600000) / 60000;
	return 0;
}

/* Of the month. */
int
call_day(struct expr *e, struct ins *p)
{
	time_t t = (time_t)floor_div(p->a->i, 1000);
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL)
		return expr_fail(e, "time out of range in %s", "day()");
	p->d->i = tm.tm_mday;
	return 0;
}

int
ready_trunc(struct expr *e, struct node *n)
{
	struct node *k = n->kid->next;
	char *text = mem_copy(k->v.s.s, k->v.s.n);
	int64_t *ms = mem_alloc(sizeof *ms);
	int bad = dur_parse(text, ms) < 0 || *ms <= 0;

	n->aux = ms;
	n->drop = free;
	free(text);
	if (bad)
		return expr_fail(e, "trunc: %.*s is not a duration above zero, "
		    "such as '5m'", AT(k));
	return 0;
}

int
call_trunc(struct expr *e, struct ins *p)
{
	const int64_t *ms = p->n->aux;

	p->d->i = p->a->i - floor_mod(p->a->i, *ms);
	if (p->d->i < -TIME_LIMIT)
		return expr_fail(e, "time out of range in %.*s",
		    AT(p->n));
	return 0;
}

static void
format_free(void *v)
{
	struct format *f = v;

	free(f->text);
	free(f->zone);
	free(f);
}

int
ready_strftime(struct expr *e, struct node *n)
{
	struct format *f = mem_alloc(sizeof *f);
	struct node *k = n->kid->next, *zone = k->next;
	struct buf b = { 0 };

	n->aux = f;
	n->drop = format_free;
	buf_add(&b, k->v.s.s, k->v.s.n);
	buf_add(&b, "|", 2);
	f->text = b.s;
	if (zone == NULL) {
		f->zone = mem_copy("UTC", 3);
		return 0;
	}
	f->zone = mem_copy(zone->v.s.s, zone->v.s.n);
	if (!zone_exists(f->zone))
		return expr_fail(e, "no time zone %.*s",
		    AT(zone));
	return 0;
}

int
call_strftime(struct expr *e, struct ins *p)
{
	const struct format *f = p->n->aux;
	time_t t = (time_t)floor_div(p->a->i, 1000);
	struct buf *b = &p->n->tmp;
	struct tm tm;

	zone_use(f->zone);
	if (localtime_r(&t, &tm) == NULL)
		return expr_fail(e, "time out of range in %.*s",
		    AT(p->n));
	b->n = 0;
	if (stamp_format(b, f->text, &tm) < 0)
		return expr_fail(e, "more than %d bytes of text in %.*s",
		    STAMP_MOST, AT(p->n));
	func_text(p);
	return 0;
}

static void
stamp_drop(void *st)
{
	stamp_free(st);
}

int
ready_strptime(struct expr *e, struct node *n)
{
	struct node *k = n->kid->next;
	char *text = mem_copy(k->v.s.s, k->v.s.n);
	const char *why;

	n->aux = stamp_new(text, &why);
	n->drop = stamp_drop;
	free(text);
	if (n->aux == NULL)
		return expr_fail(e, "strptime: %s: %.*s", why,
		    AT(k));
	return 0;
}

int
call_strptime(struct expr *e, struct ins *p)
{
	if (stamp_parse(p->n->aux, p->a->s.s, p->a->s.n, &p->d->i) < 0)
		return func_bad(e, p, "not a time of that pattern", p->a->s);
	return 0;
}
