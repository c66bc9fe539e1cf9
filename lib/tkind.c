#include <stdlib.h>
#include <string.h>

#include "thrift.h"

static const struct { const char *name; enum ttype type; } types[] = {
	{ "str", T_STRING }, { "int", T_I64 }, { "float", T_DOUBLE },
	{ "bool", T_BOOL }, { "time", T_I64 }, { "byte", T_BYTE },
	{ "i16", T_I16 }, { "i32", T_I32 }, { "i64", T_I64 },
	{ "double", T_DOUBLE }, { "string", T_STRING },
};

#define LEN(a) (sizeof (a) / sizeof (a)[0])

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
	static const enum ttype of[] = {
		T_STRING, T_I64, T_DOUBLE, T_BOOL, T_I64
	};

	return (struct tkind){ .type = of[type] };
}

void
tkind_show(const struct tkind *k, struct buf *b)
{
	size_t i;

	if (k->val == NULL) {
		/* Thrift's own names come last */
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
