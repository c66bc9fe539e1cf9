#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tree.h"

static const struct { const char *name; enum ttype type; } types[] = {
	{ "str", T_STRING }, { "int", T_I64 }, { "float", T_DOUBLE },
	{ "bool", T_BOOL }, { "time", T_I64 }, { "byte", T_BYTE },
	{ "i16", T_I16 }, { "i32", T_I32 }, { "i64", T_I64 },
	{ "double", T_DOUBLE }, { "string", T_STRING },
};

#define LEN(a) (sizeof (a) / sizeof (a)[0])

struct twork {
	struct thrift *t;
	const struct field *val;
	struct buf *out;
	size_t bad;
	const char *why;
};

static int
single_parse(const char *s, size_t n, enum ttype *type)
{
	size_t i;

	for (i = 0; i < LEN(types); i++)
		if (strlen(types[i].name) == n &&
		    memcmp(types[i].name, s, n) == 0) {
			*type = types[i].type;
			return 0;
		}
	return -1;
}

int
tkind_parse(const char *s, size_t n, struct tkind *k)
{
	*k = (struct tkind){ T_STOP, T_STOP };
	if (n > 5 && memcmp(s, "list<", 5) == 0 && s[n - 1] == '>') {
		k->type = T_LIST;
		return single_parse(s + 5, n - 6, &k->element);
	}
	if (n > 4 && memcmp(s, "set<", 4) == 0 && s[n - 1] == '>') {
		k->type = T_SET;
		return single_parse(s + 4, n - 5, &k->element);
	}
	return single_parse(s, n, &k->type);
}

struct tkind
tkind_of(enum type type)
{
	static const enum ttype of[] = { T_STRING, T_I64, T_DOUBLE, T_BOOL, T_I64 };

	return (struct tkind){ of[type], T_STOP };
}

