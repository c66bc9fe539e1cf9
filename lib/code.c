/* From the checked tree to a flat program; constants are computed now, once. */
#include <stdlib.h>
#include <string.h>

#include "node.h"

#define DIGITS_MOST 99999999

struct set {			/* the constants of an in (…), sorted */
	struct value *v;
	size_t n;
	bool null;		/* one of them is */
};

static int code_node(struct expr *, struct node *);

static struct ins *
code_ins(struct expr *e, enum op op, struct node *n)
{
	static const struct value none = { .type = TYPE_INT };
	struct ins *p;

	if (e->ncode + 1 >= e->cap) {		/* one more for OP_END */
		e->cap = e->cap * 2 + 16;
		e->code = mem_grow(e->code, e->cap, sizeof *e->code);
	}
	p = &e->code[e->ncode++];
	*p = (struct ins){ .op = op, .mask = n->mask, .d = &n->v, .n = n };
	p->a = p->b = p->c = &none;
	p[1].op = OP_END;
	return p;
}

/* Operands in a, b and c. */
static struct ins *
code_strict(struct expr *e, enum op op, struct node *n)
{
	struct ins *p = code_ins(e, op, n);
	struct node *k = n->kid;

	p->a = &k->v;
	if ((k = k->next) != NULL) {
		p->b = &k->v;
		if ((k = k->next) != NULL)
			p->c = &k->v;
	}
	return p;
}

/* The last instruction runs now if all that it needs is known. */
static void
code_fold(struct expr *e, struct node *n)
{
	struct node *k;

	for (k = n->kid; k != NULL; k = k->next)
		if (!k->fixed)
			return;
	if (code_run(e, &e->code[e->ncode - 1], NULL) == 0) {
		n->fixed = true;
		e->code[--e->ncode].op = OP_END;
	} else {
		e->why.n = 0;	/* it may never be reached */
	}
}

static void
code_field(struct expr *e, struct node *n)
{
	static const enum op loads[] = {
		[TYPE_STR] = OP_COLS, [TYPE_INT] = OP_COLI,
		[TYPE_FLOAT] = OP_COLF, [TYPE_BOOL] = OP_COLB,
		[TYPE_TIME] = OP_COLT,
	};

	code_ins(e, n->col == 0 ? OP_TIME : loads[n->type], n)->to =
	    (uint32_t)n->col;
}

/* The ints that compare with c as the mask says. */
static void
code_range(struct ins *p, int64_t c)
{
	int64_t low = INT64_MIN, high = INT64_MAX;

	p->not = false;
	switch (p->mask) {
	case 5:
		p->not = true;
		/* FALLTHROUGH */
	case 2:
		low = high = c;
		break;
	case 1:
		if (c > INT64_MIN)
			high = c - 1;
		else
			p->not = true;
		break;
	case 3:
		high = c;
		break;
	case 4:
		if (c < INT64_MAX)
			low = c + 1;
		else
			p->not = true;
		break;
	default:
		low = c;
	}
	p->low = low;
	p->width = (uint64_t)high - (uint64_t)low;
}

/* A column with a constant needs no value in between. */
static bool
code_direct(struct expr *e, struct node *n)
{
	struct node *a = n->kid, *b = a->next;
	struct ins *p;

	if (a->kind != NODE_FIELD || !b->fixed || b->v.null)
		return false;
	if (n->op == OP_CMPI && a->type == TYPE_INT)
		p = code_ins(e, OP_RANGEI, n);
	else if (n->op == OP_CMPI && a->col == 0)
		p = code_ins(e, OP_RANGET, n);
	/* \r has two spellings */
	else if (n->op == OP_CMPS && (n->mask == 2 || n->mask == 5) &&
	    memchr(b->v.s.s, '\r', b->v.s.n) == NULL)
		p = code_ins(e, OP_SAMES, n);
	else
		return false;
	p->to = (uint32_t)a->col;
	p->n = a;			/* for messages */
	if (p->op != OP_SAMES) {
		code_range(p, b->v.i);
		return true;
	}
	esc_add(&n->tmp, b->v.s.s, b->v.s.n);
	p->same = (struct field){ n->tmp.s != NULL ? n->tmp.s : "", n->tmp.n };
	p->not = n->mask == 5;
	return true;
}

