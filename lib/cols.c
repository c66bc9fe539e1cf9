#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cols.h"
#include "die.h"

#define NOT_IN_NAME "\t\n\r:=,`"

static const struct { const char *name; enum meta meta; enum type type; } metas[] = {
	{ "_key", META_KEY, TYPE_STR },
	{ "_topic", META_TOPIC, TYPE_STR },
	{ "_partition", META_PARTITION, TYPE_INT },
	{ "_offset", META_OFFSET, TYPE_INT },
	{ "_timestamp", META_TIMESTAMP, TYPE_TIME },
	{ "_header.", META_HEADER, TYPE_STR },
};

#define LEN(a) (sizeof (a) / sizeof (a)[0])

static struct col *
cols_find1(const struct cols *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (strcmp(c->col[i].name, name) == 0)
			return &c->col[i];
	return NULL;
}

void
cols_add(struct cols *c, const char *name, size_t n, enum type type)
{
	c->col = mem_grow(c->col, c->n + 1, sizeof *c->col);
	c->col[c->n] = (struct col){ .name = mem_copy(name, n),
	    .path = mem_copy(name, n), .type = type, .from = c->n,
	    .to = c->n + 1 };
	c->n++;
}

void
cols_free(struct cols *c)
{
	size_t i;

	for (i = 0; i < c->n; i++) {
		free(c->col[i].name);
		free(c->col[i].path);
		free(c->col[i].kind);
		buf_free(&c->col[i].text);
	}
	free(c->col);
	*c = (struct cols){ 0 };
}

/* Whether the path is one of Kafka's; -1: nearly, which must be a mistake. */
static int
col_meta(struct col *c, bool typed)
{
	size_t i, n;

	for (i = 0; i < LEN(metas); i++) {
		n = strlen(metas[i].name);
		if (metas[i].meta == META_HEADER ?
		    strncmp(c->path, metas[i].name, n) == 0 && c->path[n] != '\0' :
		    strcmp(c->path, metas[i].name) == 0) {
			c->meta = metas[i].meta;
			if (!typed)
				c->type = metas[i].type;
			return 1;
		}
	}
	for (i = 0; i < LEN(metas); i++)
		if (strncmp(c->path, metas[i].name,
		    strcspn(metas[i].name, ".")) == 0)
			return -1;
	return 0;
}

static _Noreturn void
type_usage(int opt, const char *s, size_t n)
{
	errx(EXIT_USAGE, "-%c: the types are str int float bool time: %s", opt,
	    show(s, n));
}

/* name[:type][=path] of n bytes. */
static void
cols_parse1(struct cols *c, int opt, const char *s, size_t n, bool kafka,
    bool kinds)
{
	const char *eq = memchr(s, '=', n);
	const char *colon = memchr(s, ':', eq != NULL ? (size_t)(eq - s) : n);
	const char *end = eq != NULL ? eq : s + n;
	size_t len = (size_t)((colon != NULL ? colon : end) - s);
	enum type type = TYPE_STR;
	char *name = mem_copy(s, len);
	struct col *col;
	bool own = colon != NULL &&
	    type_parse(colon + 1, (size_t)(end - colon) - 1, &type) < 0;

	if (len == 0)
		errx(EXIT_USAGE, "-%c: a field without a name", opt);
	if (strpbrk(name, NOT_IN_NAME) != NULL)
		errx(EXIT_USAGE, "-%c: a name cannot have a TAB, LF, CR, :, =, "
		    "comma or backquote: %s", opt, show(name, len));
	if (own && !kinds)
		type_usage(opt, s, n);
	if (cols_find1(c, name) != NULL)
		errx(EXIT_USAGE, "-%c: named twice: %s", opt, name);
	if (eq != NULL && eq + 1 == s + n)
		errx(EXIT_USAGE, "-%c: nothing behind the =: %s", opt,
		    show(s, n));
	cols_add(c, s, len, type);
	free(name);
	col = &c->col[c->n - 1];
	if (own)
		col->kind = mem_copy(colon + 1, (size_t)(end - colon) - 1);
	if (eq != NULL) {
		free(col->path);
		col->path = mem_copy(eq + 1, (size_t)(s + n - eq) - 1);
	}
	if (kafka && col_meta(col, colon != NULL) < 0)
		errx(EXIT_USAGE, "-%c: Kafka's fields are _key _topic "
		    "_partition _offset _timestamp _header.NAME: %s",
		    opt, show(s, n));
	if (own && col->meta != META_NONE)
		type_usage(opt, s, n);
}

