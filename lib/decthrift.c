/* thrift: structs of the binary or compact protocol, without a schema. */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "delim.h"
#include "die.h"
#include "thrift.h"

struct decthrift {
	struct thrift *t;
	struct json_value *val;	/* a column each, but for meta columns */
};

static void
column_open(struct decthrift *o, struct col *c)
{
	struct tkind k = { .type = T_STOP };

	if (c->kind != NULL) {
		if (tkind_parse(c->kind, &k) < 0)
			tkind_usage(c->kind);
		c->type = tkind_column(&k);
	}
	if (thrift_path(o->t, c->path, &k) < 0)
		errx(EXIT_USAGE, "-f: not the ids of fields such as name=1 or "
		    "name=2.1: %s", c->path);
}

static void
thrift_open(struct dec *d)
{
	struct decthrift *o = mem_alloc(sizeof *o);
	struct col *c;

	d->own = o;
	o->t = thrift_new(d->arg);
	if (!d->named) {
		cols_add(&d->row.cols, "json", 4, TYPE_STR);
		(void)thrift_path(o->t, NULL, NULL);
	}
	for (c = d->row.cols.col; d->named &&
	    c < d->row.cols.col + d->row.cols.n; c++)
		if (col_own(c))
			column_open(o, c);
	o->val = mem_grow(NULL, d->row.cols.n, sizeof *o->val);
}

static void
thrift_close(struct dec *d)
{
	struct decthrift *o = d->own;

	thrift_free(o->t);
	free(o->val);
	free(o);
}

static int
thrift_message(struct dec *d, const char *s, size_t n, const char **why)
{
	(void)why;
	d->lane->raw.record = (struct field){ s, n };
	return 1;
}

static int
thrift_row(struct dec *d, const char **why)
{
	struct decthrift *o = d->own;
	struct field f = d->lane->raw.record;

	if (thrift_read(o->t, f.s, f.n, o->val, why) < 0)
		return -1;
	return row_values(&d->row, o->val, why);
}

const struct dec_format dec_thrift = {
	.spec = { .name = "thrift", .arg = "binary|compact", .argneeded = true,
	    .messages = true, .files = true },
	.paths = true,
	.kinds = true,
	.bytes = true,
	.open = thrift_open,
	.close = thrift_close,
	.read = delim_read,
	.message = thrift_message,
	.row = thrift_row,
};
