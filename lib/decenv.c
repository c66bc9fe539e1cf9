/* envelope: kcat -J's lines; of messages, what is around them and they themselves. */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "b64.h"
#include "conv.h"
#include "dectext.h"
#include "die.h"
#include "envelope.h"

/* A file's lines: the columns' paths, and behind them these two. */
enum { EXTRA_KEY, EXTRA_PAYLOAD, EXTRA_N };

/* Which member a column is, by its path; -1: none, or a part of one. */
static int
col_member(const struct col *c)
{
	return env_find(c->path);
}

static void
env_columns(struct cols *c)
{
	const struct env_member *m;

	for (m = env_members; m < env_members + ENV_N; m++)
		cols_add(c, m->name, strlen(m->name), m->type);
}

static void
env_open(struct dec *d)
{
	struct col *c;
	int i;

	if (!d->named)
		env_columns(&d->row.cols);
	if (!d->opts.kafka) {
		row_paths(&d->row, true);
		/* what has a NUL is to be found once more, for its base64 */
		(void)json_path(d->row.json, "key");
		(void)json_path(d->row.json, "payload");
		d->row.val = mem_grow(d->row.val, d->row.cols.n + EXTRA_N,
		    sizeof *d->row.val);
		return;
	}
	for (c = d->row.cols.col; c < d->row.cols.col + d->row.cols.n; c++) {
		if (!col_own(c))
			continue;
		if ((i = col_member(c)) < 0)
			errx(EXIT_USAGE, "-f: an envelope has no %s", c->path);
		c->meta = env_members[i].meta;
	}
}

static void
env_close(struct dec *d)
{
	row_nopaths(&d->row);
}

static int
env_message(struct dec *d, const char *s, size_t n, const char **why)
{
	(void)why;
	d->lane->raw.record = (struct field){ s, n };
	return 1;
}

static bool
value_hasnul(const struct json_value *v)
{
	return v->kind == JSON_STRING && v->n > 0 &&
	    memchr(v->s, '\0', v->n) != NULL;
}

/* A column of a line: what a stream cannot hold moves to the member in base64. */
static int
env_column(struct row *r, const struct col *c, const struct json_value *v,
    const char **why)
{
	const struct json_value *extra = r->val + r->cols.n;
	const struct json_value *from = NULL;
	int i = col_member(c);
	size_t at = r->out.n;

	if ((i == ENV_KEY || i == ENV_PAYLOAD) && value_hasnul(v)) {
		r->f[c->to] = NULL_FIELD;
		return 0;
	}
	if (i == ENV_KEY64)
		from = &extra[EXTRA_KEY];
	else if (i == ENV_PAYLOAD64)
		from = &extra[EXTRA_PAYLOAD];
	if (from != NULL && value_hasnul(from) && c->type == TYPE_STR) {
		b64_add(&r->out, from->s, from->n);
		r->f[c->to] = (struct field){ NULL, r->out.n - at };
		return 0;
	}
	if (conv_json(c->type, v, &r->out, &r->f[c->to]) < 0)
		return row_bad(r, c, (struct field){ v->s, v->n }, why);
	return 0;
}

static int
env_row(struct dec *d, const char **why)
{
	struct row *r = &d->row;
	struct field f = d->lane->raw.record;
	const struct json_value *v = r->val;
	const struct col *c;

	r->out.n = 0;
	if (d->opts.kafka) {
		for (c = r->cols.col; c < r->cols.col + r->cols.n; c++)
			r->f[c->to] = NULL_FIELD;
		return 1;
	}
	if (json_read(r->json, f.s, f.n, r->val, why) < 0)
		return -1;
	for (c = r->cols.col; c < r->cols.col + r->cols.n; c++)
		if (env_column(r, c, v++, why) < 0)
			return -1;
	return row_settle(r);
}

const struct dec_format dec_envelope = {
	.spec = { .name = "envelope", .messages = true, .files = true },
	.time = "ts",
	.paths = true,
	.cut = FORMAT_JSON,
	.open = env_open,
	.close = env_close,
	.read = text_read,
	.blank = json_blank,
	.message = env_message,
	.row = env_row,
};