size_t
cols_item(const char *s)
{
	bool path = false;
	int depth = 0;
	size_t n;

	for (n = 0; s[n] != '\0' && (s[n] != ',' || depth > 0); n++) {
		path |= s[n] == '=';
		if (!path)
			depth += (s[n] == '<') - (s[n] == '>');
	}
	return n;
}

static void
cols_list(struct cols *c, int opt, const char *list, bool kafka, bool kinds)
{
	size_t i, n, from = 0;

	for (;; list += n + 1) {
		n = kinds ? cols_item(list) : strcspn(list, ",");
		cols_parse1(c, opt, list, n, kafka, kinds);
		if (list[n] == '\0')
			break;
	}
	/* by position: Kafka's fields have none */
	for (i = 0; i < c->n; i++)
		if (c->col[i].meta == META_NONE)
			c->col[i].from = from++;
}

void
cols_parse(struct cols *c, int opt, const char *list, bool kafka)
{
	cols_list(c, opt, list, kafka, false);
}

void
cols_kinds(struct cols *c, int opt, const char *list, bool kafka)
{
	cols_list(c, opt, list, kafka, true);
}

void
cols_number(struct cols *c, size_t n)
{
	char name[32];
	size_t i;

	for (i = 1; i <= n; i++) {
		snprintf(name, sizeof name, "c%zu", i);
		cols_add(c, name, strlen(name), TYPE_STR);
	}
}

/* A free name: name itself, name_2, name_3 ... */
static void
cols_name(const struct cols *c, struct buf *name)
{
	size_t n = name->n;
	int64_t i;

	buf_addc(name, '\0');
	for (i = 2; cols_find1(c, name->s) != NULL; i++) {
		name->n = n;
		buf_addc(name, '_');
		buf_addint(name, i);
		buf_addc(name, '\0');
	}
	name->n--;
}

void
cols_header(struct cols *c, const struct field *f, size_t n)
{
	struct buf name = { 0 };
	char *p;
	size_t i;

	for (i = 0; i < n; i++) {
		name.n = 0;
		if (f[i].n == 0) {
			buf_addc(&name, 'c');
			buf_addint(&name, (int64_t)i + 1);
		} else {
			buf_add(&name, f[i].s, f[i].n);
		}
		buf_addc(&name, '\0');
		for (p = name.s; (p = strpbrk(p, NOT_IN_NAME)) != NULL;)
			*p = '_';
		name.n--;
		cols_name(c, &name);
		cols_add(c, name.s, name.n, TYPE_STR);
		free(c->col[i].path);
		c->col[i].path = mem_copy(f[i].n > 0 ? f[i].s : "", f[i].n);
	}
	buf_free(&name);
}

void
cols_find(struct cols *c, const struct cols *header, const char *place)
{
	const struct col *found;
	struct buf all = { 0 };
	size_t i, k;

	for (i = 0; i < c->n; i++) {
		found = NULL;
		for (k = 0; k < header->n && found == NULL; k++)
			if (strcmp(header->col[k].path, c->col[i].path) == 0)
				found = &header->col[k];
		if (found == NULL)
			found = cols_find1(header, c->col[i].path);
		if (found == NULL)
			break;
		c->col[i].from = found->from;
	}
	if (i == c->n)
		return;
	for (k = 0; k < header->n; k++) {
		buf_addc(&all, ' ');
		buf_adds(&all, show(header->col[k].name,
		    strlen(header->col[k].name)));
	}
	errx(EXIT_BAD, "%s: no field %s in the header, there are:%.*s%s", place,
	    show(c->col[i].path, strlen(c->col[i].path)),
	    (int)(all.n < 1000 ? all.n : 1000), all.s,
	    all.n > 1000 ? "..." : "");
}
