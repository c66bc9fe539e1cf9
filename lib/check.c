/* Names to columns, and types: every node gets its type and operation. */
#include <string.h>

#include "check.h"

const char *
check_typename(enum type t)
{
	return t == TYPE_NONE ? "null" : type_name(t);
}

/* Puts an operation on one operand between a node and its place. */
struct node *
check_wrap(struct expr *e, struct node **link, enum op op, enum type type)
{
	struct node *kid = *link, *n = node_new(e, NODE_OPER, kid->at);

	n->kid = kid;
	n->next = kid->next;
	kid->next = NULL;
	n->op = op;
	n->type = type;
	return *link = n;
}

void
check_tofloat(struct expr *e, struct node **link)
{
	struct node *n = *link;

	if (n->type != TYPE_INT)
		return;
	if (n->kind != NODE_CONST) {
		check_wrap(e, link, OP_ITOF, TYPE_FLOAT);
		return;
	}
	n->type = TYPE_FLOAT;
	n->v.d = (double)n->v.i;
}

void
check_totext(struct expr *e, struct node **link)
{
	enum type type = (*link)->type;

	if (type == TYPE_STR)
		return;
	if (type == TYPE_NONE) {
		(*link)->type = TYPE_STR;
		return;
	}
	check_wrap(e, link, OP_CALL, TYPE_STR)->func = &func_strs[type];
}

/* The literal null has the type that it meets. */
void
check_adopt(struct node *a, struct node *b)
{
	if (a->type == TYPE_NONE)
		a->type = b->type;
	else if (b->type == TYPE_NONE)
		b->type = a->type;
}

static int
check_field(struct expr *e, struct node *n, const struct head *h)
{
	struct buf names = { 0 };
	ptrdiff_t col = head_find(h, n->name);

	if (col < 0) {
		head_list(h, &names);
		expr_fail(e, "no field %s, there are:%.*s", n->name,
		    (int)(names.n < 1000 ? names.n : 1000), names.s);
		buf_free(&names);
		return -1;
	}
	n->col = (size_t)col;
	n->type = h->col[col].type;
	return 0;
}

static int
check_bool(struct expr *e, struct node *k, const char *who)
{
	if (k->type == TYPE_NONE)
		k->type = TYPE_BOOL;
	if (k->type == TYPE_BOOL)
		return 0;
	if (k->type == TYPE_STR)
		return expr_fail(e, "%s wants a bool, and %.*s is a str: "
		    "compare it, as in %.*s == 'text', or write bool(%.*s)",
		    who, AT(k), AT(k), AT(k));
	return expr_fail(e, "%s wants a bool, and %.*s is of type %s: "
	    "compare it, as in %.*s != 0", who, AT(k), type_name(k->type),
	    AT(k));
}

bool
type_isnumber(enum type t)
{
	return t == TYPE_INT || t == TYPE_FLOAT;
}

static const struct { enum op i, f; } arith[] = {
	[TOK_ADD] = { OP_ADDI, OP_ADDF }, [TOK_SUB] = { OP_SUBI, OP_SUBF },
	[TOK_MUL] = { OP_MULI, OP_MULF }, [TOK_DIV] = { OP_DIVF, OP_DIVF },
	[TOK_QUO] = { OP_QUOI, OP_QUOF }, [TOK_MOD] = { OP_MODI, OP_MODF },
};

static int
check_arith(struct expr *e, struct node *n)
{
	struct node *a = n->kid, *b = a->next, *odd;

	check_adopt(a, b);
	if (a->type == TYPE_NONE)
		a->type = b->type = TYPE_INT;
	if (type_isnumber(a->type) && type_isnumber(b->type)) {
		n->type = a->type == TYPE_INT && b->type == TYPE_INT &&
		    n->tok != TOK_DIV ? TYPE_INT : TYPE_FLOAT;
		n->op = n->type == TYPE_INT ? arith[n->tok].i :
		    arith[n->tok].f;
		if (n->type == TYPE_FLOAT) {
			check_tofloat(e, &n->kid->next);
			check_tofloat(e, &n->kid);
		}
		return 0;
	}
	n->type = TYPE_TIME;
	if (n->tok == TOK_SUB && a->type == TYPE_TIME && b->type == TYPE_TIME) {
		n->type = TYPE_INT;
		n->op = OP_SUBI;
		return 0;
	}
	if (a->type == TYPE_TIME && b->type == TYPE_INT &&
	    (n->tok == TOK_ADD || n->tok == TOK_SUB)) {
		n->op = n->tok == TOK_ADD ? OP_ADDT : OP_SUBT;
		return 0;
	}
	if (a->type == TYPE_INT && b->type == TYPE_TIME && n->tok == TOK_ADD) {
		n->op = OP_ADDT;
		return 0;
	}
	if (n->tok == TOK_ADD && a->type == TYPE_STR && b->type == TYPE_STR)
		return expr_fail(e, "+ adds numbers: write concat(%.*s, %.*s)",
		    AT(a), AT(b));
	odd = type_isnumber(a->type) ? b : a;
	if (odd->type == TYPE_STR)
		return expr_fail(e, "%s wants numbers, and %.*s is a str: "
		    "write int(%.*s), or declare its type at the source",
		    token_text(n->tok), AT(odd), AT(odd));
	return expr_fail(e, "%s does not go with %s and %s in %.*s",
	    token_text(n->tok), type_name(a->type), type_name(b->type), AT(n));
}

