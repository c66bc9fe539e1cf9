/* node - an expression's tree and program: shared by the parts behind expr.h */
#ifndef NODE_H
#define NODE_H
#include "direct.h"
#include "expr.h"
#include "lex.h"

#define TYPE_NONE ((enum type)(TYPE_TIME + 1))	/* the literal null */
#define NODE_DEPTH 400				/* of a tree, and of brackets */

enum kind { NODE_CONST, NODE_FIELD, NODE_OPER, NODE_CALL };

/* What an instruction does: d = a op b.  To OP_STRICT: null in, null out. */
enum op {
	OP_CALL,			/* the function in n */
	OP_ADDI, OP_SUBI, OP_MULI, OP_QUOI, OP_MODI, OP_NEGI,
	OP_ADDF, OP_SUBF, OP_MULF, OP_DIVF, OP_QUOF, OP_MODF, OP_NEGF,
	OP_ADDT, OP_SUBT,		/* a time and an int: a time */
	OP_CMPI, OP_CMPF, OP_CMPIF, OP_CMPS,
	OP_ITOF, OP_ITOT, OP_TTOI, OP_NOT,
	OP_STRICT = OP_NOT,
	OP_TIME, OP_COLI, OP_COLF, OP_COLB, OP_COLS, OP_COLT,
	OP_RANGEI, OP_RANGET, OP_SAMES,	/* column, compared with a constant */
	OP_ISNULL, OP_AND, OP_OR, OP_IN,
	OP_UNLESS, OP_WHEN,		/* a is false, true: d = a, jump */
	OP_IF,				/* jump unless a is true */
	OP_TAKE,			/* a is not null: d = a, and jump */
	OP_COPY, OP_NULL, OP_JUMP, OP_END
};

struct node {
	enum kind kind;
	enum token tok;			/* NODE_OPER: as written */
	struct node *kid, *next;	/* first operand; parent's next */
	struct node *made;		/* the node made before */
	struct field at;		/* where it stands in the text */
	size_t depth;
	enum type type;			/* checked */
	enum op op;
	unsigned mask;			/* 1 less, 2 equal, 4 greater */
	const struct func *func;
	char *name;			/* NODE_FIELD, NODE_CALL */
	size_t col;
	bool flip;			/* x in (v): x is the right operand */
	bool fixed;			/* v is known before the first record */
	struct value v;
	struct buf tmp;			/* text of v */
	void *aux;			/* what func made of constants */
	void (*drop)(void *);		/* frees it */
};

struct ins {
	enum op op;
	unsigned mask;
	uint32_t to;			/* jump: instruction; else column */
	struct value *d;
	const struct value *a;
	union {
		struct { const struct value *b, *c; };
		struct {	/* OP_RANGE: (column - low <= width) != not */
			int64_t low;
			uint64_t width;
		};
		struct field same;	/* OP_SAMES: escaped */
	};
	bool not;
	struct node *n;
};

struct expr {
	char *text;
	struct node *root, *made;
	struct ins *code;
	size_t ncode, cap;
	bool isrange, issum;	/* the whole program is this: */
	struct range range;
	struct sum sum;
	size_t at;		/* byte of a syntax error */
	struct buf why;		/* of what failed */
};

/*
 * Some functions have one row for each set of types.  args: i f b s t (an int
 * serves as f), S a text that is known beforehand, x anything, as text.
 * call: 0, or -1 and e->why.
 */
struct func {
	const char *name, *args;
	enum type type;
	int (*call)(struct expr *, struct ins *);
	/* Constants are known; 0, or -1. */
	int (*ready)(struct expr *, struct node *);
};

/* args of forms that take any number of operands: */
#define ARGS_ALIKE "=..."	/* of one type: folded two by two */
#define ARGS_FIRST "?..."	/* coalesce */
#define ARGS_TEXT "x..."	/* folded two by two */

/* The first row; rows of one name stand together, the last name is NULL. */
const struct func *func_find(const char *name);
extern const struct func func_strs[];		/* str(), by enum type */

/* For %.*s: what the user wrote there. */
#define AT(node) (int)((node)->at.n < 200 ? (node)->at.n : 200), (node)->at.s

struct node *node_new(struct expr *, enum kind, struct field at);
int expr_fail(struct expr *, const char *, ...)		/* -1 */
    __attribute__((format(printf, 2, 3)));

struct node *parse_expr(struct expr *);		/* NULL: e->why, e->at */
int check_expr(struct expr *, const struct head *, const enum type *as);
int code_expr(struct expr *);			/* checked tree to program */
int code_run(struct expr *, struct ins *, struct rec *);
void set_find(const void *, const struct value *, struct value *); /* OP_IN */
/* -1, 0, 1; of one type, not null */
int value_cmp(const struct value *, const struct value *);
int value_cmpif(int64_t, double);	/* exact */
#endif
