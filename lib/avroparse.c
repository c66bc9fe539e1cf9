#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "avrological.h"
#include "avroname.h"
#include "avroparse.h"
#include "die.h"

#define DEPTH_MOST 200
#define FIXED_MOST (1 << 30)

struct parse {
	struct avro_types *types;
	struct arena *arena;	/* of types */
	int depth;
};

static char why_text[512];

__attribute__((format(printf, 1, 2)))
static struct avro_type *
parse_bad(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why_text, sizeof why_text, fmt, ap);
	va_end(ap);
	return NULL;
}

static struct avro_type *
type_new(struct parse *p, enum avro_kind kind)
{
	static const size_t least[] = { 0, 1, 1, 1, 4, 8, 1, 1, 0, 1, 0, 1, 1, 1 };
	struct avro_type *t = arena_alloc(p->arena, sizeof *t);

	*t = (struct avro_type){ .kind = kind, .least = least[kind],
	    .next = p->types->all };
	p->types->all = t;
	return t;
}

static struct avro_type *
type_find(struct parse *p, const char *full)
{
	struct avro_type *t;

	for (t = p->types->all; t != NULL; t = t->next)
		if (t->name != NULL && strcmp(t->name, full) == 0)
			return t;
	return NULL;
}

/* Name, aliases; 0 or -1. */
static int
type_name1(struct parse *p, struct avro_type *t, const struct jnode *nd,
    const char *space)
{
	const char *name = jtree_string(nd, "name");
	const char *own = jtree_string(nd, "namespace");
	size_t i;

	if (name == NULL)
		return parse_bad("a %s without a name",
		    avro_kindname(t->kind)), -1;
	if (own != NULL)
		space = own;
	if ((t->name = avroname_full(p->arena, name, space)) == NULL)
		return parse_bad("not a name: \"%s\"",
		    show(name, strlen(name))), -1;
	for (i = 0; i < AVRO_RECORD; i++)
		if (strcmp(t->name, avro_kindname((enum avro_kind)i)) == 0)
			return parse_bad("a type is named %s", t->name), -1;
	if (avroname_list(p->arena, nd, "aliases", &t->alias, &t->nalias) < 0)
		return parse_bad("%s: aliases are no list of names",
		    t->name), -1;
	for (i = 0; i < t->nalias; i++)
		if ((t->alias[i] = avroname_full(p->arena, t->alias[i],
		    avroname_space(p->arena, t->name))) == NULL)
			return parse_bad("%s: an alias is not a name",
			    t->name), -1;
	return 0;
}

static struct avro_type *type_parse1(struct parse *, const struct jnode *, const char *);

static struct avro_type *
record_parse(struct parse *p, struct avro_type *t, const struct jnode *nd)
{
	const struct jnode *list = jtree_member(nd, "fields", 6), *kid;
	const char *space = avroname_space(p->arena, t->name);
	struct avro_field *f;
	size_t i;

	if (list == NULL || list->kind != JSON_TREE || list->object)
		return parse_bad("record %s has no fields", t->name);
	t->field = arena_alloc(p->arena, list->n * sizeof *t->field);
	for (kid = list->kid; kid != NULL; kid = kid->next) {
		const struct jnode *type = jtree_member(kid, "type", 4);

		f = &t->field[t->n];
		*f = (struct avro_field){ .name = jtree_string(kid, "name"),
		    .dflt = jtree_member(kid, "default", 7) };
		if (f->name == NULL || !avroname_ok(f->name))
			return parse_bad("record %s has a field without a "
			    "name, or with one that is none", t->name);
		for (i = 0; i < t->n; i++)
			if (strcmp(t->field[i].name, f->name) == 0)
				return parse_bad("record %s has two fields %s",
				    t->name, f->name);
		if (avroname_list(p->arena, kid, "aliases", &f->alias,
		    &f->nalias) < 0)
			return parse_bad("field %s.%s: aliases are no list of "
			    "names", t->name, f->name);
		if (type == NULL)
			return parse_bad("field %s.%s has no type", t->name,
			    f->name);
		if ((f->type = type_parse1(p, type, space)) == NULL)
			return NULL;
		/* a record that is being parsed may be smaller than it will be */
		t->least += f->type->least;
		t->n++;
	}
	return t;
}

static struct avro_type *
enum_parse(struct parse *p, struct avro_type *t, const struct jnode *nd)
{
	size_t i, k;

	if (avroname_list(p->arena, nd, "symbols", &t->symbol, &t->n) < 0 ||
	    t->symbol == NULL)
		return parse_bad("enum %s has no symbols", t->name);
	for (i = 0; i < t->n; i++) {
		if (!avroname_ok(t->symbol[i]))
			return parse_bad("enum %s: not a symbol: \"%s\"",
			    t->name, show(t->symbol[i], strlen(t->symbol[i])));
		for (k = 0; k < i; k++)
			if (strcmp(t->symbol[k], t->symbol[i]) == 0)
				return parse_bad("enum %s has %s twice",
				    t->name, t->symbol[i]);
	}
	t->dflt = jtree_string(nd, "default");
	for (i = 0; t->dflt != NULL && i < t->n; i++)
		if (strcmp(t->symbol[i], t->dflt) == 0)
			return t;
	return t->dflt == NULL ? t : parse_bad("enum %s: its default is none "
	    "of its symbols", t->name);
}