static int
code_compare(struct expr *e, struct node *n)
{
	if (code_node(e, n->kid->next) < 0)
		return -1;
	if (code_direct(e, n))
		return 0;
	if (code_node(e, n->kid) < 0)
		return -1;
	code_strict(e, n->op, n);
	code_fold(e, n);
	return 0;
}

/* && and || do not look at b if a decides. */
static int
code_logic(struct expr *e, struct node *n)
{
	struct node *a = n->kid, *b = a->next;
	size_t jump;

	if (code_node(e, a) < 0)
		return -1;
	jump = e->ncode;
	code_ins(e, n->op == OP_AND ? OP_UNLESS : OP_WHEN, n)->a = &a->v;
	if (code_node(e, b) < 0)
		return -1;
	code_strict(e, n->op, n);
	e->code[jump].to = (uint32_t)e->ncode;
	return 0;
}

static int
code_if(struct expr *e, struct node *n)
{
	struct node *c = n->kid, *a = c->next, *b = a->next;
	size_t other, end;

	if (code_node(e, c) < 0)
		return -1;
	other = e->ncode;
	code_ins(e, OP_IF, n)->a = &c->v;
	if (code_node(e, a) < 0)
		return -1;
	code_ins(e, OP_COPY, n)->a = &a->v;
	end = e->ncode;
	code_ins(e, OP_JUMP, n);
	e->code[other].to = (uint32_t)e->ncode;
	if (code_node(e, b) < 0)
		return -1;
	code_ins(e, OP_COPY, n)->a = &b->v;
	e->code[end].to = (uint32_t)e->ncode;
	return 0;
}

/* coalesce: the first that is not null, and none behind it. */
static int
code_take(struct expr *e, struct node *n)
{
	size_t first = e->ncode, i;
	struct node *k;

	for (k = n->kid; k != NULL; k = k->next) {
		if (code_node(e, k) < 0)
			return -1;
		code_ins(e, OP_TAKE, n)->a = &k->v;
	}
	code_ins(e, OP_NULL, n);
	for (i = first; i < e->ncode; i++)
		if (e->code[i].op == OP_TAKE && e->code[i].n == n)
			e->code[i].to = (uint32_t)e->ncode;
	return 0;
}

static int
set_cmp(const void *a, const void *b)
{
	return value_cmp(a, b);
}

static void
set_free(void *p)
{
	struct set *set = p;

	free(set->v);
	free(set);
}

void
set_find(const void *aux, const struct value *v, struct value *to)
{
	const struct set *set = aux;

	to->null = v->null;
	if (v->null)
		return;
	to->i = set->n > 0 &&
	    bsearch(v, set->v, set->n, sizeof *v, set_cmp) != NULL;
	to->null = !to->i && set->null;
}

/* Constants of x's type go into a set, others are compared one by one. */
static int
code_in(struct expr *e, struct node *n)
{
	struct set *set = mem_alloc(sizeof *set);
	struct node *x = n->kid, *pair, *k;
	size_t first, i;
	struct ins *p;

	n->aux = set;
	n->drop = set_free;
	if (code_node(e, x) < 0)
		return -1;
	for (pair = x->next; pair != NULL; pair = pair->next) {
		k = pair->kid;
		if (k->kind != NODE_CONST || pair->op == OP_CMPIF)
			continue;
		if (k->v.null) {
			set->null = true;
			continue;
		}
		set->v = mem_grow(set->v, set->n + 1, sizeof *set->v);
		set->v[set->n++] = k->v;
	}
	if (set->n > 0)
		qsort(set->v, set->n, sizeof *set->v, set_cmp);
	first = e->ncode;
	code_ins(e, OP_IN, n)->a = &x->v;
	for (pair = x->next; pair != NULL; pair = pair->next) {
		k = pair->kid;
		if (k->kind == NODE_CONST && pair->op != OP_CMPIF)
			continue;
		code_ins(e, OP_WHEN, n)->a = &n->v;
		if (code_node(e, k) < 0)
			return -1;
		p = code_ins(e, pair->op, pair);
		p->a = pair->flip ? &k->v : &x->v;
		p->b = pair->flip ? &x->v : &k->v;
		p = code_ins(e, OP_OR, n);
		p->a = &n->v;
		p->b = &pair->v;
	}
	for (i = first; i < e->ncode; i++)
		if (e->code[i].op == OP_WHEN && e->code[i].n == n)
			e->code[i].to = (uint32_t)e->ncode;
	return 0;
}

