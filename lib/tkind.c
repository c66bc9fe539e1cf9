#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"
#include "num.h"
#include "thrift.h"

static const struct { const char *name; enum ttype type; bool base64; } types[] = {
	{ "str", T_STRING, false }, { "int", T_I64, false },
	{ "float", T_DOUBLE, false }, { "bool", T_BOOL, false },
	{ "time", T_I64, false }, { "byte", T_BYTE, false },
	{ "i16", T_I16, false }, { "i32", T_I32, false },
	{ "i64", T_I64, false }, { "double", T_DOUBLE, false },
	{ "string", T_STRING, false }, { "binary", T_STRING, true },
};

#define LEN(a) (sizeof (a) / sizeof (a)[0])

static const char *tkind_read(const char *, struct tkind *);

static int
single_parse(const char *s, size_t n, struct tkind *k)
{
	size_t i;

	for (i = 0; i < LEN(types); i++)
		if (strlen(types[i].name) == n &&
		    memcmp(types[i].name, s, n) == 0) {
			k->type = types[i].type;
			k->base64 = types[i].base64;
			return 0;
		}
	return -1;
}

static int
field_cmp(const void *a, const void *b)
{
	const struct tfield *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

/* The fields of a struct, ID:T separated by commas. */
static const char *
fields_read(const char *s, struct tkind *k)
{
	int64_t id;
	size_t i, n;

	do {
		n = strcspn(s, ":<,>");
		if (s[n] != ':' || num_int(s, n, &id) < 0 || id < INT16_MIN ||
		    id > INT16_MAX)
			return NULL;
		k->field = mem_grow(k->field, k->nfield + 1, sizeof *k->field);
		k->field[k->nfield++] = (struct tfield){ .id = (int16_t)id };
		s = tkind_read(s + n + 1, &k->field[k->nfield - 1].kind);
	} while (s != NULL && *s == ',' && s++ != NULL);
	qsort(k->field, k->nfield, sizeof *k->field, field_cmp);
	for (i = 1; i < k->nfield; i++)
		if (k->field[i].id == k->field[i - 1].id)
			return NULL;
	return s;
}

static enum ttype
tree_type(const char *s, size_t n)
{
	static const struct { const char *name; enum ttype type; } trees[] = {
		{ "list", T_LIST }, { "set", T_SET }, { "map", T_MAP },
		{ "struct", T_STRUCT },
	};
	size_t i;

	for (i = 0; i < LEN(trees); i++)
		if (strlen(trees[i].name) == n &&
		    memcmp(trees[i].name, s, n) == 0)
			return trees[i].type;
	return T_STOP;
}

/* The type that s begins with, and what is behind it; NULL: none. */
static const char *
tkind_read(const char *s, struct tkind *k)
{
	size_t n = strcspn(s, "<,>");

	*k = (struct tkind){ .type = T_STOP };
	if (s[n] != '<')
		return single_parse(s, n, k) == 0 ? s + n : NULL;
	if ((k->type = tree_type(s, n)) == T_STOP)
		return NULL;
	s += n + 1;
	if (k->type == T_STRUCT) {
		s = fields_read(s, k);
		return s != NULL && *s == '>' ? s + 1 : NULL;
	}
	if (k->type == T_MAP) {
		k->key = mem_alloc(sizeof *k->key);
		if ((s = tkind_read(s, k->key)) == NULL || *s++ != ',' ||
		    k->key->val != NULL || k->key->type == T_STRUCT)
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
	size_t i;

	if (k->key != NULL)
		tkind_free(k->key);
	if (k->val != NULL)
		tkind_free(k->val);
	for (i = 0; i < k->nfield; i++)
		tkind_free(&k->field[i].kind);
	free(k->key);
	free(k->val);
	free(k->field);
	*k = (struct tkind){ .type = T_STOP };
}

struct tkind
tkind_of(enum type type)
{
	static const enum ttype of[] = {
		T_STRING, T_I64, T_DOUBLE, T_BOOL, T_I64
	};

	return (struct tkind){ .type = of[type] };
}

enum type
tkind_column(const struct tkind *k)
{
	return ttype_isint(k->type) ? TYPE_INT : k->type == T_DOUBLE ?
	    TYPE_FLOAT : k->type == T_BOOL ? TYPE_BOOL : TYPE_STR;
}

void
tkind_show(const struct tkind *k, struct buf *b)
{
	size_t i;

	if (k->type < T_STRUCT) {
		/* Thrift's own names come last */
		for (i = LEN(types); types[--i].type != k->type ||
		    types[i].base64 != k->base64;)
			;
		buf_adds(b, types[i].name);
		return;
	}
	buf_adds(b, k->type == T_MAP ? "map<" : k->type == T_SET ? "set<" :
	    k->type == T_LIST ? "list<" : "struct<");
	for (i = 0; i < k->nfield; i++) {
		if (i > 0)
			buf_addc(b, ',');
		buf_addint(b, k->field[i].id);
		buf_addc(b, ':');
		tkind_show(&k->field[i].kind, b);
	}
	if (k->key != NULL) {
		tkind_show(k->key, b);
		buf_addc(b, ',');
	}
	if (k->val != NULL)
		tkind_show(k->val, b);
	buf_addc(b, '>');
}

void
tkind_usage(const char *s)
{
	errx(EXIT_USAGE, "-f: the types are str int float bool time byte i16 "
	    "i32 i64 double string binary list<T> set<T> map<K,V> "
	    "struct<ID:T,...>: %s", s);
}

const struct tkind *
tkind_field(const struct tkind *k, int id)
{
	size_t i;

	for (i = 0; k != NULL && i < k->nfield; i++)
		if (k->field[i].id == id)
			return &k->field[i].kind;
	return NULL;
}

const struct tkind *
tkind_item(const struct tkind *k)
{
	return k != NULL && k->type != T_MAP ? k->val : NULL;
}

const struct tkind *
tkind_key(const struct tkind *k)
{
	return k != NULL ? k->key : NULL;
}

const struct tkind *
tkind_val(const struct tkind *k)
{
	return k != NULL && k->type == T_MAP ? k->val : NULL;
}
