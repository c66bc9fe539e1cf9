/* proto: Protobuf messages of a descriptor set. */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "delim.h"
#include "die.h"
#include "proto.h"

struct decproto {
	struct proto *p;
	struct json_value *val;	/* a column each, but for meta columns */
};

static void
proto_columns(struct dec *d, const struct proto *p)
{
	const char *name;
	enum type type;
	size_t i;

	for (i = 0; i < proto_nfield(p); i++) {
		name = proto_field(p, i, &type);
		cols_add(&d->row.cols, name, strlen(name), type);
	}
	if (i == 0)
		errx(EXIT_BAD, "-s proto:%s: the message has no fields",
		    d->arg);
}

static void
proto_open(struct dec *d)
{
	struct decproto *o = mem_alloc(sizeof *o);
	const struct col *c;
	const char *why;

	d->own = o;
	o->p = proto_new(d->arg);
	if (!d->named)
		proto_columns(d, o->p);
	for (c = d->row.cols.col; c < d->row.cols.col + d->row.cols.n; c++)
		if (col_own(c) && proto_path(o->p, c->path, c->type, &why) < 0)
			errx(EXIT_USAGE, "-f: %s: %s", c->path, why);
	o->val = mem_grow(NULL, d->row.cols.n, sizeof *o->val);
}

static void
proto_close(struct dec *d)
{
	struct decproto *o = d->own;

	proto_free(o->p);
	free(o->val);
	free(o);
}

/* The event time of a record is wanted in ms. */
static void
proto_bound(struct dec *d)
{
	struct decproto *o = d->own;
	const struct col *c;
	size_t i = 0;

	for (c = d->row.cols.col; c < d->row.cols.col + d->row.cols.n; c++)
		if (col_own(c))
			proto_type(o->p, i++, c->to == 0 ? TYPE_TIME : c->type);
}

static int
proto_message(struct dec *d, const char *s, size_t n, const char **why)
{
	struct decproto *o = d->own;

	if (proto_unframe(o->p, &s, &n, why) < 0)
		return -1;
	d->lane->raw.record = (struct field){ s, n };
	return 1;
}

static int
proto_row(struct dec *d, const char **why)
{
	struct decproto *o = d->own;
	struct field f = d->lane->raw.record;

	if (proto_read(o->p, f.s, f.n, o->val, why) < 0)
		return -1;
	return row_values(&d->row, o->val, why);
}

const struct dec_format dec_proto = {
	.spec = { .name = "proto", .arg = "FILE:MESSAGE", .argneeded = true,
	    .messages = true, .files = true },
	.paths = true,
	.bytes = true,
	.open = proto_open,
	.close = proto_close,
	.bound = proto_bound,
	.read = delim_read,
	.message = proto_message,
	.row = proto_row,
};
