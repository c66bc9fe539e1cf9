/* Rows of JSON documents: apart, so that only what reads JSON links its library. */
#include <err.h>
#include <stdlib.h>

#include "conv.h"
#include "die.h"
#include "row.h"
#include "scan.h"

void
row_paths(struct row *r, bool named)
{
	const struct col *c;

	r->json = json_new();
	r->val = mem_grow(NULL, r->cols.n, sizeof *r->val);
	r->whole = !named;
	for (c = r->cols.col; named && c < r->cols.col + r->cols.n; c++)
		if (c->meta == META_NONE && json_path(r->json, c->path) < 0)
			errx(EXIT_USAGE, "-f: not a path such as a.b or "
			    "a[0].b: %s", c->path);
}

void
row_nopaths(struct row *r)
{
	if (r->json != NULL)
		json_free(r->json);
	free(r->val);
	r->json = NULL;
	r->val = NULL;
}

static int
row_json1(struct row *r, const struct col *c, const struct json_value *v,
    const char **why)
{
	if (conv_json(c->type, v, &r->out, &r->f[c->to]) < 0)
		return row_bad(r, c, (struct field){ v->s, v->n }, why);
	return 0;
}

int
row_values(struct row *r, const struct json_value *v, const char **why)
{
	const struct col *c;

	r->out.n = 0;
	for (c = r->cols.col; c < r->cols.col + r->cols.n; c++)
		if (c->meta != META_NONE)
			r->f[c->to] = NULL_FIELD;
		else if (row_json1(r, c, v++, why) < 0)
			return -1;
	return row_settle(r);
}

int
row_json(struct row *r, const struct raw *w, const char **why)
{
	struct json_value all = { JSON_TREE, false, w->record.s, w->record.n };

	if (json_read(r->json, all.s, all.n, r->val, why) < 0)
		return -1;
	if (!r->whole)
		return row_values(r, r->val, why);
	all.clean = !scan_any(all.s, all.n, '\\', '\t', '\r', '\n');
	return row_values(r, &all, why);
}
