#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"
#include "dur.h"
#include "head.h"
#include "num.h"

static const char *const types[] = { "str", "int", "float", "bool", "time" };
static const char *const modes[] = { "append", "update", "revise", "complete" };
static const char *const kinds[] = { "", "tumbling", "sliding", "session", "count" };

#define LEN(a) (sizeof (a) / sizeof (a)[0])

/* The index of a word in a list, or n. */
static size_t
word_find(const char *const *list, size_t n, const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strlen(list[i]) == len && memcmp(list[i], s, len) == 0)
			break;
	return i;
}

const char *
type_name(enum type t)
{
	return types[t];
}

int
type_parse(const char *s, size_t n, enum type *t)
{
	size_t i = word_find(types, LEN(types), s, n);

	if (i == LEN(types))
		return -1;
	*t = (enum type)i;
	return 0;
}

const char *
mode_name(enum mode m)
{
	return modes[m];
}

static void
head_dropkey(struct head *h)
{
	size_t i;

	for (i = 0; i < h->nkey; i++)
		free(h->key[i]);
	free(h->key);
	h->key = NULL;
	h->nkey = 0;
}

void
head_setkey(struct head *h, enum mode mode, const char *const *names, size_t n)
{
	char **key = mem_grow(NULL, n, sizeof *key);
	size_t i;

	for (i = 0; i < n; i++)
		key[i] = mem_copy(names[i], strlen(names[i]));
	head_dropkey(h);
	h->mode = mode;
	h->key = key;
	h->nkey = n;
}

void
head_free(struct head *h)
{
	size_t i;

	for (i = 0; i < h->ncol; i++)
		free(h->col[i].name);
	free(h->col);
	head_dropkey(h);
	*h = (struct head){ 0 };
}

void
head_copy(struct head *to, const struct head *from)
{
	size_t i;

	*to = (struct head){ .ncol = from->ncol, .window = from->window };
	to->col = mem_grow(NULL, from->ncol, sizeof *to->col);
	for (i = 0; i < from->ncol; i++)
		to->col[i] = (struct column){
			mem_copy(from->col[i].name, strlen(from->col[i].name)),
			from->col[i].type
		};
	head_setkey(to, from->mode, (const char *const *)from->key, from->nkey);
}

size_t
head_add(struct head *h, const char *name, enum type type)
{
	size_t n = strlen(name) + 24;
	char *s = mem_alloc(n);
	int i;

	snprintf(s, n, "%s", name);
	for (i = 2; head_find(h, s) >= 0; i++)
		snprintf(s, n, "%s_%d", name, i);
	h->col = mem_grow(h->col, h->ncol + 1, sizeof *h->col);
	h->col[h->ncol] = (struct column){ s, type };
	return h->ncol++;
}

void
head_clear(struct head *h)
{
	while (h->ncol > 1)
		free(h->col[--h->ncol].name);
}

ptrdiff_t
head_find(const struct head *h, const char *name)
{
	size_t i;

	for (i = 0; i < h->ncol; i++)
		if (strcmp(h->col[i].name, name) == 0)
			return (ptrdiff_t)i;
	return -1;
}

void
head_list(const struct head *h, struct buf *b)
{
	size_t i;

	for (i = 0; i < h->ncol; i++) {
		buf_addc(b, ' ');
		buf_adds(b, h->col[i].name);
	}
}

size_t
head_name(const struct head *h, const char *name, const char *of)
{
	ptrdiff_t at = head_find(h, name);
	struct buf b = { 0 };

	if (at >= 0)
		return (size_t)at;
	head_list(h, &b);
	errx(EXIT_BAD, "%s%sno field %s, there are:%.*s", of != NULL ? of : "",
	    of != NULL ? ": " : "", name, (int)(b.n < 1000 ? b.n : 1000), b.s);
}

size_t *
head_names(const struct head *h, const char *names, size_t *n)
{
	size_t *v = NULL, len;
	const char *s = names;
	char *name;

	for (*n = 0;; s += len + 1) {
		len = strcspn(s, ",");
		name = mem_copy(s, len);
		v = mem_grow(v, *n + 1, sizeof *v);
		v[(*n)++] = head_name(h, name, NULL);
		free(name);
		if (s[len] == '\0')
			return v;
	}
}

/* One argument of #fields, unescaped: name[:type].  NULL, or what is wrong. */
static const char *
head_column(struct head *h, struct field raw)
{
	const char *colon = memchr(raw.s, ':', raw.n), *why = NULL;
	enum type type = h->ncol == 0 ? TYPE_TIME : TYPE_STR;
	char *name;

	if (raw.n > 0 && raw.s[raw.n - 1] == '\r')
		return "the line ends in CR LF: a stream's lines end in LF alone";
	if (colon != NULL) {
		size_t at = (size_t)(colon - raw.s);

		if (type_parse(colon + 1, raw.n - at - 1, &type) < 0)
			return "#fields names an unknown type: "
			    "there are str int float bool time";
		if (h->ncol == 0 && type != TYPE_TIME)
			return "the first column of #fields is the time, "
			    "of type time";
		raw.n = at;
	}
	if (raw.n == 0 || memchr(raw.s, '\0', raw.n) != NULL)
		return "a column of #fields has no name";
	name = mem_copy(raw.s, raw.n);
	if (strpbrk(name, "\t\n\r=,`") != NULL)
		why = "a name in #fields has a TAB, LF, CR, =, comma or backquote";
	else if (head_find(h, name) >= 0)
		why = "a name stands twice in #fields";
	else
		head_add(h, name, type);
	free(name);
	return why;
}

