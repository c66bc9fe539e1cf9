/* proto: Protobuf messages of a descriptor set. */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "dec.h"
#include "die.h"
#include "encval.h"
#include "proto.h"
#include "registry.h"

struct encproto {
	struct proto *p;
	struct encval v;
	bool bound;
	bool framed;
	char frame[FRAME_LEN];
};

static void
proto_open(struct enc *e)
{
	struct encproto *o = mem_alloc(sizeof *o);

	e->own = o;
	o->p = proto_new(e->arg);
}

static void
proto_close(struct enc *e)
{
	struct encproto *o = e->own;

	proto_free(o->p);
	encval_free(&o->v);
	free(o);
}

/*
 * What the registry calls the schema.  A file that imports others than those
 * that come with Protobuf needs them as references: there the subject's latest
 * schema has to be it.
 */
static void
proto_register(struct enc *e, struct encproto *o)
{
	struct registry *reg = e->opts.registry;
	const char *text, *name, *why = NULL, *latest;
	bool known, alone = !reg->uselatest;
	int32_t id;
	size_t i;
	int k;

	for (i = 1; proto_source(o->p, i, &name, &known) != NULL; i++)
		alone = alone && known;
	text = proto_source(o->p, 0, &name, &known);
	if (alone)
		k = reg->id(reg, e->opts.subject, "PROTOBUF", text, &id, &why);
	else
		k = reg->latest(reg, e->opts.subject, &id, &latest, &why);
	if (k < 0)
		errx(k == DEC_TEMP ? EXIT_TEMP : EXIT_BAD, "%s", why);
	frame_write(o->frame, id);
	o->framed = true;
}

static void
proto_bind(struct enc *e, const struct head *h)
{
	struct encproto *o = e->own;
	const char *why;
	size_t i;

	(void)h;
	if (o->bound) {
		proto_free(o->p);
		o->p = proto_new(e->arg);
	}
	o->bound = true;
	for (i = 0; i < e->n; i++) {
		if (e->piece[i].kind != NULL)
			errx(EXIT_USAGE, "-f: the message says what the types "
			    "are: %s:%s", e->piece[i].name, e->piece[i].kind);
		if (proto_wpath(o->p, e->piece[i].path, &why) < 0)
			errx(EXIT_BAD, "-s proto:%s: field %s: %s", e->arg,
			    show(e->piece[i].name, strlen(e->piece[i].name)),
			    why);
	}
	if (proto_settle(o->p, &why) < 0)
		errx(EXIT_BAD, "-s proto:%s: %s", e->arg, why);
	encval_bind(&o->v, e);
	if (e->opts.registry != NULL && !e->opts.file)
		proto_register(e, o);
}

static void
proto_rec(struct enc *e, struct rec *r, struct buf *b)
{
	struct encproto *o = e->own;
	struct buf *to = encval_begin(&o->v, e, r, b);
	const char *why;
	size_t bad;

	if (o->framed) {
		buf_add(b, o->frame, sizeof o->frame);
		proto_putindex(o->p, b);
	}
	if (proto_write(o->p, o->v.val, to, &bad, &why) < 0)
		encval_bad(&o->v, e, r, bad, why);
	encval_end(&o->v, e, b);
}

const struct enc_format enc_proto = {
	.spec = { .name = "proto", .arg = "FILE:MESSAGE", .argneeded = true,
	    .messages = true, .files = true },
	.paths = true,
	.open = proto_open,
	.close = proto_close,
	.bind = proto_bind,
	.rec = proto_rec,
};
