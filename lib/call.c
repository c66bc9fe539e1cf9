/* Which row of a function takes the operands. */
#include <string.h>

#include "check.h"

static bool
check_fits(char letter, const struct node *k)
{
	switch (letter) {
	case 'i':
		return k->type == TYPE_INT || k->type == TYPE_NONE;
	case 'f':
		return type_isnumber(k->type) || k->type == TYPE_NONE;
	case 'b':
		return k->type == TYPE_BOOL || k->type == TYPE_NONE;
	case 't':
		return k->type == TYPE_TIME || k->type == TYPE_NONE;
	case 's':
	case 'S':
		return k->type == TYPE_STR || k->type == TYPE_NONE;
	default:
		return true;
	}
}

static bool
check_row(const struct func *f, const struct node *k)
{
	const char *s;

	for (s = f->args; *s != '\0' && k != NULL; s++, k = k->next)
		if (!check_fits(*s, k))
			return false;
	return *s == '\0' && k == NULL;
}

static void
describe_args(struct buf *b, const char *args)
{
	static const char letters[] = "ifbtsSx";
	static const char *const words[] = {
		"int", "float", "bool", "time", "str", "str", "any"
	};

	buf_addc(b, '(');
	for (; *args != '\0'; args++) {
		buf_adds(b, words[strchr(letters, *args) - letters]);
		if (args[1] != '\0')
			buf_adds(b, ", ");
	}
	buf_addc(b, ')');
}

/* None of the rows takes these operands. */
static int
check_norow(struct expr *e, const struct node *n)
{
	const struct func *f;
	const struct node *k;
	struct buf b = { 0 };

	for (f = n->func; f->name != NULL; f++) {
		if (strcmp(f->name, n->func->name) != 0)
			break;
		if (f != n->func)
			buf_adds(&b, " or ");
		describe_args(&b, f->args);
	}
	buf_adds(&b, ", not (");
	for (k = n->kid; k != NULL; k = k->next) {
		buf_adds(&b, check_typename(k->type));
		if (k->next != NULL)
			buf_adds(&b, ", ");
	}
	expr_fail(e, "%s takes %.*s) in %.*s", n->func->name, (int)b.n, b.s,
	    AT(n));
	buf_free(&b);
	return -1;
}

/* f(a, b, c) becomes f(f(a, b), c), of the row that takes two. */
static void
check_fold(struct expr *e, struct node *n, const struct func *row)
{
	struct node *a = n->kid, *b = a->next, *pair;

	n->func = row;
	while (b->next != NULL) {
		pair = node_new(e, NODE_CALL, n->at);
		pair->op = OP_CALL;
		pair->func = row;
		pair->type = n->type;
		pair->kid = a;
		pair->next = b->next;
		b->next = NULL;
		a = pair;
		b = a->next;
	}
	n->kid = a;
}

/* least, greatest and coalesce: one type, any number. */
static int
check_many(struct expr *e, struct node *n)
{
	struct node **link;

	if (n->kid == NULL)
		return expr_fail(e, "%s () has no values", n->func->name);
	if (strcmp(n->func->args, ARGS_TEXT) == 0) {
		n->type = TYPE_STR;
		for (link = &n->kid; *link != NULL; link = &(*link)->next)
			check_totext(e, link);
	} else if (check_alike(e, &n->kid, n->func->name, &n->type) < 0) {
		return -1;
	}
	if (strcmp(n->func->args, ARGS_FIRST) == 0)
		n->op = OP_TAKE;
	else if (n->kid->next == NULL)
		n->op = OP_COPY;
	else
		check_fold(e, n, n->func);
	return 0;
}

int
check_call(struct expr *e, struct node *n)
{
	const struct func *f = n->func;
	struct node **link;
	const char *s;

	n->op = OP_CALL;
	if (strstr(f->args, "...") != NULL)
		return check_many(e, n);
	while (!check_row(f, n->kid)) {
		f++;
		if (f->name == NULL || strcmp(f->name, n->func->name) != 0)
			return check_norow(e, n);
	}
	n->func = f;
	n->type = f->type;
	for (s = f->args, link = &n->kid; *s != '\0';
	    s++, link = &(*link)->next) {
		if (*s == 'f')
			check_tofloat(e, link);
		else if (*s == 'x')
			check_totext(e, link);
	}
	return 0;
}
