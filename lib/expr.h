/* expr - the expression language of sfilter, smap and smatch; see sfilter(1) */
#ifndef EXPR_H
#define EXPR_H
#include "head.h"
#include "num.h"
#include "rec.h"

struct expr;
struct range;
struct sum;

struct value {
	enum type type;
	bool null;
	union {
		int64_t i;	/* TYPE_INT, TYPE_TIME (ms), TYPE_BOOL (0, 1) */
		double d;	/* TYPE_FLOAT */
		struct field s;	/* TYPE_STR: raw; valid until the next eval */
	};
};

/* A syntax error: "message at column N of 'text'", exit 2. */
struct expr *expr_parse(const char *text);
/*
 * Names to columns, and types checked, once; returns the type.  An error names
 * what to write instead, exit 1.
 */
enum type expr_bind(struct expr *, const struct head *);
/*
 * The same, the result converted where that loses nothing: int to float, int
 * and time, all to str.
 */
void expr_bindas(struct expr *, const struct head *, enum type);
/*
 * Bad data (integer overflow, a field that is not of its type): exit 1 with
 * the record's place.
 */
void expr_eval(struct expr *, struct rec *, struct value *);
/* The fast path of a bool expression; null counts as false. */
bool expr_true(struct expr *, struct rec *);
/* Once it is bound, for a loop that has the record's text at hand; NULL: it is not of that kind. */
const struct range *expr_range(const struct expr *);
const struct sum *expr_sum(const struct expr *);
/* The columns that it reads, once it is bound: calls back with each once. */
void expr_columns(const struct expr *, void (*)(void *, size_t), void *);
void expr_free(struct expr *);

void value_print(const struct value *, struct buf *);	/* an escaped field */
#define VALUE_LEN NUM_FLOATLEN
size_t value_put(const struct value *, char *);	/* the same of one that is not TYPE_STR, VALUE_LEN bytes at most */

/* The same for those who must not exit: NULL or -1, and why. */
struct expr *expr_try(const char *text, struct buf *why);
int expr_trybind(struct expr *, const struct head *, const enum type *as,
    enum type *, struct buf *why);	/* as: NULL, or what it must become */
/* A bad time of a record as read still exits. */
int expr_tryeval(struct expr *, struct rec *, struct value *, struct buf *why);
#endif
