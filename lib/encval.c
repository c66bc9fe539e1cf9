#include <stdlib.h>
#include <string.h>

#include "delim.h"
#include "die.h"
#include "encval.h"
#include "enctext.h"

void
encval_free(struct encval *v)
{
	size_t i;

	for (i = 0; i < v->n; i++)
		buf_free(&v->tmp[i]);
	free(v->tmp);
	free(v->val);
	buf_free(&v->record);
	*v = (struct encval){ 0 };
}

void
encval_bind(struct encval *v, const struct enc *e)
{
	encval_free(v);
	v->n = e->n;
	v->val = mem_alloc((e->n + 1) * sizeof *v->val);
	v->tmp = mem_alloc((e->n + 1) * sizeof *v->tmp);
}

static void
val_get(struct encval *v, struct enc *e, struct rec *r)
{
	struct field f;
	size_t i;

	for (i = 0; i < v->n; i++) {
		f = enc_field(e, r, &e->piece[i]);
		v->tmp[i].n = 0;
		if (field_isnull(f)) {
			v->val[i] = (struct field){ NULL, 0 };
			continue;
		}
		if (e->piece[i].type == TYPE_TIME) {
			/* the next time takes its place */
			buf_add(&v->tmp[i], f.s, f.n);
			f.s = v->tmp[i].s;
		} else if (esc_undo(f, &v->tmp[i], &f) < 0) {
			enc_bad(r, &e->piece[i], f, ENC_ESCAPE);
		}
		v->val[i] = f;
	}
}

struct buf *
encval_begin(struct encval *v, struct enc *e, struct rec *r, struct buf *b)
{
	val_get(v, e, r);
	v->record.n = 0;
	return e->opts.file ? &v->record : b;
}

void
encval_end(const struct encval *v, const struct enc *e, struct buf *b)
{
	if (e->opts.file)
		delim_put(b, v->record.s, v->record.n);
}

void
encval_bad(const struct encval *v, const struct enc *e, const struct rec *r,
    size_t piece, const char *why)
{
	const char *name = e->piece[piece].name;
	struct field f = v->val[piece];

	if (f.s == NULL)
		rec_bad(r, "field %s is %s", show(name, strlen(name)), why);
	rec_bad(r, "field %s is %s: \"%s\"", show(name, strlen(name)), why,
	    show(f.s, f.n));
}
