#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "avro.h"
#include "buf.h"
#include "die.h"
#include "num.h"
#include "slurp.h"

#define DEPTH_MOST 200
#define FIXED_MOST (1 << 30)

struct avro_schema {
	struct arena arena;
	struct jtree **doc;	/* schemas keep their defaults in them */
	size_t ndoc;
	struct avro_type *all, *root;
};

struct parse {
	struct avro_schema *s;
	int depth;
};

static char why_text[512];

static const char *const kinds[] = {
	"null", "boolean", "int", "long", "float", "double", "bytes", "string",
	"record", "enum", "fixed", "array", "map", "union"
};

const char *
avro_kindname(enum avro_kind kind)
{
	return kinds[kind];
}

bool
avro_named(enum avro_kind kind)
{
	return kind >= AVRO_RECORD && kind <= AVRO_FIXED;
}

const char *
avro_short(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot != NULL ? dot + 1 : name;
}

const char *
avro_show(const struct avro_type *t)
{
	return t->name != NULL ? t->name : kinds[t->kind];
}

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
	struct avro_type *t = arena_alloc(&p->s->arena, sizeof *t);

	*t = (struct avro_type){ .kind = kind, .least = least[kind],
	    .next = p->s->all };
	p->s->all = t;
	return t;
}

static bool
name_ok(const char *s)
{
	size_t i;

	for (i = 0; s[i] != '\0'; i++)
		if (!((s[i] >= 'a' && s[i] <= 'z') ||
		    (s[i] >= 'A' && s[i] <= 'Z') || s[i] == '_' ||
		    (i > 0 && s[i] >= '0' && s[i] <= '9')))
			return false;
	return i > 0;
}

/* A full name out of a name and the namespace around it; NULL: not a name. */
static const char *
name_full(struct parse *p, const char *name, const char *space)
{
	const char *s = name, *dot = strchr(name, '.');
	size_t n = strlen(name), k = strlen(space);
	char *full, part[256];

	for (;; s += strcspn(s, ".") + 1) {
		size_t len = strcspn(s, ".");

		if (len >= sizeof part)
			return NULL;
		memcpy(part, s, len);
		part[len] = '\0';
		if (!name_ok(part))
			return NULL;
		if (s[len] == '\0')
			break;
	}
	if (dot != NULL || k == 0)
		return name;
	full = arena_alloc(&p->s->arena, k + n + 2);
	memcpy(full, space, k);
	full[k] = '.';
	memcpy(full + k + 1, name, n + 1);
	return full;
}

/* The namespace of a full name. */
static const char *
name_space(struct parse *p, const char *full)
{
	const char *dot = strrchr(full, '.');
	char *space;

	if (dot == NULL)
		return "";
	space = arena_alloc(&p->s->arena, (size_t)(dot - full) + 1);
	memcpy(space, full, (size_t)(dot - full));
	space[dot - full] = '\0';
	return space;
}

static struct avro_type *
type_find(struct parse *p, const char *full)
{
	struct avro_type *t;

	for (t = p->s->all; t != NULL; t = t->next)
		if (t->name != NULL && strcmp(t->name, full) == 0)
			return t;
	return NULL;
}

/* A member that is a list of names, "aliases" or "symbols". */
static int
names_parse(struct parse *p, const struct jnode *nd, const char *key,
    const char ***names, size_t *n)
{
	const struct jnode *list = jtree_member(nd, key, strlen(key)), *kid;

	*n = 0;
	*names = NULL;
	if (list == NULL)
		return 0;
	if (list->kind != JSON_TREE || list->object)
		return -1;
	*names = arena_alloc(&p->s->arena, list->n * sizeof **names);
	for (kid = list->kid; kid != NULL; kid = kid->next) {
		if (kid->kind != JSON_STRING)
			return -1;
		(*names)[(*n)++] = kid->s;
	}
	return 0;
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
		return parse_bad("a %s without a name", kinds[t->kind]), -1;
	if (own != NULL)
		space = own;
	if ((t->name = name_full(p, name, space)) == NULL)
		return parse_bad("not a name: \"%s\"",
		    show(name, strlen(name))), -1;
	for (i = 0; i < AVRO_RECORD; i++)
		if (strcmp(t->name, kinds[i]) == 0)
			return parse_bad("a type is named %s", kinds[i]), -1;
	if (names_parse(p, nd, "aliases", &t->alias, &t->nalias) < 0)
		return parse_bad("%s: aliases are no list of names",
		    t->name), -1;
	for (i = 0; i < t->nalias; i++)
		if ((t->alias[i] = name_full(p, t->alias[i],
		    name_space(p, t->name))) == NULL)
			return parse_bad("%s: an alias is not a name",
			    t->name), -1;
	return 0;
}

