/* rowput - values of typed, nested records into a row's columns, in any order */
#ifndef ROWPUT_H
#define ROWPUT_H
#include "row.h"

/* All columns are null; what was put is gone. */
void rowput_begin(struct row *);
/* The fields are in row.f, as long as what was put as text lives. */
void rowput_end(struct row *);

/*
 * A value into a column, which takes the place of what it held.  What fits a
 * type is as in JSON: str takes all; int a whole number; float a number, and
 * "NaN", "Infinity", "-Infinity" as text; bool a bool; time ms or RFC 3339 as
 * text.  0, or -1: does not fit, *why says so (in row.why).
 */
int rowput_int(struct row *, const struct col *, int64_t, const char **why);
int rowput_uint(struct row *, const struct col *, uint64_t, const char **why);
int rowput_float(struct row *, const struct col *, double, const char **why);
int rowput_single(struct row *, const struct col *, float, const char **why);	/* the shortest text that is that float */
size_t rowput_shortest(char *to, float);	/* that text, of at most NUM_FLOATLEN bytes */
int rowput_bool(struct row *, const struct col *, bool, const char **why);
/* Borrowed if nothing in it has to be escaped.  A NUL does not fit. */
int rowput_text(struct row *, const struct col *, const char *, size_t, const char **why);
/*
 * A number's own text, such as a decimal's, copied: into str as it is, int if it is
 * whole ("12", "12.00"), float.
 */
int rowput_number(struct row *, const struct col *, const char *, size_t, const char **why);
/* JSON text of a tree, or other text that is no number, copied: into str only. */
int rowput_tree(struct row *, const struct col *, const char *, size_t, const char **why);
/* An instant: into time ms (past what is finer), into int the number it was stored as, into str text. */
struct instant { int64_t ms, stored; const char *text; size_t n; };
int rowput_instant(struct row *, const struct col *, const struct instant *, const char **why);
#endif
