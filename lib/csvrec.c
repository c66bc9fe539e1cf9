#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "csvrec.h"
#include "die.h"

void
csvrec_init(struct csvrec *c)
{
	*c = (struct csvrec){ .n = 0 };
	if (csv_init(&c->parser, 0) != 0)
		errx(EXIT_BAD, "libcsv: cannot be set up");
	csv_set_blk_size(&c->parser, 64 * 1024);
}

void
csvrec_free(struct csvrec *c)
{
	csv_free(&c->parser);
	buf_free(&c->text);
	free(c->f);
}

void
csvrec_begin(struct csvrec *c)
{
	c->state = CSV_BEGIN;
}

int
csvrec_scan(struct csvrec *c, const char *s, size_t n, const char **why)
{
	const char *end = s + n, *p;

	while (s < end)
		switch (c->state) {
		case CSV_BEGIN:
			c->state = *s == '"' ? CSV_QUOTED : CSV_PLAIN;
			s += *s == '"';
			break;
		case CSV_PLAIN:
			p = memchr(s, ',', (size_t)(end - s));
			if (memchr(s, '\n', (size_t)((p != NULL ? p : end) - s)))
				return *why = "more than one line", -1;
			if (p == NULL)
				return 1;
			c->state = CSV_BEGIN;
			s = p + 1;
			break;
		case CSV_QUOTED:
			s = memchr(s, '"', (size_t)(end - s));
			if (s == NULL)
				return 0;
			c->state = CSV_CLOSED;
			s++;
			break;
		case CSV_CLOSED:
			if (*s != '"' && *s != ',')
				return *why = *s == '\n' ? "more than one line" :
				    "text behind a closing quote", -1;
			c->state = *s == '"' ? CSV_QUOTED : CSV_BEGIN;
			s++;
			break;
		}
	return c->state != CSV_QUOTED;
}

static void
csvrec_add(struct csvrec *c, const char *s, size_t n)
{
	if (c->n == c->cap) {
		c->cap = c->cap != 0 ? c->cap * 2 : 64;
		c->f = mem_grow(c->f, c->cap, sizeof *c->f);
	}
	c->f[c->n++] = (struct field){ s, n };
}

static void
csvrec_field(void *s, size_t n, void *arg)
{
	struct csvrec *c = arg;

	/* csvrec_quoted has made room: nothing moves */
	csvrec_add(c, c->text.s + c->text.n, n);
	buf_add(&c->text, s, n);
}

/* A field in quotes, as it stands unless one in it is doubled; returns what is behind it. */
static const char *
csvrec_quoted(struct csvrec *c, const char *s, const char *end)
{
	const char *p = memchr(s + 1, '"', (size_t)(end - s - 1));
	size_t n;

	if (end - p == 1 || p[1] != '"') {
		csvrec_add(c, s + 1, (size_t)(p - s - 1));
		return p + 1;
	}
	do
		p = memchr(p + 2, '"', (size_t)(end - p - 2));
	while (end - p > 1 && p[1] == '"');
	n = (size_t)(p + 1 - s);
	/* for all that is left: what stands there already does not move */
	buf_room(&c->text, (size_t)(end - s));
	if (csv_parse(&c->parser, s, n, csvrec_field, NULL, c) != n ||
	    csv_fini(&c->parser, csvrec_field, NULL, c) != 0)
		errx(EXIT_TEMP, "libcsv: %s",
		    csv_strerror(csv_error(&c->parser)));
	return p + 1;
}

void
csvrec_split(struct csvrec *c, const char *s, size_t n)
{
	const char *end = s + n, *p;

	c->n = c->text.n = 0;
	for (;; s++) {
		if (s < end && *s == '"')
			s = csvrec_quoted(c, s, end);
		else {
			p = memchr(s, ',', (size_t)(end - s));
			if (p == NULL)
				p = end;
			csvrec_add(c, p > s ? s : NULL, (size_t)(p - s));
			s = p;
		}
		if (s == end)
			return;
	}
}