static struct avro_type *type_parse1(struct parse *, const struct jnode *, const char *);

static int
number_get(const struct jnode *nd, const char *key, int64_t *v)
{
	const struct jnode *kid = jtree_member(nd, key, strlen(key));

	return kid != NULL && kid->kind == JSON_NUMBER ?
	    num_int(kid->s, kid->n, v) : -1;
}

static struct avro_type *
record_parse(struct parse *p, struct avro_type *t, const struct jnode *nd)
{
	const struct jnode *list = jtree_member(nd, "fields", 6), *kid;
	const char *space = name_space(p, t->name);
	struct avro_field *f;
	size_t i;

	if (list == NULL || list->kind != JSON_TREE || list->object)
		return parse_bad("record %s has no fields", t->name);
	t->field = arena_alloc(&p->s->arena, list->n * sizeof *t->field);
	for (kid = list->kid; kid != NULL; kid = kid->next) {
		const struct jnode *type = jtree_member(kid, "type", 4);

		f = &t->field[t->n];
		*f = (struct avro_field){ .name = jtree_string(kid, "name"),
		    .dflt = jtree_member(kid, "default", 7) };
		if (f->name == NULL || !name_ok(f->name))
			return parse_bad("record %s has a field without a "
			    "name, or with one that is none", t->name);
		for (i = 0; i < t->n; i++)
			if (strcmp(t->field[i].name, f->name) == 0)
				return parse_bad("record %s has two fields %s",
				    t->name, f->name);
		if (names_parse(p, kid, "aliases", &f->alias, &f->nalias) < 0)
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

	if (names_parse(p, nd, "symbols", &t->symbol, &t->n) < 0 ||
	    t->symbol == NULL)
		return parse_bad("enum %s has no symbols", t->name);
	for (i = 0; i < t->n; i++) {
		if (!name_ok(t->symbol[i]))
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

static bool
decimal_fits(struct avro_type *t, const struct jnode *nd)
{
	const struct jnode *scale = jtree_member(nd, "scale", 5);
	int64_t precision, s = 0;

	if (number_get(nd, "precision", &precision) < 0 || precision < 1 ||
	    precision > 10000 ||
	    (scale != NULL && (number_get(nd, "scale", &s) < 0 || s < 0 ||
	    s > precision)))
		return false;
	t->precision = (int)precision;
	t->scale = (int)s;
	return true;
}

/* An unknown logical type, or one that does not fit, is the type below it. */
static void
logical_parse(struct avro_type *t, const struct jnode *nd)
{
	static const struct { const char *name; enum avro_logical logical;
	    enum avro_kind kind; } known[] = {
		{ "decimal", LOGICAL_DECIMAL, AVRO_BYTES },
		{ "decimal", LOGICAL_DECIMAL, AVRO_FIXED },
		{ "uuid", LOGICAL_UUID, AVRO_STRING },
		{ "uuid", LOGICAL_UUID, AVRO_FIXED },
		{ "date", LOGICAL_DATE, AVRO_INT },
		{ "time-millis", LOGICAL_TIME_MS, AVRO_INT },
		{ "time-micros", LOGICAL_TIME_US, AVRO_LONG },
		{ "timestamp-millis", LOGICAL_STAMP_MS, AVRO_LONG },
		{ "timestamp-micros", LOGICAL_STAMP_US, AVRO_LONG },
		{ "local-timestamp-millis", LOGICAL_LOCAL_MS, AVRO_LONG },
		{ "local-timestamp-micros", LOGICAL_LOCAL_US, AVRO_LONG },
	};
	const char *name = jtree_string(nd, "logicalType");
	size_t i;

	for (i = 0; name != NULL && i < sizeof known / sizeof known[0]; i++)
		if (strcmp(known[i].name, name) == 0 &&
		    known[i].kind == t->kind &&
		    (known[i].logical != LOGICAL_DECIMAL ||
		    decimal_fits(t, nd)) &&
		    (known[i].logical != LOGICAL_UUID ||
		    t->kind != AVRO_FIXED || t->size == 16))
			t->logical = known[i].logical;
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
	if (number_get(nd, "size", &size) < 0 || size < 0 || size > FIXED_MOST)
		return parse_bad("fixed %s has no size", t->name);
	t->size = t->least = (size_t)size;
	logical_parse(t, nd);
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

	u->branch = arena_alloc(&p->s->arena, nd->n * sizeof *u->branch);
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
		if (strcmp(kinds[i], name) == 0)
			return type_new(p, (enum avro_kind)i);
	full = name_full(p, name, space);
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
		if (strcmp(kinds[i], type->s) == 0)
			return named_parse(p, (enum avro_kind)i, nd, space);
	if (strcmp(type->s, "error") == 0)
		return named_parse(p, AVRO_RECORD, nd, space);
	for (i = AVRO_ARRAY; i <= AVRO_MAP; i++) {
		if (strcmp(kinds[i], type->s) != 0)
			continue;
		t = type_new(p, (enum avro_kind)i);
		item = i == AVRO_ARRAY ? jtree_member(nd, "items", 5) :
		    jtree_member(nd, "values", 6);
		if (item == NULL)
			return parse_bad("%s of what?", kinds[i]);
		t->branch = arena_alloc(&p->s->arena, sizeof *t->branch);
		t->n = 1;
		return (t->branch[0] = type_parse1(p, item, space)) != NULL ?
		    t : NULL;
	}
	if ((t = name_parse(p, type->s, space)) != NULL && t->kind < AVRO_RECORD)
		logical_parse(t, nd);
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

/* One document; 0 or -1. */
static int
document_parse(struct avro_schema *s, const char *text, size_t n,
    const char **why)
{
	struct parse p = { .s = s };
	struct jtree *doc = jtree_new();
	const struct jnode *nd;

	s->doc = mem_grow(s->doc, s->ndoc + 1, sizeof *s->doc);
	s->doc[s->ndoc++] = doc;
	*why = why_text;
	if ((nd = jtree_parse(doc, text, n, why)) == NULL)
		return -1;
	return (s->root = type_parse1(&p, nd, "")) != NULL ? 0 : -1;
}

struct avro_schema *
avro_parse(const char *text, size_t n, const char **why)
{
	struct avro_schema *s = mem_alloc(sizeof *s);
	const char *end = text + n, *last = text, *p;

	/* the first documents are lines, the last is what is left */
	for (p = text; (p = memchr(p, '\n', (size_t)(end - p))) != NULL; p++)
		if (p + 1 < end && p > text && p[-1] == '}' && p[1] == '{') {
			if (document_parse(s, last, (size_t)(p - last), why) < 0)
				goto bad;
			last = p + 1;
		}
	if (document_parse(s, last, (size_t)(end - last), why) == 0)
		return s;
bad:
	avro_free(s);
	return NULL;
}

struct avro_schema *
avro_load(const char *path, struct buf *text)
{
	struct avro_schema *s;
	size_t at = text->n;
	const char *why;

	slurp(path, text);
	s = avro_parse(text->s + at, text->n - at, &why);
	if (s == NULL)
		errx(EXIT_BAD, "%s: not an Avro schema: %s", path, why);
	return s;
}

void
avro_free(struct avro_schema *s)
{
	size_t i;

	if (s == NULL)
		return;
	for (i = 0; i < s->ndoc; i++)
		jtree_free(s->doc[i]);
	free(s->doc);
	arena_free(&s->arena);
	free(s);
}

struct avro_type *
avro_root(const struct avro_schema *s)
{
	return s->root;
}
