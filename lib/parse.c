/* The grammar, by recursive descent. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"
#include "node.h"
#include "num.h"

struct parse {
	struct expr *e;
	struct lex x;
	size_t depth;		/* of brackets */
};

static struct node *parse_cond(struct parse *);

/* NULL: what is wrong, and where. */
static struct node *
parse_fail(struct parse *ps, const char *s, const char *why)
{
	if (ps->e->why.n == 0) {	/* the first is the one */
		expr_fail(ps->e, "%s", why);
		ps->e->at = (size_t)(s - ps->e->text);
	}
	return NULL;
}

static struct node *
parse_unexpected(struct parse *ps, const char *want)
{
	const struct lex *x = &ps->x;
	char why[500];

	if (x->tok == TOK_BAD)
		return parse_fail(ps, x->s, x->why);
	if (x->tok == TOK_END)
		snprintf(why, sizeof why, "%s is missing", want);
	else
		snprintf(why, sizeof why, "%s is missing before %s", want,
		    show(x->s, x->n));
	return parse_fail(ps, x->s, why);
}

static bool
parse_take(struct parse *ps, enum token tok)
{
	if (ps->x.tok != tok)
		return false;
	lex_next(&ps->x);
	return true;
}

static bool
parse_close(struct parse *ps)
{
	if (parse_take(ps, TOK_CLOSE))
		return true;
	parse_unexpected(ps, "a )");
	return false;
}

/* A node over operands, kid and those behind it; it ends before this token. */
static struct node *
parse_node(struct parse *ps, enum kind kind, enum token tok, const char *from,
    struct node *kid)
{
	const char *end = ps->x.s;
	struct node *n, *k;

	while (end > from && strchr(" \t\n\r", end[-1]) != NULL)
		end--;
	n = node_new(ps->e, kind, (struct field){ from, (size_t)(end - from) });
	n->tok = tok;
	n->kid = kid;
	for (k = kid; k != NULL; k = k->next)
		if (k->depth >= n->depth)
			n->depth = k->depth + 1;
	if (n->depth > NODE_DEPTH)
		return parse_fail(ps, from, "too deep an expression");
	return n;
}

static struct node *
parse_constant(struct parse *ps, enum type type)
{
	const char *from = ps->x.s;
	struct node *n;

	lex_next(&ps->x);
	if ((n = parse_node(ps, NODE_CONST, TOK_END, from, NULL)) != NULL)
		n->type = type;
	return n;
}

/* from is where the number starts: at its digits, or a minus right before. */
static struct node *
parse_int(struct parse *ps, const char *from)
{
	struct node *n;
	int64_t i;

	if (num_int(from, (size_t)(ps->x.s - from) + ps->x.n, &i) < 0)
		return parse_fail(ps, from, "too large for an int");
	if ((n = parse_constant(ps, TYPE_INT)) == NULL)
		return NULL;
	n->at.n += (size_t)(n->at.s - from);
	n->at.s = from;
	n->v.i = i;
	return n;
}

static struct node *
parse_text(struct parse *ps)
{
	struct node *n;
	struct buf raw = { 0 };

	buf_add(&raw, ps->x.raw.s, ps->x.raw.n);
	if ((n = parse_constant(ps, TYPE_STR)) == NULL) {
		buf_free(&raw);
		return NULL;
	}
	n->tmp = raw;
	n->v.s = (struct field){ raw.s != NULL ? raw.s : "", raw.n };
	return n;
}

/* What stands before the closing bracket.  NULL, and *ok: nothing. */
static struct node *
parse_list(struct parse *ps, bool *ok)
{
	struct node *first = NULL, **last = &first;

	*ok = false;
	if (!parse_take(ps, TOK_CLOSE)) {
		do {
			if ((*last = parse_cond(ps)) == NULL)
				return NULL;
			last = &(*last)->next;
		} while (parse_take(ps, TOK_COMMA));
		if (!parse_close(ps))
			return NULL;
	}
	*ok = true;
	return first;
}

static struct node *
parse_call(struct parse *ps, const char *from, const char *name)
{
	const struct func *func = func_find(name);
	struct node *n, *kid;
	char why[100];
	bool ok;

	if (func == NULL) {
		snprintf(why, sizeof why, "no function %.60s", name);
		return parse_fail(ps, from, why);
	}
	kid = parse_list(ps, &ok);
	if (!ok ||
	    (n = parse_node(ps, NODE_CALL, TOK_END, from, kid)) == NULL)
		return NULL;
	n->func = func;
	return n;
}

static struct node *
parse_name(struct parse *ps)
{
	static const struct {
		const char *word;
		enum type type;
		bool b;
	} words[] = {
		{ "true", TYPE_BOOL, true }, { "false", TYPE_BOOL, false },
		{ "null", TYPE_NONE, false },
	};
	const char *from = ps->x.s;
	bool quoted = ps->x.tok == TOK_QUOTED;
	struct node *n;
	char *name;
	size_t i;

	name = mem_copy(ps->x.raw.s, ps->x.raw.n);
	if (!quoted && strcmp(name, "in") == 0) {
		free(name);
		return parse_unexpected(ps, "a value");
	}
	for (i = 0; !quoted && i < sizeof words / sizeof words[0]; i++)
		if (strcmp(name, words[i].word) == 0) {
			free(name);
			n = parse_constant(ps, words[i].type);
			if (n != NULL) {
				n->v.i = words[i].b;
				n->v.null = words[i].type == TYPE_NONE;
			}
			return n;
		}
	lex_next(&ps->x);
	if (!quoted && parse_take(ps, TOK_OPEN))
		n = parse_call(ps, from, name);
	else
		n = parse_node(ps, NODE_FIELD, TOK_END, from, NULL);
	if (n == NULL)
		free(name);
	else
		n->name = name;
	return n;
}

