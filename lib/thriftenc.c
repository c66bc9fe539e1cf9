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

/* The type that s begins with, and what is behind it; NULL: none. */
static const char *
tkind_read(const char *s, struct tkind *k)
{
	size_t n = strcspn(s, "<,>");
	bool map;

	*k = (struct tkind){ .type = T_STOP };
	if (s[n] != '<')
		return single_parse(s, n, &k->type) == 0 ? s + n : NULL;
	map = strncmp(s, "map<", n + 1) == 0;
	k->type = map ? T_MAP : strncmp(s, "set<", n + 1) == 0 ? T_SET :
	    strncmp(s, "list<", n + 1) == 0 ? T_LIST : T_STOP;
	if (k->type == T_STOP)
		return NULL;
	s += n + 1;
	if (map) {
		k->key = mem_alloc(sizeof *k->key);
		if ((s = tkind_read(s, k->key)) == NULL || *s++ != ',' ||
		    k->key->val != NULL)
			return NULL;
	}
	k->val = mem_alloc(sizeof *k->val);
	if ((s = tkind_read(s, k->val)) == NULL || *s++ != '>')
		return NULL;
	return s;
}

int
tkind_parse(const char *s, struct tkind *k)
{
	const char *end = tkind_read(s, k);

	if (end != NULL && *end == '\0')
		return 0;
	tkind_free(k);
	return -1;
}

void
tkind_free(struct tkind *k)
{
	if (k->key != NULL)
		tkind_free(k->key);
	if (k->val != NULL)
		tkind_free(k->val);
	free(k->key);
	free(k->val);
	*k = (struct tkind){ .type = T_STOP };
}

struct tkind
tkind_of(enum type type)
{
	static const enum ttype of[] = { T_STRING, T_I64, T_DOUBLE, T_BOOL, T_I64 };

	return (struct tkind){ .type = of[type] };
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

/* Whether a JSON value may be one of the type. */
static bool
kind_fits(enum ttype type, const struct jnode *v)
{
	if (type == T_STRING)
		return v->kind == JSON_STRING;
	if (type == T_BOOL)
		return v->kind == JSON_BOOL;
	if (type == T_LIST || type == T_SET || type == T_MAP)
		return v->kind == JSON_TREE && v->object == (type == T_MAP);
	return v->kind == JSON_NUMBER ||
	    (type == T_DOUBLE && v->kind == JSON_STRING);
}

static bool
node_write(struct twork *w, const struct tkind *k, const struct jnode *v)
{
	const struct jnode *kid;

	if (!kind_fits(k->type, v))
		return false;
	if (v->kind != JSON_TREE)
		return single_write(w, k->type, (struct field){ v->s, v->n });
	if (v->n > INT32_MAX)
		return false;
	if (k->type == T_MAP)
		twire_putmap(w->out, w->t->compact, k->key->type,
		    k->val->type, (uint32_t)v->n);
	else
		twire_putlist(w->out, w->t->compact, k->val->type,
		    (uint32_t)v->n);
	for (kid = v->kid; kid != NULL; kid = kid->next)
		if ((k->type == T_MAP && !single_write(w, k->key->type,
		    (struct field){ kid->key, kid->nkey })) ||
		    !node_write(w, k->val, kid))
			return false;
	return true;
}

static bool
tree_write(struct twork *w, const struct tkind *k, struct field f)
{
	const struct jnode *v;

	if (w->t->json == NULL)
		w->t->json = jtree_new();
	if ((v = jtree_parse(w->t->json, f.s, f.n, &w->why)) == NULL)
		return false;
	w->why = NULL;
	return node_write(w, k, v);
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
	return t->kind.val != NULL ? tree_write(w, &t->kind, f) :
	    single_write(w, type, f);
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
static const struct tkind *
kind_find(const struct tree *t, size_t slot)
{
	const struct tkind *k = NULL;
	size_t i;

	if (t->nslot > 0)
		return t->slot[0] == slot ? &t->kind : NULL;
	for (i = 0; k == NULL && i < t->nkid; i++)
		k = kind_find(&t->kid[i], slot);
	return k;
}

/* Thrift's own names, which come last. */
static void
tkind_show(const struct tkind *k, struct buf *b)
{
	size_t i;

	if (k->val == NULL) {
		for (i = LEN(types); types[--i].type != k->type;)
			;
		buf_adds(b, types[i].name);
		return;
	}
	buf_adds(b, k->type == T_MAP ? "map<" : k->type == T_SET ? "set<" :
	    "list<");
	if (k->key != NULL) {
		tkind_show(k->key, b);
		buf_addc(b, ',');
	}
	tkind_show(k->val, b);
	buf_addc(b, '>');
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
	*why = w.why;
	if (w.why == NULL) {
		t->why.n = 0;
		buf_adds(&t->why, "not of type ");
		tkind_show(kind_find(&t->write, w.bad), &t->why);
		buf_addc(&t->why, '\0');
		*why = t->why.s;
	}
	return -1;
}
