/* Runs the program of an expression on a record. */
#include <math.h>
#include <string.h>

#include "die.h"
#include "dur.h"
#include "node.h"
#include "num.h"
#include "val.h"

/* 0, 1 for null, -1: no int. */
static inline int
rec_int(const struct rec *r, size_t i, int64_t *v)
{
	struct field f;
	uint64_t w;

	if (r->f == NULL && direct_digits(r->base, r->sep, i, &w)) {
		*v = (int64_t)num_join(w);
		return 0;
	}
	f = rec_field(r, i);
	return field_isnull(f) ? 1 : num_int(f.s, f.n, v);
}

static int
eval_badfield(struct expr *e, const struct ins *p, const struct rec *r)
{
	static const char *const words[] = {
		[TYPE_INT] = "an int", [TYPE_FLOAT] = "a float",
		[TYPE_BOOL] = "a bool", [TYPE_TIME] = "a time",
	};
	struct field f = rec_field(r, p->to);

	if (p->n->type == TYPE_STR)
		return expr_fail(e, "field %s has a broken escape: \"%s\"",
		    p->n->name, show(f.s, f.n));
	return expr_fail(e, "field %s is not %s: \"%s\"", p->n->name,
	    words[p->n->type], show(f.s, f.n));
}

static int
eval_overflow(struct expr *e, const struct ins *p, const char *what)
{
	return expr_fail(e, "%s in %.*s", what,
	    AT(p->n));
}

/* Is the column within p's range? */
static int
eval_range(struct expr *e, const struct ins *p, const struct rec *r,
    bool *null)
{
	int64_t v = 0;
	int k = rec_int(r, p->to, &v);

	*null = k > 0;
	if (k < 0)
		return eval_badfield(e, p, r);
	return ((uint64_t)v - (uint64_t)p->low <= p->width) != p->not;
}

static bool
eval_same(const struct ins *p, const struct rec *r, bool *null)
{
	struct field f = rec_field(r, p->to);

	*null = field_isnull(f);
	return (f.n == p->same.n && memcmp(f.s, p->same.s, f.n) == 0) != p->not;
}

static int
eval_column(struct expr *e, struct ins *p, const struct rec *r)
{
	struct field f = rec_field(r, p->to);
	struct value *d = p->d;
	bool b = false;
	int k;

	if ((d->null = field_isnull(f)))
		return 0;
	switch (p->op) {
	case OP_COLF:
		k = val_float(f, &d->d);
		break;
	case OP_COLB:
		k = val_bool(f, &b);
		d->i = b;
		break;
	case OP_COLT:
		k = val_time(f, &d->i);
		break;
	default:
		p->n->tmp.n = 0;
		k = esc_undo(f, &p->n->tmp, &d->s);
	}
	return k < 0 ? eval_badfield(e, p, r) : 0;
}

static bool
mask_has(unsigned mask, int order)
{
	return mask >> (order + 1) & 1;
}

/* Arithmetic on ints, on times, and on floats; true: it went over. */
static bool
eval_int(enum op op, struct value *d, int64_t a, int64_t b)
{
	switch (op) {
	case OP_ADDI:
	case OP_ADDT:
		return __builtin_add_overflow(a, b, &d->i);
	case OP_SUBI:
	case OP_SUBT:
		return __builtin_sub_overflow(a, b, &d->i);
	case OP_MULI:
		return __builtin_mul_overflow(a, b, &d->i);
	case OP_NEGI:
		return __builtin_sub_overflow(0, a, &d->i);
	case OP_ITOT:
		d->i = a;
		return false;
	default:
		break;
	}
	d->null = b == 0;
	if (b == 0)
		return false;
	if (op == OP_MODI) {
		d->i = b == -1 ? 0 : a % b;
		return false;
	}
	if (a == INT64_MIN && b == -1)
		return true;
	d->i = a / b;
	return false;
}

static void
eval_float(enum op op, struct value *d, double a, double b)
{
	switch (op) {
	case OP_ADDF:
		d->d = a + b;
		return;
	case OP_SUBF:
		d->d = a - b;
		return;
	case OP_MULF:
		d->d = a * b;
		return;
	case OP_NEGF:
		d->d = -a;
		return;
	default:
		break;
	}
	d->null = b == 0;
	if (b == 0)
		return;
	d->d = op == OP_MODF ? fmod(a, b) : a / b;
	if (op == OP_QUOF)
		d->d = trunc(d->d);
}

/* Three-valued: a value that decides wins over null. */
static void
eval_logic(struct ins *p, bool decides)
{
	const struct value *a = p->a, *b = p->b;
	bool any = (!a->null && a->i == decides) ||
	    (!b->null && b->i == decides);

	p->d->null = !any && (a->null || b->null);
	p->d->i = any == decides;
}

