#include <err.h>
#include <string.h>

#include "die.h"
#include "enctext.h"
#include "result.h"

static void
result_columns(const struct result *a, const struct stage *g, struct head *out)
{
	const struct column *c;
	struct buf name = { 0 };
	size_t i, stem;

	buf_adds(&name, g->name);
	buf_addc(&name, '_');
	stem = name.n;
	for (i = 0; i < a->ncol; i++) {
		c = &a->in->col[a->col[i]];
		name.n = stem;
		buf_add(&name, c->name, strlen(c->name) + 1);
		head_add(out, name.s, g->counted ? TYPE_STR : c->type);
	}
	name.n = stem;
	buf_add(&name, "count", sizeof "count");
	if (g->counted)
		head_add(out, name.s, TYPE_INT);
	buf_free(&name);
}

void
result_init(struct result *a, const struct stages *stages,
    const struct key *key, const struct head *in, struct head *out)
{
	size_t i, k;

	*a = (struct result){ .stages = stages, .key = key, .in = in,
	    .nf = in->ncol };
	a->col = mem_grow(NULL, in->ncol, sizeof *a->col);
	for (i = 0; i < in->ncol; i++) {
		for (k = 0; k < key->n && key->col[k] != i; k++)
			;
		if (k == key->n)
			a->col[a->ncol++] = i;
	}
	head_clear(out);
	for (i = 0; i < key->n; i++)
		head_add(out, key->name[i], key->type[i]);
	head_add(out, "kind", TYPE_STR);
	for (i = 0; i < stages->n; i++)
		if (!stages->v[i].not)
			result_columns(a, &stages->v[i], out);
	a->f = mem_grow(NULL, out->ncol, sizeof *a->f);
	a->at = mem_grow(NULL, out->ncol + 1, sizeof *a->at);
}

static void
result_steps(struct result *a, struct steps *steps, const struct step *last)
{
	const struct step *p;
	struct rec r;
	size_t i;

	for (i = 0, p = last; p != NULL; p = p->prev)
		i++;
	if (i > a->cap) {
		a->cap = 2 * i;
		a->step = mem_grow(a->step, a->cap, sizeof(struct step *));
		a->cell = mem_grow(a->cell, a->cap * a->nf, sizeof *a->cell);
	}
	a->nstep = i;
	for (p = last; p != NULL; p = p->prev) {
		a->step[--i] = p;
		r = step_rec(steps, p, a->nf);
		memcpy(a->cell + i * a->nf + 1, r.f + 1,
		    (a->nf - 1) * sizeof *r.f);
	}
}

static _Noreturn void
result_bad(const struct column *c, struct field f, int why)
{
	const char *text = show(f.s, f.n);

	if (why == ENC_TYPE)
		errx(EXIT_BAD, "%s is not of type %s: \"%s\"", c->name,
		    type_name(c->type), text);
	errx(EXIT_BAD, "%s: %s, so it cannot stand in a list: \"%s\"", c->name,
	    why == ENC_UTF8 ? "not UTF-8" : "a broken escape", text);
}

static void
result_item(struct result *a, size_t i, size_t col)
{
	const struct column *c = &a->in->col[col];
	struct field f = a->cell[i * a->nf + col];
	int k = 0;

	if (col == 0)
		buf_addint(&a->list, a->step[i]->rec->time);
	else if (field_isnull(f))
		buf_adds(&a->list, "null");
	else if (c->type == TYPE_TIME)
		buf_add(&a->list, f.s, f.n);
	else if ((k = enc_value(&a->list, c->type, f)) < 0)
		result_bad(c, f, k);
}

/* A column of a stage's records as a JSON array. */
static void
result_list(struct result *a, size_t stage, size_t col)
{
	size_t i;

	a->list.n = 0;
	buf_addc(&a->list, '[');
	for (i = 0; i < a->nstep; i++) {
		if (a->step[i]->stage != stage)
			continue;
		if (a->list.n > 1)
			buf_addc(&a->list, ',');
		result_item(a, i, col);
	}
	buf_addc(&a->list, ']');
	esc_add(&a->b, a->list.s, a->list.n);
}

static void
result_one(struct result *a, size_t stage, size_t col)
{
	struct field f = NULL_FIELD;
	size_t i;

	for (i = 0; i < a->nstep && a->step[i]->stage != stage; i++)
		;
	if (i < a->nstep && col == 0) {
		buf_addint(&a->b, a->step[i]->rec->time);
		return;
	}
	if (i < a->nstep)
		f = a->cell[i * a->nf + col];
	buf_add(&a->b, f.s, f.n);
}

static int64_t
result_count(const struct result *a, size_t stage)
{
	int64_t n = 0;
	size_t i;

	for (i = 0; i < a->nstep; i++)
		n += a->step[i]->stage == stage;
	return n;
}

struct rec
result_row(struct result *a, struct steps *steps, const struct track *t,
    const struct found *found)
{
	struct rec r = { .f = a->f, .time = found->time, .timed = true };
	size_t i, k, n = a->key->n + 1;

	result_steps(a, steps, found->last);
	key_split(a->key, (struct field){ t->key, t->nkey }, a->f + 1);
	a->f[n++] = found->timeout ? (struct field){ "timeout", 7 } :
	    (struct field){ "match", 5 };
	a->b.n = 0;
	a->at[r.nf = n] = 0;
	for (i = 0; i < a->stages->n; i++) {
		const struct stage *g = &a->stages->v[i];

		for (k = 0; !g->not && k < a->ncol + g->counted; k++) {
			if (k == a->ncol)
				buf_addint(&a->b, result_count(a, i));
			else if (g->counted)
				result_list(a, i, a->col[k]);
			else
				result_one(a, i, a->col[k]);
			a->at[++r.nf] = a->b.n;
		}
	}
	for (; n < r.nf; n++)
		a->f[n] = (struct field){ a->b.s + a->at[n],
		    a->at[n + 1] - a->at[n] };
	return r;
}
