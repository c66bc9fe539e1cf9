#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "avroparse.h"
#include "die.h"
#include "slurp.h"

struct avro_schema {
	struct avro_types types;
	struct jtree **doc;	/* schemas keep their defaults in them */
	size_t ndoc;
	struct avro_type *root;
};

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

/* One document; 0 or -1. */
static int
document_parse(struct avro_schema *s, const char *text, size_t n,
    const char **why)
{
	struct jtree *doc = jtree_new();
	const struct jnode *nd;

	s->doc = mem_grow(s->doc, s->ndoc + 1, sizeof *s->doc);
	s->doc[s->ndoc++] = doc;
	if ((nd = jtree_parse(doc, text, n, why)) == NULL)
		return -1;
	s->root = avroparse_type(&s->types, nd, why);
	return s->root != NULL ? 0 : -1;
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
	arena_free(&s->types.arena);
	free(s);
}

struct avro_type *
avro_root(const struct avro_schema *s)
{
	return s->root;
}
