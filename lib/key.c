#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"
#include "key.h"
#include "num.h"
#include "val.h"

void
key_bind(struct key *k, const struct head *h, const char *names)
{
	size_t i;

	k->n = k->text = 0;
	if (names == NULL)
		return;
	k->col = head_names(h, names, &k->n);
	k->type = mem_grow(NULL, k->n, sizeof *k->type);
	k->name = mem_grow(NULL, k->n, sizeof *k->name);
	for (i = 0; i < k->n; i++) {
		const struct column *c = &h->col[k->col[i]];

		k->type[i] = c->type;
		k->name[i] = mem_copy(c->name, strlen(c->name));
	}
	if (k->n == 1 && k->col[0] != 0 &&
	    (k->type[0] == TYPE_STR || k->type[0] == TYPE_BOOL))
		k->text = k->col[0];
}

void
key_free(struct key *k)
{
	size_t i;

	for (i = 0; i < k->n; i++)
		free(k->name[i]);
	free(k->name);
	free(k->col);
	free(k->type);
	buf_free(&k->b);
	*k = (struct key){ 0 };
}

static bool
col_isplain(enum type type, struct field f)
{
	if (type == TYPE_STR || type == TYPE_BOOL || field_isnull(f))
		return true;
	return type != TYPE_FLOAT && int_canonical(f);
}

static _Noreturn void
key_bad(const struct key *k, const struct rec *r, size_t i)
{
	struct field f = rec_field(r, k->col[i]);

	rec_bad(r, "%s is not of type %s: \"%s\"", k->name[i],
	    type_name(k->type[i]), show(f.s, f.n));
}

static void
key_add(struct key *k, struct rec *r, size_t i)
{
	struct field f;
	int64_t v;
	double d;

	if (k->col[i] == 0) {
		buf_addint(&k->b, rec_time(r));
		return;
	}
	f = rec_field(r, k->col[i]);
	if (col_isplain(k->type[i], f)) {
		buf_add(&k->b, f.s, f.n);
	} else if (k->type[i] != TYPE_FLOAT) {
		if (val_int(f, &v) < 0)
			key_bad(k, r, i);
		buf_addint(&k->b, v);
	} else {
		if (val_float(f, &d) < 0)
			key_bad(k, r, i);
		if (d == 0)
			d = 0;		/* not -0 */
		buf_room(&k->b, NUM_FLOATLEN);
		k->b.n += num_putfloat(k->b.s + k->b.n, d);
	}
}

struct field
key_make(struct key *k, struct rec *r)
{
	struct field f;
	size_t i;

	if (k->n == 0)
		return (struct field){ "", 0 };
	if (k->n == 1 && k->col[0] != 0) {
		f = rec_field(r, k->col[0]);
		if (col_isplain(k->type[0], f))
			return f;
	}
	k->b.n = 0;
	for (i = 0; i < k->n; i++) {
		if (i > 0)
			buf_addc(&k->b, '\t');
		key_add(k, r, i);
	}
	return (struct field){ k->b.s, k->b.n };
}

void
key_split(const struct key *k, struct field text, struct field *to)
{
	const char *s = text.s, *end = s + text.n, *tab;
	size_t i;

	for (i = 0; i < k->n; i++, s = tab + 1) {
		tab = i + 1 < k->n ? memchr(s, '\t', (size_t)(end - s)) : end;
		to[i] = (struct field){ s, (size_t)(tab - s) };
	}
}

void
key_save(const struct key *k, struct field text, struct snap *s)
{
	if (k->n > 0)
		snap_put(s, text);
}

/* Its columns stand side by side there too. */
struct field
key_load(const struct key *k, const struct rec *r, size_t i)
{
	struct field from, to;

	if (k->n == 0)
		return (struct field){ "", 0 };
	from = snap_field(r, i);
	to = snap_field(r, i + k->n - 1);
	return (struct field){ from.s, (size_t)(to.s + to.n - from.s) };
}
