/*
 * Expressions of any bytes, bound to a heading of every type and evaluated on
 * records of any fields.  The input: the expression, a zero byte, fields, each
 * ended by a TAB.
 */
#include <stdlib.h>
#include <string.h>

#include "expr.h"
#include "fuzz.h"

static const enum type types[] = {
	TYPE_TIME, TYPE_INT, TYPE_FLOAT, TYPE_STR, TYPE_BOOL, TYPE_TIME,
	TYPE_STR
};
#define NCOL (sizeof types / sizeof types[0])

static void
see_column(void *seen, size_t i)
{
	check(i < NCOL && !((bool *)seen)[i]);
	((bool *)seen)[i] = true;
}

/* What is printed must be one field, and valid. */
static void
check_value(const struct value *v)
{
	struct buf text = { 0 }, tmp = { 0 };
	struct field raw;

	value_print(v, &text);
	check(text.n == 0 || memchr(text.s, '\t', text.n) == NULL);
	check(text.n == 0 || memchr(text.s, '\n', text.n) == NULL);
	if (!v->null && text.n > 0)
		check(esc_undo((struct field){ text.s, text.n }, &tmp,
		    &raw) == 0);
	buf_free(&text);
	buf_free(&tmp);
}

static void
run_records(struct expr *e, enum type type, const char *s, const char *end)
{
	struct origin from = { NULL, -1, 1 };
	struct buf why = { 0 }, line = { 0 };
	struct field f[NCOL], null = NULL_FIELD;
	uint32_t sep[NCOL + 1];
	struct rec built = { .f = f, .nf = NCOL, .timed = true, .from = &from };
	struct rec read = { .nf = NCOL, .timed = true, .from = &from };
	struct value v, w;
	const char *tab;
	size_t i;
	int k;

	do {
		built.time = read.time = (int64_t)(end - s) * 1000003;
		line.n = 0;
		sep[0] = UINT32_MAX;
		for (i = 0; i < NCOL; i++) {
			tab = s < end ?
			    memchr(s, '\t', (size_t)(end - s)) : NULL;
			f[i] = null;
			if (tab != NULL) {
				f[i] = (struct field){ s, (size_t)(tab - s) };
				s = tab + 1;
			}
			buf_add(&line, f[i].s, f[i].n);
			sep[i + 1] = (uint32_t)line.n;
			buf_addc(&line, i + 1 < NCOL ? '\t' : '\n');
		}
		buf_room(&line, 8);
		memset(line.s + line.n, '7', 8);
		read.base = line.s;
		read.sep = sep + 1;
		k = expr_tryeval(e, &built, &v, &why);
		if (k == 0) {
			check(v.type == type);
			check_value(&v);
		}
		/* both forms of a record are the same */
		check(expr_tryeval(e, &read, &w, &why) == k);
		if (k == 0 && type == TYPE_BOOL) {
			check(v.null == w.null && (v.null || v.i == w.i));
			check(expr_true(e, &built) == (!v.null && v.i));
			check(expr_true(e, &read) == (!v.null && v.i));
		}
		tab = s < end ? memchr(s, '\t', (size_t)(end - s)) : NULL;
	} while (tab != NULL);
	buf_free(&why);
	buf_free(&line);
}

int
LLVMFuzzerTestOneInput(const uint8_t *s, size_t n)
{
	const uint8_t *zero = n > 0 ? memchr(s, 0, n) : NULL;
	char name[] = "a", *text;
	bool seen[NCOL] = { false };
	struct head head = { 0 };
	struct buf why = { 0 };
	enum type type;
	struct expr *e;
	size_t i;

	for (i = 0; i < NCOL; i++, name[0]++)
		head_add(&head, name, types[i]);
	text = mem_copy(s, zero != NULL ? (size_t)(zero - s) : n);
	if ((e = expr_try(text, &why)) == NULL) {
		check(why.n > 0);
	} else {
		if (expr_trybind(e, &head, NULL, &type, &why) == 0) {
			expr_columns(e, see_column, seen);
			run_records(e, type,
			    zero != NULL ? (const char *)zero + 1 : "",
			    zero != NULL ? (const char *)s + n : "");
		} else {
			check(why.n > 0);
		}
		expr_free(e);
	}
	buf_free(&why);
	free(text);
	head_free(&head);
	return 0;
}