int
code_run(struct expr *e, struct ins *p, struct rec *r)
{
	struct value *d;
	int k;

	for (;; p++) {
		d = p->d;
		if (p->op <= OP_STRICT) {
			d->null = p->a->null | p->b->null | p->c->null;
			if (d->null)
				continue;
		}
		switch (p->op) {
		case OP_END:
			return 0;
		case OP_CALL:
			if (p->n->func->call(e, p) < 0)
				return -1;
			break;
		case OP_ADDI:
		case OP_SUBI:
		case OP_MULI:
		case OP_QUOI:
		case OP_MODI:
		case OP_NEGI:
			if (eval_int(p->op, d, p->a->i, p->b->i))
				return eval_overflow(e, p, "integer overflow");
			break;
		case OP_ADDT:
		case OP_SUBT:
		case OP_ITOT:
			if (eval_int(p->op, d, p->a->i, p->b->i) ||
			    d->i > TIME_LIMIT || d->i < -TIME_LIMIT)
				return eval_overflow(e, p, "time out of range");
			break;
		case OP_ADDF:
		case OP_SUBF:
		case OP_MULF:
		case OP_DIVF:
		case OP_QUOF:
		case OP_MODF:
		case OP_NEGF:
			eval_float(p->op, d, p->a->d, p->b->d);
			break;
		case OP_CMPI:
			k = (p->a->i > p->b->i) - (p->a->i < p->b->i);
			d->i = mask_has(p->mask, k);
			break;
		case OP_CMPF:
		case OP_CMPS:
			k = value_cmp(p->a, p->b);
			d->i = mask_has(p->mask, k);
			break;
		case OP_CMPIF:
			k = value_cmpif(p->a->i, p->b->d);
			d->i = mask_has(p->mask, k);
			break;
		case OP_NOT:
			d->i = !p->a->i;
			break;
		case OP_ITOF:
			d->d = (double)p->a->i;
			break;
		case OP_TTOI:
			d->i = p->a->i;
			break;
		case OP_TIME:
			d->null = false;
			d->i = rec_time(r);
			break;
		case OP_COLI:
			k = rec_int(r, p->to, &d->i);
			if (k < 0)
				return eval_badfield(e, p, r);
			d->null = k > 0;
			break;
		case OP_COLF:
		case OP_COLB:
		case OP_COLS:
		case OP_COLT:
			if (eval_column(e, p, r) < 0)
				return -1;
			break;
		case OP_RANGEI:
			if ((k = eval_range(e, p, r, &d->null)) < 0)
				return -1;
			d->i = k;
			break;
		case OP_RANGET:
			d->null = false;
			d->i = ((uint64_t)rec_time(r) - (uint64_t)p->low <=
			    p->width) != p->not;
			break;
		case OP_SAMES:
			d->i = eval_same(p, r, &d->null);
			break;
		case OP_ISNULL:
			d->null = false;
			d->i = p->a->null == (p->mask == 2);
			break;
		case OP_AND:
			eval_logic(p, false);
			break;
		case OP_OR:
			eval_logic(p, true);
			break;
		case OP_IN:
			set_find(p->n->aux, p->a, d);
			break;
		case OP_UNLESS:
		case OP_WHEN:
			if (p->a->null || p->a->i != (p->op == OP_WHEN))
				break;
			d->null = false;
			d->i = p->a->i;
			p = e->code + p->to - 1;
			break;
		case OP_IF:
			if (p->a->null || !p->a->i)
				p = e->code + p->to - 1;
			break;
		case OP_TAKE:
			if (p->a->null)
				break;
			*d = *p->a;
			p = e->code + p->to - 1;
			break;
		case OP_COPY:
			*d = *p->a;
			break;
		case OP_NULL:
			d->null = true;
			break;
		case OP_JUMP:
			p = e->code + p->to - 1;
			break;
		}
	}
}

static __attribute__((noinline)) bool
expr_run(struct expr *e, struct rec *r)
{
	const struct value *v = &e->root->v;

	if (code_run(e, e->code, r) < 0)
		rec_bad(r, "%.*s", (int)e->why.n, e->why.s);
	return !v->null && v->i;
}

bool
expr_true(struct expr *e, struct rec *r)
{
	bool is;

	if (e->isrange && r->f == NULL &&
	    direct_range(&e->range, r->base, r->sep, &is))
		return is;
	return expr_run(e, r);
}

int
expr_tryeval(struct expr *e, struct rec *r, struct value *v, struct buf *why)
{
	if (code_run(e, e->code, r) < 0) {
		buf_add(why, e->why.s, e->why.n);
		e->why.n = 0;
		return -1;
	}
	*v = e->root->v;
	return 0;
}

void
expr_eval(struct expr *e, struct rec *r, struct value *v)
{
	if (e->issum && r->f == NULL &&
	    direct_sum(&e->sum, r->base, r->sep, &v->i)) {
		v->type = TYPE_INT;
		v->null = false;
		return;
	}
	if (code_run(e, e->code, r) < 0)
		rec_bad(r, "%.*s", (int)e->why.n, e->why.s);
	*v = e->root->v;
}

const struct range *
expr_range(const struct expr *e)
{
	return e->isrange ? &e->range : NULL;
}

const struct sum *
expr_sum(const struct expr *e)
{
	return e->issum ? &e->sum : NULL;
}
