/*
 * Own code, since the packaged library's classes will not do for bytes from
 * anywhere: its skip goes as deep as the bytes say, until the stack is full.
 */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "b64.h"
#include "die.h"
#include "scan.h"
#include "twalk.h"

static bool value_walk(struct twalk *, enum ttype, struct tree *, int depth);

struct thrift *
thrift_new(const char *protocol)
{
	struct thrift *t = mem_alloc(sizeof *t);

	t->compact = strcmp(protocol, "compact") == 0;
	if (!t->compact && strcmp(protocol, "binary") != 0)
		errx(EXIT_USAGE, "-s: thrift:binary or thrift:compact is "
		    "wanted: thrift:%s", protocol);
	return t;
}

void
thrift_free(struct thrift *t)
{
	size_t i;

	for (i = 0; i < t->nread; i++) {
		buf_free(&t->slot[i].text);
		tkind_free(&t->slot[i].kind);
	}
	free(t->slot);
	tree_free(&t->read);
	tree_free(&t->write);
	buf_free(&t->why);
	buf_free(&t->bytes);
	if (t->json != NULL)
		jtree_free(t->json);
	free(t);
}

int
thrift_path(struct thrift *t, const char *path, const struct tkind *kind)
{
	struct tree *at = &t->read;

	if (path != NULL && ((at = tree_path(at, path)) == NULL ||
	    t->read.kid[t->read.nkid - 1].id == NO_ID))
		return -1;
	t->slot = mem_grow(t->slot, t->nread + 1, sizeof *t->slot);
	t->slot[t->nread] = (struct slot){ .kind = kind != NULL ? *kind :
	    (struct tkind){ .type = T_STOP } };
	tree_add(at, t->nread++);
	return 0;
}

/* A value that has come again counts instead of the first. */
static void
tree_clear(struct twalk *k, const struct tree *t)
{
	size_t i;

	for (i = 0; i < t->nslot; i++)
		k->val[t->slot[i]].kind = JSON_NONE;
	for (i = 0; i < t->nkid; i++)
		tree_clear(k, &t->kid[i]);
}

/* A number's text; NaN and the infinities are text in JSON, too. */
static struct json_value
double_show(double d, char *to)
{
	return (struct json_value){ d - d == 0 ? JSON_NUMBER : JSON_STRING,
	    true, to, num_putfloat(to, d) };
}

bool
twalk_single(struct twalk *k, enum ttype type, char *to, struct json_value *v)
{
	int64_t i;
	double d;

	*v = (struct json_value){ JSON_NUMBER, true, to, 0 };
	if (type == T_STRING) {
		v->kind = JSON_STRING;
		return twire_bytes(&k->w, &v->s, &v->n);
	}
	if (type == T_DOUBLE) {
		if (!twire_double(&k->w, &d))
			return false;
		*v = double_show(d, to);
		return true;
	}
	if (!twire_int(&k->w, type, &i))
		return false;
	if (type == T_BOOL)
		*v = (struct json_value){ JSON_BOOL, true,
		    i != 0 ? "true" : "false", i != 0 ? 4 : 5 };
	else
		v->n = num_putint(to, i);
	return true;
}

static struct tree *
tree_field(struct twalk *k, struct tree *t, int16_t id)
{
	size_t i;

	for (i = 0; i < t->nkid; i++)
		if (t->kid[i].id == id && t->kid[i].key != NULL) {
			tree_clear(k, &t->kid[i]);
			return &t->kid[i];
		}
	return NULL;
}

static bool
struct_walk(struct twalk *k, struct tree *t, int depth)
{
	int16_t last = k->w.id, id;
	enum ttype type;

	for (k->w.id = 0;;) {
		if (!twire_field(&k->w, &type, &id))
			return false;
		if (type == T_STOP)
			break;
		if (!value_walk(k, type, tree_field(k, t, id), depth + 1))
			return false;
	}
	k->w.id = last;
	return true;
}

