/* thrift: structs of the binary or compact protocol, their fields by id. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"
#include "encval.h"
#include "thrift.h"

struct encthrift {
	struct thrift *t;
	struct encval v;
};

static void
thrift_open(struct enc *e)
{
	struct encthrift *o = mem_alloc(sizeof *o);

	e->own = o;
	o->t = thrift_new(e->arg);
}

static void
thrift_close(struct enc *e)
{
	struct encthrift *o = e->own;

	thrift_free(o->t);
	encval_free(&o->v);
	free(o);
}

static struct tkind
piece_kind(const struct piece *p)
{
	struct tkind k = tkind_of(p->type);

	if (p->kind != NULL && tkind_parse(p->kind, &k) < 0)
		tkind_usage(p->kind);
	return k;
}

static void
thrift_bind(struct enc *e, const struct head *h)
{
	struct encthrift *o = e->own;
	const struct piece *p;
	const char *why;
	char number[32];
	size_t i;

	(void)h;
	thrift_free(o->t);
	o->t = thrift_new(e->arg);
	for (i = 0; i < e->n; i++) {
		p = &e->piece[i];
		/* without ids, fields count from 1 */
		snprintf(number, sizeof number, "%zu", i + 1);
		if (thrift_wpath(o->t, e->opts.fields != NULL ? p->path :
		    number, piece_kind(p), &why) < 0)
			errx(EXIT_USAGE, "-f: %s=%s: %s", p->name, p->path,
			    why);
	}
	encval_bind(&o->v, e);
}

static void
thrift_rec(struct enc *e, struct rec *r, struct buf *b)
{
	struct encthrift *o = e->own;
	struct buf *to = encval_begin(&o->v, e, r, b);
	const char *why;
	size_t bad;

	if (thrift_write(o->t, o->v.val, to, &bad, &why) < 0)
		encval_bad(&o->v, e, r, bad, why);
	encval_end(&o->v, e, b);
}

const struct enc_format enc_thrift = {
	.spec = { .name = "thrift", .arg = "binary|compact", .argneeded = true,
	    .messages = true, .files = true },
	.paths = true,
	.open = thrift_open,
	.close = thrift_close,
	.bind = thrift_bind,
	.rec = thrift_rec,
};