/* In the order of their ids, all the way down. */
static int
tree_cmp(const void *a, const void *b)
{
	const struct tree *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static void
tree_sort(struct tree *t)
{
	size_t i;

	if (t->nkid > 0)
		qsort(t->kid, t->nkid, sizeof *t->kid, tree_cmp);
	for (i = 0; i < t->nkid; i++)
		tree_sort(&t->kid[i]);
}

/* Each step an id, and none both a value and a struct. */
static const char *
tree_check(const struct tree *t)
{
	const char *why = NULL;
	size_t i;

	for (i = 0; why == NULL && i < t->nkid; i++) {
		if (t->kid[i].id == NO_ID)
			return "not ids such as 1 or 2.1";
		if (t->kid[i].nslot > 1 ||
		    (t->kid[i].nslot > 0 && t->kid[i].nkid > 0))
			return "a field that is written twice";
		why = tree_check(&t->kid[i]);
	}
	return why;
}

int
thrift_wpath(struct thrift *t, const char *path, struct tkind kind,
    const char **why)
{
	struct tree *at = tree_path(&t->write, path);

	*why = "not ids such as 1 or 2.1";
	if (at == NULL)
		return -1;
	tree_add(at, t->nwrite++);
	at->kind = kind;
	if ((*why = tree_check(&t->write)) != NULL)
		return -1;
	tree_sort(&t->write);
	return 0;
}

static bool
int_fits(enum ttype type, int64_t v)
{
	int bits = type == T_BYTE ? 8 : type == T_I16 ? 16 :
	    type == T_I32 ? 32 : 64;

	return bits == 64 || (v >= -((int64_t)1 << (bits - 1)) &&
	    v < (int64_t)1 << (bits - 1));
}

static bool
word_is(struct field f, const char *word)
{
	return f.n == strlen(word) && memcmp(f.s, word, f.n) == 0;
}

/* A value without parts; false: it is not of its type. */
static bool
single_write(struct twork *w, enum ttype type, struct field f)
{
	int64_t v;
	double d;

	switch (type) {
	case T_STRING:
		twire_putbytes(w->out, w->t->compact, f.s, f.n);
		return f.n <= INT32_MAX;
	case T_DOUBLE:
		if (num_float(f.s, f.n, &d) < 0)
			return false;
		twire_putdouble(w->out, w->t->compact, d);
		return true;
	case T_BOOL:
		v = word_is(f, "true");
		if (v == 0 && !word_is(f, "false"))
			return false;
		break;
	default:
		if (num_int(f.s, f.n, &v) < 0 || !int_fits(type, v))
			return false;
		break;
	}
	twire_putint(w->out, w->t->compact, type, v);
	return true;
}

/* Whether an element of a JSON array may be one of the type. */
static bool
kind_fits(enum ttype type, const struct json_value *v)
{
	if (type == T_STRING)
		return v->kind == JSON_STRING;
	if (type == T_BOOL)
		return v->kind == JSON_BOOL;
	return v->kind == JSON_NUMBER ||
	    (type == T_DOUBLE && v->kind == JSON_STRING);
}

static bool
list_write(struct twork *w, enum ttype element, struct field f)
{
	struct buf *b = &w->t->list;
	const struct json_value *v;
	size_t i, n;

	if (w->t->json == NULL)
		w->t->json = json_new();
	b->n = 0;
	memset(buf_room(b, f.n + JSON_PAD) + f.n, 0, JSON_PAD);
	buf_add(b, f.s, f.n);
	if ((v = json_list(w->t->json, b->s, f.n, &n, &w->why)) == NULL)
		return false;
	w->why = "with an element that is not of its type";
	if (n > INT32_MAX)
		return false;
	twire_putlist(w->out, w->t->compact, element, (uint32_t)n);
	for (i = 0; i < n; i++)
		if (!kind_fits(element, &v[i]) || !single_write(w, element,
		    (struct field){ v[i].s, v[i].n }))
			return false;
	return true;
}

static bool
tree_isset(const struct twork *w, const struct tree *t)
{
	size_t i;

	if (t->nslot > 0)
		return w->val[t->slot[0]].s != NULL;
	for (i = 0; i < t->nkid; i++)
		if (tree_isset(w, &t->kid[i]))
			return true;
	return false;
}

static bool struct_write(struct twork *, const struct tree *);

static bool
field_write(struct twork *w, const struct tree *t, int16_t *last)
{
	enum ttype type = t->nslot > 0 ? t->kind.type : T_STRUCT;
	struct field f = { NULL, 0 };

	if (t->nslot > 0) {
		w->bad = t->slot[0];
		f = w->val[w->bad];
	}
	w->why = NULL;
	if (type == T_BOOL && !word_is(f, "true") && !word_is(f, "false"))
		return false;
	twire_putfield(w->out, w->t->compact, type, (int16_t)t->id, last,
	    type == T_BOOL && word_is(f, "true"));
	if (type == T_BOOL)
		return true;	/* it is in the field's head */
	if (type == T_STRUCT)
		return struct_write(w, t);
	return type == T_LIST || type == T_SET ?
	    list_write(w, t->kind.element, f) : single_write(w, type, f);
}

static bool
struct_write(struct twork *w, const struct tree *t)
{
	int16_t last = 0;
	size_t i;

	for (i = 0; i < t->nkid; i++)
		if (tree_isset(w, &t->kid[i]) &&
		    !field_write(w, &t->kid[i], &last))
			return false;
	twire_putstop(w->out);
	return true;
}

/* The type of a field by the number of its path. */
static struct tkind
kind_find(const struct tree *t, size_t slot)
{
	struct tkind k = { T_STOP, T_STOP };
	size_t i;

	if (t->nslot > 0 && t->slot[0] == slot)
		return t->kind;
	for (i = 0; k.type == T_STOP && i < t->nkid; i++)
		k = kind_find(&t->kid[i], slot);
	return k;
}

static const char *
type_word(enum ttype type)
{
	size_t i;

	/* Thrift's own names come last */
	for (i = LEN(types); i-- > 0;)
		if (types[i].type == type)
			return types[i].name;
	return type == T_LIST ? "list" : "set";
}

int
thrift_write(struct thrift *t, const struct field *val, struct buf *out,
    size_t *bad, const char **why)
{
	struct twork w = { .t = t, .val = val, .out = out };
	size_t n = out->n;

	if (struct_write(&w, &t->write))
		return 0;
	out->n = n;
	*bad = w.bad;
	if (w.why != NULL)
		snprintf(t->why, sizeof t->why, "%s",  w.why);
	else
		snprintf(t->why, sizeof t->why, "not of type %s",
		    type_word(kind_find(&t->write, w.bad).type));
	*why = t->why;
	return -1;
}
