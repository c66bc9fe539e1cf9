#include <stdlib.h>
#include <string.h>

#include "b64.h"
#include "tree.h"

struct twork {
	struct thrift *t;
	const struct field *val;
	struct buf *out;
	size_t bad;
	const char *why;
};

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
single_write(struct twork *w, const struct tkind *k, struct field f)
{
	int64_t v;
	double d;

	switch (k->type) {
	case T_STRING:
		if (k->base64) {
			w->t->bytes.n = 0;
			buf_room(&w->t->bytes, 1);
			if (b64_undo(&w->t->bytes, f.s, f.n) < 0)
				return false;
			f = (struct field){ w->t->bytes.s, w->t->bytes.n };
		}
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
		if (num_int(f.s, f.n, &v) < 0 || !int_fits(k->type, v))
			return false;
		break;
	}
	twire_putint(w->out, w->t->compact, k->type, v);
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
	if (type >= T_STRUCT)
		return v->kind == JSON_TREE &&
		    v->object == (type == T_MAP || type == T_STRUCT);
	return v->kind == JSON_NUMBER ||
	    (type == T_DOUBLE && v->kind == JSON_STRING);
}

static bool node_write(struct twork *, const struct tkind *, const struct jnode *);

/* A struct of an object of ids; null is a field that is left out. */
static bool
object_write(struct twork *w, const struct tkind *k, const struct jnode *v)
{
	const struct tkind *kind;
	const struct jnode *kid;
	char id[NUM_INTLEN];
	int16_t last = 0;
	size_t i, used = 0;

	for (i = 0; i < k->nfield; i++) {
		kind = &k->field[i].kind;
		kid = jtree_member(v, id, num_putint(id, k->field[i].id));
		used += kid != NULL;
		if (kid == NULL || kid->kind == JSON_NULL)
			continue;
		if (!kind_fits(kind->type, kid))
			return false;
		twire_putfield(w->out, w->t->compact, kind->type,
		    k->field[i].id, &last, kind->type == T_BOOL &&
		    *kid->s == 't');
		if (kind->type != T_BOOL && !node_write(w, kind, kid))
			return false;
	}
	twire_putstop(w->out);
	/* what has no type would be lost; so would one of two of an id */
	return used == v->n;
}

static bool
node_write(struct twork *w, const struct tkind *k, const struct jnode *v)
{
	const struct jnode *kid;

	if (!kind_fits(k->type, v))
		return false;
	if (v->kind != JSON_TREE)
		return single_write(w, k, (struct field){ v->s, v->n });
	if (k->type == T_STRUCT)
		return object_write(w, k, v);
	if (v->n > INT32_MAX)
		return false;
	if (k->type == T_MAP)
		twire_putmap(w->out, w->t->compact, k->key->type,
		    k->val->type, (uint32_t)v->n);
	else
		twire_putlist(w->out, w->t->compact, k->val->type,
		    (uint32_t)v->n);
	for (kid = v->kid; kid != NULL; kid = kid->next)
		if ((k->type == T_MAP && !single_write(w, k->key,
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
	if (t->nslot == 0)
		return struct_write(w, t);
	return type >= T_STRUCT ? tree_write(w, &t->kind, f) :
	    single_write(w, &t->kind, f);
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