static bool
list_walk(struct twalk *k, struct tree *t, int depth)
{
	struct tree *at;
	enum ttype type;
	uint32_t i, n;
	size_t j;

	if (!twire_list(&k->w, &type, &n))
		return false;
	for (i = 0; i < n; i++) {
		for (at = NULL, j = 0; at == NULL && j < t->nkid; j++)
			if (t->kid[j].key == NULL && t->kid[j].index == i)
				at = &t->kid[j];
		if (!value_walk(k, type, at, depth + 1))
			return false;
	}
	return true;
}

static bool
map_walk(struct twalk *k, struct tree *t, int depth)
{
	char num[NUM_FLOATLEN];
	struct json_value v = { .n = 0 };
	enum ttype key, val;
	struct tree *at;
	uint32_t n;
	size_t j;

	if (!twire_map(&k->w, &key, &val, &n))
		return false;
	for (; n > 0; n--) {
		at = NULL;
		if (!ttype_issingle(key)) {
			if (!twire_skip(&k->w, key, depth + 1))
				return false;
		} else {
			if (!twalk_single(k, key, num, &v))
				return false;
			for (j = 0; at == NULL && j < t->nkid; j++)
				if (t->kid[j].key != NULL &&
				    strlen(t->kid[j].key) == v.n &&
				    memcmp(t->kid[j].key, v.s, v.n) == 0)
					at = &t->kid[j];
		}
		if (at != NULL)
			tree_clear(k, at);
		if (!value_walk(k, val, at, depth + 1))
			return false;
	}
	return true;
}

static bool
slot_take(struct twalk *k, enum ttype type, struct slot *s,
    struct json_value *v, int depth)
{
	s->text.n = 0;
	if (!ttype_issingle(type)) {
		if (!twalk_json(k, type, &s->kind, &s->text, depth))
			return false;
		*v = (struct json_value){ JSON_TREE, false, s->text.s,
		    s->text.n };
		return true;
	}
	if (!twalk_single(k, type, s->num, v))
		return false;
	if (ttype_isbytes(type, &s->kind)) {
		buf_room(&s->text, 1);
		b64_add(&s->text, v->s, v->n);
		v->s = s->text.s;
		v->n = s->text.n;
	} else if (type == T_STRING) {
		v->clean = !scan_any(v->s, v->n, '\\', '\t', '\r', '\n') &&
		    memchr(v->s, '\0', v->n) == NULL;
	}
	return true;
}

/* For each path that ends here: each may want it as something else. */
static bool
value_take(struct twalk *k, enum ttype type, const struct tree *t, int depth)
{
	struct twire start = k->w;
	size_t i;

	for (i = 0; i < t->nslot; i++) {
		k->w = start;
		if (!slot_take(k, type, &k->t->slot[t->slot[i]],
		    &k->val[t->slot[i]], depth))
			return false;
	}
	return true;
}

/* A value; t: the paths that go through it, or NULL. */
static bool
value_walk(struct twalk *k, enum ttype type, struct tree *t, int depth)
{
	struct twire start = k->w;

	if (t == NULL)
		return twire_skip(&k->w, type, depth);
	if (t->nslot > 0 && !value_take(k, type, t, depth))
		return false;
	if (t->nslot > 0 && t->nkid == 0)
		return true;
	k->w = start;
	if (ttype_issingle(type))
		return twire_skip(&k->w, type, depth);
	if (depth >= TWIRE_DEPTH)
		return false;
	if (type == T_STRUCT)
		return struct_walk(k, t, depth);
	return type == T_MAP ? map_walk(k, t, depth) : list_walk(k, t, depth);
}

int
thrift_read(struct thrift *t, const char *s, size_t n, struct json_value *val,
    const char **why)
{
	struct twalk k = { .w = { s, s + n, t->compact, 0, -1 }, .t = t,
	    .val = val, .why = "not Thrift: a field is cut off, nested too "
	    "deep, or of no known type" };
	size_t i;

	for (i = 0; i < t->nread; i++)
		val[i] = (struct json_value){ .kind = JSON_NONE,
		    .clean = true };
	if (!value_walk(&k, T_STRUCT, &t->read, 0)) {
		*why = k.why;
		return -1;
	}
	if (k.w.s != k.w.end) {
		*why = "not Thrift: something follows the struct";
		return -1;
	}
	return 0;
}
