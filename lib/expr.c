#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"
#include "node.h"

struct node *
node_new(struct expr *e, enum kind kind, struct field at)
{
	struct node *n = mem_alloc(sizeof *n);

	n->kind = kind;
	n->at = at;
	n->depth = 1;
	n->made = e->made;
	e->made = n;
	return n;
}

int
expr_fail(struct expr *e, const char *fmt, ...)
{
	const size_t room = 1024;
	va_list ap;
	int n;

	e->why.n = 0;
	va_start(ap, fmt);
	n = vsnprintf(buf_room(&e->why, room), room, fmt, ap);
	va_end(ap);
	e->why.n = n < 0 ? 0 : (size_t)n < room ? (size_t)n : room - 1;
	return -1;
}

void
expr_free(struct expr *e)
{
	struct node *n, *next;

	for (n = e->made; n != NULL; n = next) {
		next = n->made;
		if (n->drop != NULL && n->aux != NULL)
			n->drop(n->aux);
		buf_free(&n->tmp);
		free(n->name);
		free(n);
	}
	free(e->code);
	free(e->text);
	buf_free(&e->why);
	free(e);
}

/* The number of the character that starts at this byte, from 1. */
static size_t
expr_column(const struct expr *e)
{
	size_t i, n = 1;

	for (i = 0; i < e->at; i++)
		n += ((unsigned char)e->text[i] & 0xc0) != 0x80;
	return n;
}

struct expr *
expr_try(const char *text, struct buf *why)
{
	struct expr *e = mem_alloc(sizeof *e);
	char place[32];

	e->text = mem_copy(text, strlen(text));
	if ((e->root = parse_expr(e)) != NULL)
		return e;
	snprintf(place, sizeof place, " at column %zu of '", expr_column(e));
	buf_add(why, e->why.s, e->why.n);
	buf_adds(why, place);
	buf_adds(why, show(text, strlen(text)));
	buf_addc(why, '\'');
	expr_free(e);
	return NULL;
}

struct expr *
expr_parse(const char *text)
{
	struct buf why = { 0 };
	struct expr *e = expr_try(text, &why);

	if (e == NULL)
		errx(EXIT_USAGE, "%.*s", (int)why.n, why.s);
	return e;
}

int
expr_trybind(struct expr *e, const struct head *h, const enum type *as,
    enum type *type, struct buf *why)
{
	if (check_expr(e, h, as) < 0 || code_expr(e) < 0) {
		buf_add(why, e->why.s, e->why.n);
		return -1;
	}
	*type = e->root->type;
	return 0;
}

static enum type
expr_mustbind(struct expr *e, const struct head *h, const enum type *as)
{
	struct buf why = { 0 };
	enum type type;

	if (expr_trybind(e, h, as, &type, &why) < 0)
		errx(EXIT_BAD, "%.*s", (int)why.n, why.s);
	return type;
}

enum type
expr_bind(struct expr *e, const struct head *h)
{
	return expr_mustbind(e, h, NULL);
}

void
expr_bindas(struct expr *e, const struct head *h, enum type as)
{
	expr_mustbind(e, h, &as);
}

void
expr_columns(const struct expr *e, void (*each)(void *, size_t), void *arg)
{
	const struct node *n, *m;

	for (n = e->made; n != NULL; n = n->made) {
		if (n->kind != NODE_FIELD)
			continue;
		for (m = e->made; m != n; m = m->made)
			if (m->kind == NODE_FIELD && m->col == n->col)
				break;
		if (m == n)
			each(arg, n->col);
	}
}