static struct avro_type *
named_parse(struct parse *p, enum avro_kind kind, const struct jnode *nd,
    const char *space)
{
	struct avro_type *t, full;
	int64_t size;

	full = (struct avro_type){ .kind = kind };
	if (type_name1(p, &full, nd, space) < 0)
		return NULL;
	if (type_find(p, full.name) != NULL)
		return parse_bad("two types are named %s", full.name);
	t = type_new(p, kind);
	t->name = full.name;
	t->alias = full.alias;
	t->nalias = full.nalias;
	if (kind == AVRO_RECORD)
		return record_parse(p, t, nd);
	if (kind == AVRO_ENUM)
		return enum_parse(p, t, nd);
	if (jtree_int(nd, "size", &size) < 0 || size < 0 || size > FIXED_MOST)
		return parse_bad("fixed %s has no size", t->name);
	t->size = t->least = (size_t)size;
	avrological_parse(t, nd);
	return t;
}

/* Of one kind a union has only one, of named ones one of a name. */
static bool
branch_twice(const struct avro_type *u, const struct avro_type *t)
{
	size_t i;

	for (i = 0; i < u->n; i++)
		if (u->branch[i]->kind == t->kind && (!avro_named(t->kind) ||
		    strcmp(u->branch[i]->name, t->name) == 0))
			return true;
	return false;
}

static struct avro_type *
union_parse(struct parse *p, const struct jnode *nd, const char *space)
{
	struct avro_type *u = type_new(p, AVRO_UNION), *t;
	const struct jnode *kid;

	u->branch = arena_alloc(p->arena, nd->n * sizeof *u->branch);
	for (kid = nd->kid; kid != NULL; kid = kid->next) {
		if ((t = type_parse1(p, kid, space)) == NULL)
			return NULL;
		if (t->kind == AVRO_UNION)
			return parse_bad("a union within a union");
		if (branch_twice(u, t))
			return parse_bad("a union has %s twice", avro_show(t));
		u->branch[u->n++] = t;
	}
	return u->n > 0 ? u : parse_bad("a union of nothing");
}

static struct avro_type *
name_parse(struct parse *p, const char *name, const char *space)
{
	struct avro_type *t;
	const char *full;
	size_t i;

	for (i = 0; i < AVRO_RECORD; i++)
		if (strcmp(avro_kindname((enum avro_kind)i), name) == 0)
			return type_new(p, (enum avro_kind)i);
	full = avroname_full(p->arena, name, space);
	if (full == NULL || ((t = type_find(p, full)) == NULL &&
	    (t = type_find(p, name)) == NULL))
		return parse_bad("no type is named \"%s\"",
		    show(name, strlen(name)));
	return t;
}

static struct avro_type *
object_parse(struct parse *p, const struct jnode *nd, const char *space)
{
	const struct jnode *type = jtree_member(nd, "type", 4), *item;
	struct avro_type *t;
	size_t i;

	if (type == NULL)
		return parse_bad("a schema without a type");
	if (type->kind != JSON_STRING)
		return type_parse1(p, type, space);
	for (i = AVRO_RECORD; i <= AVRO_FIXED; i++)
		if (strcmp(avro_kindname((enum avro_kind)i), type->s) == 0)
			return named_parse(p, (enum avro_kind)i, nd, space);
	if (strcmp(type->s, "error") == 0)
		return named_parse(p, AVRO_RECORD, nd, space);
	for (i = AVRO_ARRAY; i <= AVRO_MAP; i++) {
		if (strcmp(avro_kindname((enum avro_kind)i), type->s) != 0)
			continue;
		t = type_new(p, (enum avro_kind)i);
		item = i == AVRO_ARRAY ? jtree_member(nd, "items", 5) :
		    jtree_member(nd, "values", 6);
		if (item == NULL)
			return parse_bad("%s of what?",
			    avro_kindname((enum avro_kind)i));
		t->branch = arena_alloc(p->arena, sizeof *t->branch);
		t->n = 1;
		return (t->branch[0] = type_parse1(p, item, space)) != NULL ?
		    t : NULL;
	}
	if ((t = name_parse(p, type->s, space)) != NULL && t->kind < AVRO_RECORD)
		avrological_parse(t, nd);
	return t;
}

static struct avro_type *
type_parse1(struct parse *p, const struct jnode *nd, const char *space)
{
	struct avro_type *t;

	if (p->depth == DEPTH_MOST)
		return parse_bad("a schema nested deeper than %d", DEPTH_MOST);
	p->depth++;
	if (nd->kind == JSON_STRING)
		t = name_parse(p, nd->s, space);
	else if (nd->kind != JSON_TREE)
		t = parse_bad("a schema is a name, an object or an array");
	else if (nd->object)
		t = object_parse(p, nd, space);
	else
		t = union_parse(p, nd, space);
	p->depth--;
	return t;
}

struct avro_type *
avroparse_type(struct avro_types *types, const struct jnode *nd,
    const char **why)
{
	struct parse p = { .types = types, .arena = &types->arena };

	*why = why_text;
	return type_parse1(&p, nd, "");
}
