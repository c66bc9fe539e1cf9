#include <string.h>

#include "lex.h"
#include "num.h"

/* Longer ones first. */
static const struct {
	const char *text;
	enum token tok;
} marks[] = {
	{ "//", TOK_QUO }, { "==", TOK_EQ }, { "!=", TOK_NE },
	{ "<=", TOK_LE }, { ">=", TOK_GE }, { "=~", TOK_MATCH },
	{ "!~", TOK_UNLIKE }, { "&&", TOK_AND }, { "||", TOK_OR },
	{ "+", TOK_ADD }, { "-", TOK_SUB }, { "*", TOK_MUL },
	{ "/", TOK_DIV }, { "%", TOK_MOD }, { "<", TOK_LT },
	{ ">", TOK_GT }, { "!", TOK_NOT }, { "?", TOK_ASK },
	{ ":", TOK_ELSE }, { "(", TOK_OPEN }, { ")", TOK_CLOSE },
	{ ",", TOK_COMMA },
};

static int
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Any byte of a UTF-8 sequence may stand in a name. */
static int
is_word(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') ||
	    (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 0x80;
}

static void
lex_bad(struct lex *x, const char *why)
{
	x->tok = TOK_BAD;
	x->why = why;
}

static void
lex_number(struct lex *x)
{
	const char *p = x->s;

	while (is_digit(*p))
		p++;
	x->tok = TOK_INT;
	if (*p == '.') {
		x->tok = TOK_FLOAT;
		for (p++; is_digit(*p); p++)
			;
	}
	if (*p == 'e' || *p == 'E') {
		x->tok = TOK_FLOAT;
		p++;
		if (*p == '+' || *p == '-')
			p++;
		while (is_digit(*p))
			p++;
	}
	while (is_word(*p) || *p == '.') {
		x->tok = TOK_BAD;
		p++;
	}
	x->n = (size_t)(p - x->s);
	if (x->tok == TOK_BAD)
		lex_bad(x, "not a number");
	else if (x->tok == TOK_FLOAT && num_float(x->s, x->n, &x->d) < 0)
		lex_bad(x, "not a number, or too large");
}

static void
lex_text(struct lex *x)
{
	char quote = *x->s;
	const char *p, *at;

	for (p = x->s + 1; *p != quote; p++) {
		if (*p == '\0') {
			lex_bad(x, "a quote that is not closed");
			return;
		}
		if (*p != '\\') {
			buf_addc(&x->raw, *p);
			continue;
		}
		if (*++p == '\0' || (at = strchr("\\'\"ntr", *p)) == NULL) {
			x->s = p - 1;
			lex_bad(x, "a backslash before something other than "
			    "\\ ' \" n t r");
			return;
		}
		buf_addc(&x->raw, "\\'\"\n\t\r"[at - "\\'\"ntr"]);
	}
	x->tok = TOK_TEXT;
	x->n = (size_t)(p + 1 - x->s);
}

static void
lex_quoted(struct lex *x)
{
	const char *end = strchr(x->s + 1, '`');

	if (end == NULL) {
		lex_bad(x, "a backquote that is not closed");
		return;
	}
	x->tok = TOK_QUOTED;
	x->n = (size_t)(end + 1 - x->s);
	buf_add(&x->raw, x->s + 1, x->n - 2);
}

static void
lex_mark(struct lex *x)
{
	size_t i;

	for (i = 0; i < sizeof marks / sizeof marks[0]; i++) {
		x->n = strlen(marks[i].text);
		if (strncmp(x->s, marks[i].text, x->n) == 0) {
			x->tok = marks[i].tok;
			return;
		}
	}
	switch (*x->s) {
	case '=':
		lex_bad(x, "a single = (write == to compare)");
		return;
	case '&':
		lex_bad(x, "a single & (write &&)");
		return;
	case '|':
		lex_bad(x, "a single | (write ||)");
		return;
	case '.':
		lex_bad(x, "a point (odd names stand in backquotes)");
		return;
	default:
		lex_bad(x, "a character that means nothing here");
	}
}

void
lex_next(struct lex *x)
{
	if (x->tok == TOK_END || x->tok == TOK_BAD)
		return;
	x->s += x->n;
	x->s += strspn(x->s, " \t\n\r");
	x->raw.n = 0;
	if (*x->s == '\0') {
		x->tok = TOK_END;
		x->n = 0;
	} else if (is_digit(*x->s) || (*x->s == '.' && is_digit(x->s[1]))) {
		lex_number(x);
	} else if (is_word(*x->s)) {
		for (x->n = 0; is_word(x->s[x->n]); x->n++)
			;
		x->tok = TOK_NAME;
		buf_add(&x->raw, x->s, x->n);
	} else if (*x->s == '\'' || *x->s == '"') {
		lex_text(x);
	} else if (*x->s == '`') {
		lex_quoted(x);
	} else {
		lex_mark(x);
	}
}

void
lex_init(struct lex *x, const char *text)
{
	*x = (struct lex){ .text = text, .s = text, .tok = TOK_COMMA };
	lex_next(x);
}

const char *
token_text(enum token tok)
{
	size_t i;

	for (i = 0; i < sizeof marks / sizeof marks[0]; i++)
		if (marks[i].tok == tok)
			return marks[i].text;
	return "in";
}

void
lex_free(struct lex *x)
{
	buf_free(&x->raw);
}
