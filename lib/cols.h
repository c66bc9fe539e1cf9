/* cols - the columns that a source is asked for: the -f list, or a header line */
#ifndef COLS_H
#define COLS_H
#include "dec.h"

struct col {
	char *name;
	char *path;		/* a JSON path, a header's name or a meta column's */
	enum type type;
	char *kind;		/* cols_kinds: a type that is the format's own, type is str then; or NULL */
	enum meta meta;
	size_t from;		/* its place in the record; not for meta columns */
	size_t to;		/* its place in dec_fields */
	struct buf text;	/* what a meta column holds */
};

struct cols { struct col *col; size_t n; };

void cols_parse(struct cols *, int opt, const char *list, bool kafka);	/* of option -opt; bad: message, exit 2 */
void cols_kinds(struct cols *, int opt, const char *list, bool kafka);	/* the same, but any type may stand there */
size_t cols_item(const char *list);	/* the length of the first item: a type such as map<str,int> has commas of its own */
/* Columns of the header's fields (null: no name); raw names are kept as paths. */
void cols_header(struct cols *, const struct field *, size_t n);
/* Finds the columns of -f in a header; place is for the message if one is not there, exit 1. */
void cols_find(struct cols *, const struct cols *header, const char *place);
void cols_number(struct cols *, size_t n);	/* c1 ... cN */
void cols_add(struct cols *, const char *name, size_t n, enum type);
void cols_free(struct cols *);
#endif
