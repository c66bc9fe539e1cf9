#include <err.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "csvrec.h"
#include "die.h"

static int
is_space(unsigned char c)
{
	(void)c;
	return 0;	/* RFC 4180: blanks are part of a field */
}

static int
is_term(unsigned char c)
{
	return c == '\n';
}

void
csvrec_init(struct csvrec *c)
{
	*c = (struct csvrec){ .n = 0 };
	if (csv_init(&c->parser, CSV_EMPTY_IS_NULL) != 0)
		errx(EXIT_BAD, "libcsv: cannot be set up");
	csv_set_space_func(&c->parser, is_space);
	csv_set_term_func(&c->parser, is_term);
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

	/* csvrec_split has made room: nothing moves */
	csvrec_add(c, s != NULL ? c->text.s + c->text.n : NULL, n);
	buf_add(&c->text, s, n);
}

/* Fields as they stand in the record, unless one has a doubled quote. */
static bool
csvrec_cut(struct csvrec *c, const char *s, size_t n)
{
	const char *end = s + n, *p;

	for (;; s++) {
		if (s < end && *s == '"') {
			p = memchr(s + 1, '"', (size_t)(end - s - 1));
			if (p == NULL || (end - p > 1 && p[1] == '"'))
				return false;
			csvrec_add(c, s + 1, (size_t)(p - s - 1));
			s = p + 1;
		} else {
			p = memchr(s, ',', (size_t)(end - s));
			if (p == NULL)
				p = end;
			csvrec_add(c, p > s ? s : NULL, (size_t)(p - s));
			s = p;
		}
		if (s == end)
			return true;
	}
}

void
csvrec_split(struct csvrec *c, const char *s, size_t n)
{
	c->n = c->text.n = 0;
	if (csvrec_cut(c, s, n))
		return;
	c->n = 0;
	buf_room(&c->text, n + 1);
	if (csv_parse(&c->parser, s, n, csvrec_field, NULL, c) != n ||
	    csv_fini(&c->parser, csvrec_field, NULL, c) != 0)
		errx(EXIT_TEMP, "libcsv: %s",
		    csv_strerror(csv_error(&c->parser)));
}