static struct node *
parse_primary(struct parse *ps)
{
	struct node *n;

	switch (ps->x.tok) {
	case TOK_INT:
		return parse_int(ps, ps->x.s);
	case TOK_FLOAT:
		if ((n = parse_constant(ps, TYPE_FLOAT)) != NULL)
			n->v.d = ps->x.d;
		return n;
	case TOK_TEXT:
		return parse_text(ps);
	case TOK_NAME:
	case TOK_QUOTED:
		return parse_name(ps);
	case TOK_OPEN:
		lex_next(&ps->x);
		if ((n = parse_cond(ps)) == NULL || !parse_close(ps))
			return NULL;
		return n;
	default:
		return parse_unexpected(ps, "a value");
	}
}

static struct node *
parse_unary(struct parse *ps)
{
	const char *from = ps->x.s;
	enum token tok = ps->x.tok;
	struct node *n;

	if (ps->depth >= NODE_DEPTH)
		return parse_fail(ps, from, "too deep an expression");
	ps->depth++;
	if (tok == TOK_SUB || tok == TOK_NOT) {
		lex_next(&ps->x);
		/* -9223372036854775808 has no positive */
		if (tok == TOK_SUB && ps->x.tok == TOK_INT &&
		    ps->x.s == from + 1)
			n = parse_int(ps, from);
		else if ((n = parse_unary(ps)) != NULL)
			n = parse_node(ps, NODE_OPER,
			    tok == TOK_SUB ? TOK_SUB : TOK_NOT, from, n);
	} else {
		n = parse_primary(ps);
	}
	ps->depth--;
	return n;
}

/* Operators of one level, from the left. */
static struct node *
parse_left(struct parse *ps, struct node *(*operand)(struct parse *),
    enum token first, enum token last)
{
	const char *from = ps->x.s;
	struct node *n = operand(ps);
	enum token tok;

	while (n != NULL && ps->x.tok >= first && ps->x.tok <= last) {
		tok = ps->x.tok;
		lex_next(&ps->x);
		if ((n->next = operand(ps)) == NULL)
			return NULL;
		n = parse_node(ps, NODE_OPER, tok, from, n);
	}
	return n;
}

static struct node *
parse_product(struct parse *ps)
{
	return parse_left(ps, parse_unary, TOK_MUL, TOK_MOD);
}

static struct node *
parse_sum(struct parse *ps)
{
	return parse_left(ps, parse_product, TOK_ADD, TOK_SUB);
}

static bool
parse_isin(const struct parse *ps)
{
	return ps->x.tok == TOK_NAME && ps->x.n == 2 &&
	    memcmp(ps->x.s, "in", 2) == 0;
}

static struct node *
parse_comparison(struct parse *ps)
{
	const char *from = ps->x.s;
	struct node *n = parse_sum(ps);
	enum token tok = ps->x.tok;
	bool ok;

	if (n == NULL)
		return NULL;
	if (tok >= TOK_EQ && tok <= TOK_UNLIKE) {
		lex_next(&ps->x);
		if ((n->next = parse_sum(ps)) == NULL)
			return NULL;
		n = parse_node(ps, NODE_OPER, tok, from, n);
	} else if (parse_isin(ps)) {
		lex_next(&ps->x);
		if (!parse_take(ps, TOK_OPEN))
			return parse_unexpected(ps, "a (");
		n->next = parse_list(ps, &ok);
		if (!ok)
			return NULL;
		if (n->next == NULL)
			return parse_fail(ps, from, "in () has no values");
		n = parse_node(ps, NODE_OPER, TOK_NAME, from, n);
	}
	if (n != NULL && ((ps->x.tok >= TOK_EQ && ps->x.tok <= TOK_UNLIKE) ||
	    parse_isin(ps)))
		return parse_fail(ps, ps->x.s,
		    "comparisons do not chain: write && or ( )");
	return n;
}

static struct node *
parse_and(struct parse *ps)
{
	return parse_left(ps, parse_comparison, TOK_AND, TOK_AND);
}

static struct node *
parse_or(struct parse *ps)
{
	return parse_left(ps, parse_and, TOK_OR, TOK_OR);
}

static struct node *
parse_cond(struct parse *ps)
{
	const char *from = ps->x.s;
	struct node *n, *a;

	if (ps->depth >= NODE_DEPTH)
		return parse_fail(ps, from, "too deep an expression");
	ps->depth++;
	if ((n = parse_or(ps)) != NULL && parse_take(ps, TOK_ASK)) {
		if ((n->next = a = parse_cond(ps)) == NULL)
			return NULL;
		if (!parse_take(ps, TOK_ELSE))
			return parse_unexpected(ps, "a :");
		if ((a->next = parse_cond(ps)) == NULL)
			return NULL;
		n = parse_node(ps, NODE_OPER, TOK_ASK, from, n);
	}
	ps->depth--;
	return n;
}

struct node *
parse_expr(struct expr *e)
{
	struct parse ps = { .e = e };
	struct node *n;

	lex_init(&ps.x, e->text);
	if (ps.x.tok == TOK_END)
		n = parse_fail(&ps, ps.x.s, "an empty expression");
	else if ((n = parse_cond(&ps)) != NULL && ps.x.tok == TOK_CLOSE)
		n = parse_fail(&ps, ps.x.s, "a ) without its (");
	else if (n != NULL && ps.x.tok != TOK_END)
		n = parse_unexpected(&ps, "an operator");
	lex_free(&ps.x);
	return n;
}