static int
check_negate(struct expr *e, struct node *n)
{
	struct node *a = n->kid;

	if (a->type == TYPE_NONE)
		a->type = TYPE_INT;
	if (!type_isnumber(a->type))
		return expr_fail(e, "- wants a number, and %.*s is of type %s",
		    AT(a), type_name(a->type));
	n->type = a->type;
	n->op = a->type == TYPE_INT ? OP_NEGI : OP_NEGF;
	return 0;
}

/* Operands behind *link become of one type, if they go together. */
int
check_alike(struct expr *e, struct node **link, const char *who,
    enum type *type)
{
	struct node *k, **at;

	*type = TYPE_NONE;
	for (k = *link; k != NULL; k = k->next) {
		if (k->type == TYPE_NONE || k->type == *type)
			continue;
		if (*type == TYPE_NONE)
			*type = k->type;
		else if (type_isnumber(*type) && type_isnumber(k->type))
			*type = TYPE_FLOAT;
		else
			return expr_fail(e, "%s wants values of one type, and "
			    "%.*s is of type %s, not %s", who, AT(k),
			    type_name(k->type), type_name(*type));
	}
	for (at = link; *at != NULL; at = &(*at)->next) {
		if ((*at)->type == TYPE_NONE)
			(*at)->type = *type;
		else if (*type == TYPE_FLOAT)
			check_tofloat(e, at);
	}
	return 0;
}

static int
check_oper(struct expr *e, struct node *n)
{
	struct node *a = n->kid, *not;

	switch (n->tok) {
	case TOK_SUB:
		if (a->next == NULL)
			return check_negate(e, n);
		return check_arith(e, n);
	case TOK_ADD:
	case TOK_MUL:
	case TOK_DIV:
	case TOK_QUO:
	case TOK_MOD:
		return check_arith(e, n);
	case TOK_NOT:
		n->op = OP_NOT;
		n->type = TYPE_BOOL;
		return check_bool(e, a, "!");
	case TOK_AND:
	case TOK_OR:
		n->op = n->tok == TOK_AND ? OP_AND : OP_OR;
		n->type = TYPE_BOOL;
		if (check_bool(e, a, n->tok == TOK_AND ? "&&" : "||") < 0)
			return -1;
		return check_bool(e, a->next, n->tok == TOK_AND ? "&&" : "||");
	case TOK_ASK:
		n->op = OP_IF;
		if (check_bool(e, a, "?:") < 0)
			return -1;
		return check_alike(e, &a->next, "?:", &n->type);
	case TOK_NAME:
		return check_in(e, n);
	case TOK_MATCH:
		n->func = func_find("=~");
		return check_call(e, n);
	case TOK_UNLIKE:
		n->tok = TOK_NOT;
		not = node_new(e, NODE_CALL, n->at);
		not->func = func_find("=~");
		not->kid = a;
		n->kid = not;
		if (check_call(e, not) < 0)
			return -1;
		return check_oper(e, n);
	default:
		return check_compare(e, n);
	}
}

static int
check_node(struct expr *e, struct node *n, const struct head *h)
{
	struct node *k;

	for (k = n->kid; k != NULL; k = k->next)
		if (check_node(e, k, h) < 0)
			return -1;
	switch (n->kind) {
	case NODE_FIELD:
		return check_field(e, n, h);
	case NODE_OPER:
		return check_oper(e, n);
	case NODE_CALL:
		return check_call(e, n);
	default:
		return 0;
	}
}

/* The result becomes of a type, if nothing is lost by it. */
static int
check_as(struct expr *e, enum type as)
{
	enum type type = e->root->type;

	if (type == as)
		return 0;
	if (type == TYPE_NONE)
		e->root->type = as;
	else if (as == TYPE_STR)
		check_totext(e, &e->root);
	else if (as == TYPE_FLOAT && type == TYPE_INT)
		check_tofloat(e, &e->root);
	else if (as == TYPE_TIME && type == TYPE_INT)
		check_wrap(e, &e->root, OP_ITOT, TYPE_TIME);
	else if (as == TYPE_INT && type == TYPE_TIME)
		check_wrap(e, &e->root, OP_TTOI, TYPE_INT);
	else if (as == TYPE_TIME)
		return expr_fail(e, "%.*s is of type %s, not time: "
		    "write strptime(%.*s, 'iso')", AT(e->root),
		    type_name(type), AT(e->root));
	else
		return expr_fail(e, "%.*s is of type %s, not %s: "
		    "write %s(%.*s)", AT(e->root), type_name(type),
		    type_name(as), type_name(as), AT(e->root));
	return 0;
}

int
check_expr(struct expr *e, const struct head *h, const enum type *as)
{
	struct node *n;

	if (check_node(e, e->root, h) < 0 ||
	    (as != NULL && check_as(e, *as) < 0))
		return -1;
	for (n = e->made; n != NULL; n = n->made) {
		if (n->type == TYPE_NONE)	/* nothing but null */
			n->type = TYPE_STR;
		n->v.type = n->type;
	}
	return 0;
}
