/* row - a record's columns as typed, escaped fields */
#ifndef ROW_H
#define ROW_H
#include "cols.h"
#include "json.h"
#include "raw.h"

struct row {
	struct cols cols;
	struct field *f;	/* a place for each column and [0], see dec.h */
	/* the rest is row.c's own, rowjson.c's and rowput.c's */
	struct buf out;		/* what had to be converted */
	struct json *json;
	struct json_value *val;
	size_t *at, nat;	/* rowput: where in out a field stands */
	bool whole;		/* json without -f: the line is the field */
	char why[512];
};

void row_ready(struct row *);		/* the columns are there */
void row_paths(struct row *, bool named);	/* json; a bad path: message, exit 2 */
void row_nopaths(struct row *);			/* frees what row_paths made */
void row_free(struct row *);
/* 1: in f, as long as the raw record lives; -1: bad, *why says so. */
int row_cut(struct row *, const struct raw *, const char **why);	/* it has as many fields as the columns need */
int row_json(struct row *, const struct raw *, const char **why);
int row_values(struct row *, const struct json_value *, const char **why);	/* one for each column that is no meta column */
int row_meta(struct row *, struct col *, struct field raw, const char **why);	/* s NULL: null; 0 or -1 */
/* For rowjson.c and rowput.c. */
int row_bad(struct row *, const struct col *, struct field, const char **why);	/* -1 */
int row_settle(struct row *);	/* 1; what was converted stands in out, in the order of the columns */
#endif