/* Patterns and the like are made ready once. */
static int
code_call(struct expr *e, struct node *n)
{
	const struct func *f = n->func;
	struct node *k;
	const char *s;
	bool null = false;

	for (k = n->kid, s = f->args; k != NULL; k = k->next, s++) {
		if (*s == 'S' && !k->fixed)
			return expr_fail(e, "%s: %.*s must be a constant",
			    f->name, AT(k));
		null |= k->fixed && k->v.null;
	}
	if (f->ready != NULL && !null && f->ready(e, n) < 0)
		return -1;
	return 0;
}

static int
code_node(struct expr *e, struct node *n)
{
	struct node *k;

	switch (n->kind) {
	case NODE_CONST:
		n->fixed = true;
		return 0;
	case NODE_FIELD:
		code_field(e, n);
		return 0;
	default:
		break;
	}
	switch (n->op) {
	case OP_AND:
	case OP_OR:
		return code_logic(e, n);
	case OP_IF:
		return code_if(e, n);
	case OP_TAKE:
		return code_take(e, n);
	case OP_IN:
		return code_in(e, n);
	case OP_CMPI:
	case OP_CMPF:
	case OP_CMPIF:
	case OP_CMPS:
		return code_compare(e, n);
	default:
		break;
	}
	for (k = n->kid; k != NULL; k = k->next)
		if (code_node(e, k) < 0)
			return -1;
	if (n->op == OP_CALL && code_call(e, n) < 0)
		return -1;
	code_strict(e, n->op, n);
	code_fold(e, n);
	return 0;
}

/* A column that is loaded, or a constant. */
static bool
code_operand(const struct expr *e, const struct value *v, uint32_t *col,
    int64_t *c)
{
	size_t i;

	*col = 0;
	*c = v->i;
	for (i = 0; i + 2 < e->ncode; i++)
		if (e->code[i].d == v) {
			*col = e->code[i].to;
			return e->code[i].op == OP_COLI;
		}
	return !v->null;
}

/* The eight digits of v, a byte each. */
static uint64_t
code_digits(int64_t v)
{
	uint64_t w = 0;
	int i;

	for (i = 0; i < 64; i += 8, v /= 10)
		w |= (uint64_t)(v % 10) << i;
	return w;
}

/* Of a column and constants: the ints within are those of up to eight digits from one to another. */
static bool
code_isrange(struct expr *e)
{
	const struct ins *p = e->code;
	struct range *g = &e->range;
	int64_t low = p->low, high;

	if (p->op != OP_RANGEI || e->ncode != 2)
		return false;
	high = (int64_t)((uint64_t)low + p->width);
	*g = (struct range){ .col = p->to, .not = p->not };
	g->low = UINT64_MAX;		/* no digits: none of them are within */
	if (low <= DIGITS_MOST && high >= 0) {
		g->low = code_digits(low > 0 ? low : 0);
		g->width = code_digits(high < DIGITS_MOST ? high :
		    DIGITS_MOST) - g->low;
	}
	return true;
}

static bool
code_issum(struct expr *e)
{
	const struct ins *p = e->code + e->ncode - 2;
	struct sum *m = &e->sum;

	if (e->ncode < 3 || (p->op != OP_ADDI && p->op != OP_SUBI &&
	    p->op != OP_MULI) || !code_operand(e, p->a, &m->a, &m->va) ||
	    !code_operand(e, p->b, &m->b, &m->vb))
		return false;
	m->op = p->op == OP_ADDI ? SUM_ADD : p->op == OP_SUBI ? SUM_SUB : SUM_MUL;
	return e->ncode == (size_t)2 + (m->a != 0) + (m->b != 0);
}

int
code_expr(struct expr *e)
{
	if (code_node(e, e->root) < 0)
		return -1;
	code_ins(e, OP_END, e->root);
	e->isrange = code_isrange(e);
	e->issum = code_issum(e);
	return 0;
}