static int
head_fields(struct head *h, const struct field *f, size_t n, const char **why)
{
	struct buf tmp = { 0 };
	struct field raw;
	size_t i;

	*why = NULL;
	if (h->ncol > 0)
		*why = "a second #fields line";
	else if (n < 2)
		*why = "#fields without a time column";
	for (i = 1; i < n && *why == NULL; i++) {
		tmp.n = 0;
		*why = esc_undo(f[i], &tmp, &raw) < 0 ?
		    "a broken escape in #fields" : head_column(h, raw);
	}
	buf_free(&tmp);
	return *why == NULL ? 1 : -1;
}

/* name=VALUE with a decimal value. */
static int
head_number(struct field f, const char *name, int64_t *v)
{
	size_t n = strlen(name);

	return f.n > n + 1 && memcmp(f.s, name, n) == 0 && f.s[n] == '=' &&
	    num_int(f.s + n + 1, f.n - n - 1, v) == 0 ? 0 : -1;
}

static int
head_window(struct head *h, const struct field *f, size_t n, const char **why)
{
	struct window w = { 0 };
	size_t i, kind;

	*why = "a #window line that is not understood";
	if (n < 2)
		return -1;
	kind = word_find(kinds, LEN(kinds), f[1].s, f[1].n);
	if (kind == WINDOW_NONE || kind == LEN(kinds))
		return -1;
	w.kind = (enum window_kind)kind;
	for (i = 2; i < n; i++)
		if (head_number(f[i], "size", &w.size) < 0 &&
		    head_number(f[i], "slide", &w.slide) < 0 &&
		    head_number(f[i], "offset", &w.offset) < 0 &&
		    head_number(f[i], "gap", &w.gap) < 0)
			return -1;
	if (w.slide == 0)
		w.slide = w.size;
	if (w.kind == WINDOW_SESSION ? w.gap <= 0 : w.size <= 0 || w.slide <= 0)
		return -1;
	if (w.kind == WINDOW_TUMBLING && w.slide != w.size)
		return -1;
	if (w.size > TIME_LIMIT || w.slide > TIME_LIMIT || w.gap > TIME_LIMIT ||
	    w.offset > TIME_LIMIT || w.offset < -TIME_LIMIT)
		return -1;
	h->window = w;
	return 1;
}

static int
head_mode(struct head *h, const struct field *f, size_t n, const char **why)
{
	struct buf tmp = { 0 };
	struct field raw = { "", 0 };
	char *names, *s, **key = NULL;
	size_t mode, nkey = 0;

	*why = "a #mode line that is not understood";
	if (n < 2 || n > 3)
		return -1;
	mode = word_find(modes, LEN(modes), f[1].s, f[1].n);
	if (mode == LEN(modes))
		return -1;
	if (n == 3) {
		if (esc_undo(f[2], &tmp, &raw) < 0 || raw.n < 4 ||
		    memcmp(raw.s, "key=", 4) != 0) {
			buf_free(&tmp);
			return -1;
		}
		raw.s += 4;
		raw.n -= 4;
	}
	names = mem_copy(raw.s, raw.n);
	for (s = strtok(names, ","); s != NULL; s = strtok(NULL, ",")) {
		key = mem_grow(key, nkey + 1, sizeof *key);
		key[nkey++] = s;
	}
	head_setkey(h, (enum mode)mode, (const char *const *)key, nkey);
	free(key);
	free(names);
	buf_free(&tmp);
	return 1;
}

int
head_parse(struct head *h, const struct field *f, size_t n, const char **why)
{
	if (f[0].n == 7 && memcmp(f[0].s, "#fields", 7) == 0)
		return head_fields(h, f, n, why);
	if (f[0].n == 7 && memcmp(f[0].s, "#window", 7) == 0)
		return head_window(h, f, n, why);
	if (f[0].n == 5 && memcmp(f[0].s, "#mode", 5) == 0)
		return head_mode(h, f, n, why);
	return 0;
}

static void
head_printnum(struct buf *b, const char *name, int64_t v)
{
	buf_addc(b, '\t');
	buf_adds(b, name);
	buf_addint(b, v);
}

void
head_print(const struct head *h, struct buf *b)
{
	const struct window *w = &h->window;
	size_t i;

	buf_adds(b, "#fields");
	for (i = 0; i < h->ncol; i++) {
		buf_addc(b, '\t');
		esc_add(b, h->col[i].name, strlen(h->col[i].name));
		if (h->col[i].type != (i == 0 ? TYPE_TIME : TYPE_STR)) {
			buf_addc(b, ':');
			buf_adds(b, types[h->col[i].type]);
		}
	}
	buf_addc(b, '\n');
	if (w->kind != WINDOW_NONE) {
		buf_adds(b, "#window\t");
		buf_adds(b, kinds[w->kind]);
		if (w->kind == WINDOW_SESSION) {
			head_printnum(b, "gap=", w->gap);
		} else {
			head_printnum(b, "size=", w->size);
			if (w->kind != WINDOW_TUMBLING)
				head_printnum(b, "slide=", w->slide);
			if (w->kind != WINDOW_COUNT)
				head_printnum(b, "offset=", w->offset);
		}
		buf_addc(b, '\n');
	}
	if (h->mode != MODE_APPEND || h->nkey > 0) {
		buf_adds(b, "#mode\t");
		buf_adds(b, modes[h->mode]);
		for (i = 0; i < h->nkey; i++) {
			buf_adds(b, i == 0 ? "\tkey=" : ",");
			esc_add(b, h->key[i], strlen(h->key[i]));
		}
		buf_addc(b, '\n');
	}
}
