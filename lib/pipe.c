#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"
#include "pipe.h"

#define SHELL "needs a shell: quote it, or use sh -c '...'"

struct scan {
	struct pipe *pipe;
	const char *text;
	const char *s;		/* what comes next */
	struct buf word;	/* the one being read */
	bool plain;		/* nothing in it was quoted */
	struct buf *why;
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Where it is, what it is, and why it is wrong. */
static int
scan_fail(struct scan *x, const char *at, size_t n, const char *why)
{
	size_t line = 1, col = 1;
	const char *p;
	char place[64];

	for (p = x->text; p < at; p++) {
		if (*p == '\n') {
			line++;
			col = 1;
		} else {
			/* characters, not bytes */
			col += ((unsigned char)p[1] & 0xc0) != 0x80;
		}
	}
	if (strchr(x->text, '\n') != NULL)
		snprintf(place, sizeof place, "line %zu column %zu: ", line, col);
	else
		snprintf(place, sizeof place, "column %zu: ", col);
	buf_adds(x->why, place);
	if (n > 0) {
		buf_adds(x->why, show(at, n));
		buf_addc(x->why, ' ');
	}
	buf_adds(x->why, why);
	return -1;
}

/* Words that a shell takes for its own in place of a command. */
static bool
is_reserved(const char *s, size_t n)
{
	static const char *const words[] = {
		"!", "}", "case", "do", "done", "elif", "else", "esac", "fi",
		"for", "function", "if", "select", "then", "time", "until",
		"while"
	};
	size_t i;

	for (i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strlen(words[i]) == n && memcmp(words[i], s, n) == 0)
			return true;
	return false;
}

/* NAME= or, in some shells, NAME+= */
static bool
is_assignment(const char *s, size_t n)
{
	size_t i;

	if (n == 0 || !is_letter(s[0]))
		return false;
	for (i = 1; i < n && (is_letter(s[i]) || is_digit(s[i])); i++)
		;
	if (i < n && s[i] == '+')
		i++;
	return i < n && s[i] == '=';
}

static int
scan_single(struct scan *x)
{
	const char *from = x->s++, *end = strchr(x->s, '\'');

	if (end == NULL)
		return scan_fail(x, from, 0, "the quote is not closed");
	buf_add(&x->word, x->s, (size_t)(end - x->s));
	x->s = end + 1;
	return 0;
}

static int
scan_double(struct scan *x)
{
	const char *from = x->s++;
	char c;

	while ((c = *x->s++) != '"') {
		if (c == '\0')
			return scan_fail(x, from, 0, "the quote is not closed");
		if (c == '$' || c == '`')
			return scan_fail(x, x->s - 1, 1, "needs a shell: put a "
			    "backslash before it, use '...', or sh -c '...'");
		if (c == '\\' && *x->s != '\0' &&
		    strchr("$`\"\\\n", *x->s) != NULL) {
			c = *x->s++;
			if (c == '\n')
				continue;
		}
		buf_addc(&x->word, c);
	}
	return 0;
}

/* One word, or a part of one: 1; 0: the word is over. */
static int
scan_part(struct scan *x, bool begun)
{
	char c = *x->s;

	if (c == '\0' || c == '|' || is_blank(c))
		return 0;
	if (strchr(";&<>$`(){*?[", c) != NULL ||
	    (!begun && (c == '~' || c == '#')))
		return scan_fail(x, x->s, 1, SHELL);
	if (c == '\'' || c == '"') {
		x->plain = false;
		return (c == '"' ? scan_double : scan_single)(x) < 0 ? -1 : 1;
	}
	if (c == '\\') {
		if (x->s[1] == '\0')
			return scan_fail(x, x->s, 0,
			    "nothing is behind the backslash");
		x->plain = false;
		c = *++x->s;
	}
	buf_addc(&x->word, c);
	x->s++;
	return 1;
}

/* Blanks, and backslash with a newline, which is nothing at all. */
static void
scan_blanks(struct scan *x)
{
	while (is_blank(*x->s) || (x->s[0] == '\\' && x->s[1] == '\n'))
		x->s += *x->s == '\\' ? 2 : 1;
}

static void
command_add(struct command *c, struct buf *word)
{
	buf_addc(word, '\0');
	c->argv = mem_grow(c->argv, (size_t)c->argc + 2, sizeof *c->argv);
	c->argv[c->argc++] = mem_copy(word->s, word->n - 1);
	c->argv[c->argc] = NULL;
	word->n = 0;
}

/* A word and the blanks behind it. */
static int
scan_word(struct scan *x, struct command *c)
{
	const char *from = x->s;
	bool begun = false, assigns = false;
	int k;

	x->plain = true;
	while ((k = scan_part(x, begun)) == 1) {
		begun = true;
		/* the name must be plain, the value need not */
		if (c->argc == 0 && x->plain &&
		    is_assignment(x->word.s, x->word.n))
			assigns = true;
		while (x->s[0] == '\\' && x->s[1] == '\n')
			x->s += 2;
	}
	if (k < 0)
		return -1;
	if (assigns)
		return scan_fail(x, from, (size_t)(x->s - from),
		    "needs a shell: put env before it, or use sh -c '...'");
	if (c->argc == 0 && x->plain && is_reserved(x->word.s, x->word.n))
		return scan_fail(x, from, (size_t)(x->s - from), SHELL);
	command_add(c, &x->word);
	scan_blanks(x);
	return 0;
}

static int
scan_command(struct scan *x)
{
	struct pipe *p = x->pipe;
	struct command *c;

	p->v = mem_grow(p->v, p->n + 1, sizeof *p->v);
	c = &p->v[p->n++];
	*c = (struct command){ 0 };
	scan_blanks(x);
	if (*x->s == '\0' || *x->s == '|')
		return scan_fail(x, x->s, 0, p->n > 1 ?
		    "no command behind the |" : *x->s == '|' ?
		    "no command before the |" : "no command");
	while (*x->s != '\0' && *x->s != '|')
		if (scan_word(x, c) < 0)
			return -1;
	return 0;
}

static int
scan_pipe(struct scan *x)
{
	for (;;) {
		if (scan_command(x) < 0)
			return -1;
		if (*x->s == '\0')
			return 0;
		if (x->s[1] == '|' || x->s[1] == '&')
			return scan_fail(x, x->s, 2, SHELL);
		x->s++;
	}
}

int
pipe_parse(struct pipe *p, const char *text, struct buf *why)
{
	struct scan x = { .pipe = p, .text = text, .s = text, .why = why };
	int k;

	*p = (struct pipe){ 0 };
	k = scan_pipe(&x);
	buf_free(&x.word);
	if (k < 0)
		pipe_free(p);
	return k;
}

void
pipe_free(struct pipe *p)
{
	size_t i;
	int k;

	for (i = 0; i < p->n; i++) {
		for (k = 0; k < p->v[i].argc; k++)
			free(p->v[i].argv[k]);
		free(p->v[i].argv);
	}
	free(p->v);
	*p = (struct pipe){ 0 };
}

/* Whether a shell takes the word as it stands. */
static bool
word_plain(const char *s, bool first)
{
	const char *p;

	if (first && (is_reserved(s, strlen(s)) || strchr(s, '=') != NULL))
		return false;
	for (p = s; *p != '\0'; p++)
		if (!is_letter(*p) && !is_digit(*p) &&
		    strchr("%+,-./:=@", *p) == NULL)
			return false;
	return p > s;
}

void
command_print(char *const *argv, struct buf *b)
{
	const char *p;
	size_t i;

	for (i = 0; argv[i] != NULL; i++) {
		if (i > 0)
			buf_addc(b, ' ');
		if (word_plain(argv[i], i == 0)) {
			buf_adds(b, argv[i]);
			continue;
		}
		buf_addc(b, '\'');
		for (p = argv[i]; *p != '\0'; p++)
			if (*p == '\'')
				buf_adds(b, "'\\''");
			else
				buf_addc(b, *p);
		buf_addc(b, '\'');
	}
}

void
pipe_print(const struct pipe *p, struct buf *b)
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		if (i > 0)
			buf_adds(b, " | ");
		command_print(p->v[i].argv, b);
	}
}

const char *
command_tool(const struct command *c)
{
	const char *slash = strrchr(c->argv[0], '/');

	return slash != NULL ? slash + 1 : c->argv[0];
}
