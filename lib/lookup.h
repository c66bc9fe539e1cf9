/* lookup - a CSV or TSV file with a header line, kept in memory by key */
#ifndef LOOKUP_H
#define LOOKUP_H
#include <sys/stat.h>

#include "join.h"
#include "map.h"

/*
 * The header's names may carry types, name:type; a key without one takes the
 * other side's.  Fields are read as a source reads them; as TSV if the name
 * ends in .tsv.
 */
struct lookup {
	const char *path;
	struct head head;	/* its columns; the first one stands for the time, which it has not */
	struct map map;		/* by key text, to the rows in order */
	/* the rest is lookup.c's own */
	const char *keys;
	size_t nkey;
	struct stat st;		/* of the file that was read, or could not be */
};

/* Reads the header line: message and exit 1 if it cannot.  types: of keys that have none. */
void lookup_open(struct lookup *, const char *path, const char *keys, const struct head *types);
void lookup_fill(struct lookup *, const struct join *);	/* reads it: message and exit 1 if it cannot */
/* Reads it again if it has changed; if it cannot, warns and keeps what there was. */
void lookup_renew(struct lookup *, const struct join *);
void lookup_data(struct lookup *, struct join *, struct rec *, struct next *);	/* an operator's callback */
#endif
