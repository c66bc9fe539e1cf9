/* How two values compare, and what to write if they do not. */
#include "check.h"
#include "num.h"
#include "stamp.h"

/* A text that stands where a time is wanted. */
static int
check_iso(struct expr *e, struct node *n)
{
	const char *why;
	struct stamp *st = stamp_new("iso", &why);
	int k = stamp_parse(st, n->v.s.s, n->v.s.n, &n->v.i);

	stamp_free(st);
	if (k < 0)
		return expr_fail(e, "%.*s is not a time in RFC 3339, such as "
		    "'2013-01-01T00:00:00Z'", AT(n));
	n->type = TYPE_TIME;
	return 0;
}

/* What to write instead, for two types that do not compare. */
static int
check_apart(struct expr *e, struct node *a, struct node *b, const char *mark)
{
	struct node *text = a->type == TYPE_STR ? a : b;
	struct node *other = text == a ? b : a;
	const char *want, *name = text->at.s;
	double number;
	int len = text->at.n < 200 ? (int)text->at.n : 200;

	if (text->type != TYPE_STR)
		return expr_fail(e, "%s does not compare %s with %s: "
		    "%.*s, %.*s", mark, check_typename(a->type),
		    check_typename(b->type), AT(a), AT(b));
	if (text->kind == NODE_CONST &&
	    num_float(text->v.s.s, text->v.s.n, &number) == 0)
		return expr_fail(e, "%s does not compare %s with str: "
		    "write %.*s without quotes", mark, type_name(other->type),
		    len, name);
	if (text->kind == NODE_CONST)
		return expr_fail(e, "%s does not compare %s with str: "
		    "write str(%.*s)", mark, type_name(other->type),
		    AT(other));
	if (other->type == TYPE_TIME)
		return expr_fail(e, "%s does not compare time with str: "
		    "write strptime(%.*s, 'iso')", mark, len, name);
	want = type_name(other->type);
	if (*mark == 'i')	/* in */
		return expr_fail(e, "in does not compare %s with %s: "
		    "write %s(%.*s)", type_name(a->type), type_name(b->type),
		    want, len, name);
	if (text->kind != NODE_FIELD)
		return expr_fail(e, "%s does not compare %s with %s: "
		    "write %s(%.*s)", mark, type_name(a->type),
		    type_name(b->type), want, len, name);
	if (text == a)
		return expr_fail(e, "%s does not compare str with %s: "
		    "write %s(%.*s) %s %.*s, or declare %.*s:%s at the source",
		    mark, want, want, len, name, mark, AT(b), len, name,
		    want);
	return expr_fail(e, "%s does not compare %s with str: "
	    "write %.*s %s %s(%.*s), or declare %.*s:%s at the source",
	    mark, want, AT(a), mark, want, len, name, len, name, want);
}

static unsigned
mask_mirror(unsigned mask)
{
	return (mask & 2) | (mask & 1) << 2 | (mask & 4) >> 2;
}

/* Finds how n compares its operands a and b, b the one behind a. */
static int
check_pair(struct expr *e, struct node *n, const char *mark)
{
	struct node *a = n->kid, *b = a->next;
	bool swap;

	check_adopt(a, b);
	if (a->type == TYPE_NONE)
		a->type = b->type = TYPE_INT;
	if (a->type == TYPE_TIME && b->type == TYPE_STR &&
	    b->kind == NODE_CONST && check_iso(e, b) < 0)
		return -1;
	if (b->type == TYPE_TIME && a->type == TYPE_STR &&
	    a->kind == NODE_CONST && check_iso(e, a) < 0)
		return -1;
	n->type = TYPE_BOOL;
	swap = a->kind != NODE_FIELD && b->kind == NODE_FIELD;
	if (type_isnumber(a->type) && type_isnumber(b->type) &&
	    a->type != b->type) {
		n->op = OP_CMPIF;
		swap = a->type == TYPE_FLOAT;
	} else if (a->type == b->type) {
		n->op = a->type == TYPE_STR ? OP_CMPS :
		    a->type == TYPE_FLOAT ? OP_CMPF : OP_CMPI;
	} else if ((a->type == TYPE_INT && b->type == TYPE_TIME) ||
	    (a->type == TYPE_TIME && b->type == TYPE_INT)) {
		n->op = OP_CMPI;
	} else {
		return check_apart(e, a, b, mark);
	}
	if (swap) {
		n->kid = b;
		b->next = a;
		a->next = NULL;
		n->mask = mask_mirror(n->mask);
	}
	return 0;
}

int
check_compare(struct expr *e, struct node *n)
{
	static const unsigned masks[] = {
		[TOK_EQ] = 2, [TOK_NE] = 5, [TOK_LT] = 1,
		[TOK_LE] = 3, [TOK_GT] = 4, [TOK_GE] = 6,
	};
	struct node *a = n->kid, *b = a->next;

	n->mask = masks[n->tok];
	if ((a->type != TYPE_NONE && b->type != TYPE_NONE) ||
	    (n->tok != TOK_EQ && n->tok != TOK_NE))
		return check_pair(e, n, token_text(n->tok));
	if (a->type == TYPE_NONE) {
		n->kid = b;
		b->next = NULL;
	} else {
		a->next = NULL;
	}
	if (n->kid->type == TYPE_NONE)
		n->kid->type = TYPE_INT;
	n->op = OP_ISNULL;
	n->type = TYPE_BOOL;
	return 0;
}

/* x in (a, b, …): n's operands become x, and a comparison with x for each. */
int
check_in(struct expr *e, struct node *n)
{
	struct node *x = n->kid, *k, *next, **last = &x->next, *pair, twin;

	for (k = x->next; k != NULL; k = next) {
		next = k->next;
		k->next = NULL;
		if (x->type == TYPE_NONE)
			x->type = k->type == TYPE_NONE ? TYPE_INT : k->type;
		twin = *x;
		twin.kind = NODE_OPER; /* x is what it is: not converted */
		twin.next = k;
		pair = node_new(e, NODE_OPER, k->at);
		pair->mask = 2;
		pair->kid = &twin;
		if (check_pair(e, pair, "in") < 0)
			return -1;
		pair->flip = pair->kid == k;
		pair->kid = k;
		k->next = NULL;
		*last = pair;
		last = &pair->next;
	}
	*last = NULL;
	n->op = OP_IN;
	n->type = TYPE_BOOL;
	return 0;
}
