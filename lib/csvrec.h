/* csvrec - a CSV record with quoted fields: where it ends and what is in it; RFC 4180 */
#ifndef CSVREC_H
#define CSVREC_H
#include <csv.h>

#include "esc.h"

struct csvrec {
	struct field *f;	/* raw, perhaps within the record; s NULL: an empty field without quotes */
	size_t n;
	/* the rest is csvrec.c's own */
	size_t cap;
	enum { CSV_BEGIN, CSV_PLAIN, CSV_QUOTED, CSV_CLOSED } state;
	struct csv_parser parser;
	struct buf text;
};

void csvrec_init(struct csvrec *);
void csvrec_free(struct csvrec *);
/*
 * The next line of a record, without its line end (after csvrec_begin the
 * first).  1: the record ends with it; 0: a quoted field goes on in the next
 * line; -1: bad, *why says so.
 */
void csvrec_begin(struct csvrec *);
int csvrec_scan(struct csvrec *, const char *, size_t, const char **why);
void csvrec_split(struct csvrec *, const char *, size_t);	/* a whole record that was scanned */
#endif
