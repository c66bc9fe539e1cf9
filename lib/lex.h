/* lex - the words of an expression */
#ifndef LEX_H
#define LEX_H
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

enum token {
	TOK_END, TOK_BAD,
	TOK_INT, TOK_FLOAT, TOK_TEXT, TOK_NAME, TOK_QUOTED,
	TOK_ADD, TOK_SUB, TOK_MUL, TOK_DIV, TOK_QUO, TOK_MOD,
	TOK_EQ, TOK_NE, TOK_LT, TOK_LE, TOK_GT, TOK_GE, TOK_MATCH, TOK_UNLIKE,
	TOK_AND, TOK_OR, TOK_NOT, TOK_ASK, TOK_ELSE, TOK_OPEN, TOK_CLOSE,
	TOK_COMMA
};

struct lex {
	const char *text;	/* the whole expression, borrowed */
	enum token tok;
	const char *s;		/* where the token stands in it */
	size_t n;
	const char *why;	/* TOK_BAD: what is wrong there */
	double d;		/* TOK_FLOAT */
	struct buf raw;		/* TOK_TEXT TOK_NAME TOK_QUOTED: what it says */
};

void lex_init(struct lex *, const char *);	/* at the first token */
void lex_next(struct lex *);		/* stays at TOK_END and TOK_BAD */
void lex_free(struct lex *);
const char *token_text(enum token);		/* of an operator */
#endif
