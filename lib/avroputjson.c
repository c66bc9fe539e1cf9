#include <string.h>

#include "avroputs.h"
#include "avrotime.h"
#include "die.h"

/* Code points up to U+00FF, a byte each, as the specification's JSON has them. */
static int
bytes_undo(struct avroput *p, const char *s, size_t n)
{
	const unsigned char *u = (const unsigned char *)s, *end = u + n;

	p->tmp.n = 0;
	buf_room(&p->tmp, 1);
	while (u < end)
		if (*u < 0x80) {
			buf_addc(&p->tmp, (char)*u++);
		} else if ((*u == 0xc2 || *u == 0xc3) && end - u > 1) {
			buf_addc(&p->tmp, (char)((u[0] & 3) << 6 | (u[1] & 0x3f)));
			u += 2;
		} else {
			return -1;
		}
	return 0;
}

struct put {			/* how JSON is to be taken */
	struct avroput *p;
	struct buf *b;
	const char **why;
	bool spec;		/* as a default in a schema */
	int depth;
};

static int json_put(struct put *, const struct avro_type *, const struct jnode *);

static int
json_record(struct put *w, const struct avro_type *t, const struct jnode *nd)
{
	const struct jnode *kid;
	const struct avro_field *f;
	size_t i, used = 0;

	for (f = t->field; f < t->field + t->n; f++) {
		struct put dflt = *w;

		kid = jtree_member(nd, f->name, strlen(f->name));
		used += kid != NULL;
		if (kid == NULL && (kid = f->dflt) == NULL)
			return avroput_bad(w->p, w->why, "has no field %s, which "
			    "record %s wants", f->name, t->name);
		dflt.spec |= kid == f->dflt;
		if (json_put(&dflt, f->type, kid) < 0)
			return -1;
	}
	if (used == nd->n)
		return 0;
	for (kid = nd->kid; kid != NULL; kid = kid->next) {
		for (i = 0; i < t->n; i++)
			if (strcmp(t->field[i].name, kid->key) == 0)
				break;
		if (i == t->n)
			return avroput_bad(w->p, w->why, "has a field %s, which "
			    "record %s has not", show(kid->key, kid->nkey),
			    t->name);
	}
	return 0;
}

static int
json_items(struct put *w, const struct avro_type *t, const struct jnode *nd)
{
	const struct jnode *kid;

	if (nd->n > 0)
		avro_putlong(w->b, (int64_t)nd->n);
	for (kid = nd->kid; kid != NULL; kid = kid->next) {
		if (t->kind == AVRO_MAP)
			avro_putbytes(w->b, kid->key, kid->nkey);
		if (json_put(w, t->branch[0], kid) < 0)
			return -1;
	}
	buf_addc(w->b, 0);
	return 0;
}

/* Whether the value might be of the type, before it is tried. */
static bool
json_looks(const struct avro_type *t, const struct jnode *nd)
{
	switch (nd->kind) {
	case JSON_NULL:
		return t->kind == AVRO_NULL;
	case JSON_BOOL:
		return t->kind == AVRO_BOOLEAN;
	case JSON_NUMBER:
		return (t->kind >= AVRO_INT && t->kind <= AVRO_DOUBLE) ||
		    t->logical == LOGICAL_DECIMAL;
	case JSON_TREE:
		return nd->object ? t->kind == AVRO_RECORD ||
		    t->kind == AVRO_MAP : t->kind == AVRO_ARRAY;
	default:
		return t->kind != AVRO_NULL && t->kind != AVRO_BOOLEAN &&
		    t->kind != AVRO_RECORD && t->kind != AVRO_MAP &&
		    t->kind != AVRO_ARRAY;
	}
}

static int
json_union(struct put *w, const struct avro_type *t, const struct jnode *nd)
{
	size_t i, start = w->b->n, tried = 0;

	for (i = 0; i < t->n; i++) {
		if (!json_looks(t->branch[i], nd))
			continue;
		tried++;
		avro_putlong(w->b, (int64_t)i);
		if (json_put(w, t->branch[i], nd) == 0)
			return 0;
		w->b->n = start;
	}
	if (tried == 1)
		return -1;	/* that one has said why */
	return avroput_bad(w->p, w->why, "fits no branch of the schema's union");
}

/* JSON has no numbers for these. */
static bool
word_isodd(const char *s, size_t n)
{
	return (n == 3 && memcmp(s, "NaN", 3) == 0) ||
	    (n == 8 && memcmp(s, "Infinity", 8) == 0) ||
	    (n == 9 && memcmp(s, "-Infinity", 9) == 0);
}

static int
json_string(struct put *w, const struct avro_type *t, const struct jnode *nd)
{
	const char *s = nd->s;
	size_t n = nd->n;

	if (w->spec && (t->kind == AVRO_BYTES || t->kind == AVRO_FIXED)) {
		if (bytes_undo(w->p, s, n) < 0)
			return avroput_bad(w->p, w->why, "has a code point above "
			    "U+00FF, which is no byte: \"%s\"", show(s, n));
		return avroput_bytes(w->p, w->b, t, w->p->tmp.s,
		    w->p->tmp.n, w->why);
	}
	if (t->kind <= AVRO_DOUBLE && !avrotime_is(t->logical) &&
	    (t->kind < AVRO_FLOAT || !word_isodd(s, n)))
		return avroput_unfit(w->p, t, s, n, w->why);
	return avroput_text(w->p, w->b, t, s, n, w->why);
}

static int
json_put1(struct put *w, const struct avro_type *t, const struct jnode *nd)
{
	if (t->kind == AVRO_UNION)
		return json_union(w, t, nd);
	if (nd->kind == JSON_NULL)
		return avroput_null(w->p, w->b, t, w->why);
	if (!json_looks(t, nd) && nd->kind != JSON_STRING)
		return avroput_unfit(w->p, t, nd->s != NULL ? nd->s : "a tree",
		    nd->s != NULL ? nd->n : 6, w->why);
	if (nd->kind == JSON_TREE)
		return t->kind == AVRO_RECORD ? json_record(w, t, nd) :
		    json_items(w, t, nd);
	if (t->kind == AVRO_RECORD || t->kind == AVRO_ARRAY ||
	    t->kind == AVRO_MAP || t->kind == AVRO_NULL)
		return avroput_unfit(w->p, t, nd->s, nd->n, w->why);
	if (nd->kind == JSON_STRING)
		return json_string(w, t, nd);
	return avroput_text(w->p, w->b, t, nd->s, nd->n, w->why);
}

static int
json_put(struct put *w, const struct avro_type *t, const struct jnode *nd)
{
	int k;

	/* a default may hold a record whose field has it as its default */
	if (w->depth == JSON_DEPTH)
		return avroput_bad(w->p, w->why, "is nested deeper than %d",
		    JSON_DEPTH);
	w->depth++;
	k = json_put1(w, t, nd);
	w->depth--;
	return k;
}

int
avroput_json(struct avroput *p, struct buf *b, const struct avro_type *t,
    const struct jnode *nd, const char **why)
{
	struct put w = { .p = p, .b = b, .why = why };

	return json_put(&w, t, nd);
}

int
avroput_default(struct avroput *p, struct buf *b, const struct avro_field *f,
    const char **why)
{
	struct put w = { .p = p, .b = b, .why = why, .spec = true };

	return json_put(&w, f->type, f->dflt);
}
