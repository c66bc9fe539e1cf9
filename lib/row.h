/* row - a record's columns as typed, escaped fields */
#ifndef ROW_H
#define ROW_H
#include "cols.h"
#include "json.h"
#include "raw.h"

struct row {
	struct cols cols;
	struct field *f;	/* a place for each column and [0], see dec.h */
	/* the rest is row.c's own */
	struct buf out;		/* what had to be converted */
	struct json *json;
	struct json_value *val;
	bool whole;		/* json without -f: the line is the field */
	char why[512];
};

void row_ready(struct row *);		/* the columns are there */
void row_paths(struct row *, bool named);	/* json; a bad path: message, exit 2 */
void row_free(struct row *);
/* 1: in f, as long as the raw record lives; -1: bad, *why says so. */
int row_cut(struct row *, const struct raw *, const char **why);	/* it has as many fields as the columns need */
int row_json(struct row *, const struct raw *, const char **why);
int row_meta(struct row *, struct col *, struct field raw, const char **why);	/* s NULL: null; 0 or -1 */
#endif
