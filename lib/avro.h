/* avro - schemas of Apache Avro 1.11 */
#ifndef AVRO_H
#define AVRO_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "jtree.h"

enum avro_kind {
	AVRO_NULL, AVRO_BOOLEAN, AVRO_INT, AVRO_LONG, AVRO_FLOAT, AVRO_DOUBLE,
	AVRO_BYTES, AVRO_STRING,
	AVRO_RECORD, AVRO_ENUM, AVRO_FIXED,	/* these have names */
	AVRO_ARRAY, AVRO_MAP, AVRO_UNION
};

/* One that does not fit its type is none, as the specification wants. */
enum avro_logical {
	LOGICAL_NONE, LOGICAL_DECIMAL, LOGICAL_UUID, LOGICAL_DATE,
	LOGICAL_TIME_MS, LOGICAL_TIME_US, LOGICAL_STAMP_MS, LOGICAL_STAMP_US,
	LOGICAL_LOCAL_MS, LOGICAL_LOCAL_US
};

struct avro_field {
	const char *name;
	const char **alias;
	size_t nalias;
	struct avro_type *type;
	const struct jnode *dflt;	/* or NULL */
};

struct avro_type {
	enum avro_kind kind;
	enum avro_logical logical;
	int scale, precision;	/* decimal */
	const char *name;	/* full, with its namespace */
	const char **alias;	/* full */
	size_t nalias;
	size_t size;		/* fixed */
	struct avro_field *field;	/* record */
	struct avro_type **branch;	/* union; array, map: one */
	const char **symbol;	/* enum */
	const char *dflt;	/* enum: what a reader takes for a symbol that it does not know, or NULL */
	size_t n;		/* of field, branch, symbol */
	size_t least;		/* bytes that a value has at least, when 0 it may be nothing */
	struct avro_type *next;	/* of all in the schema */
};

struct avro_schema;

/*
 * The text: JSON; several documents, each on a line of its own, are schemas
 * that the last one names.  NULL: and why, in static memory.
 */
struct avro_schema *avro_parse(const char *, size_t, const char **why);
struct avro_schema *avro_load(const char *path, struct buf *text);	/* of a file, whose text is appended; cannot be read: message, exit 1 */
void avro_free(struct avro_schema *);
struct avro_type *avro_root(const struct avro_schema *);

bool avro_named(enum avro_kind);
const char *avro_kindname(enum avro_kind);
/* What follows the last dot. */
const char *avro_short(const char *fullname);
/* A schema's type in a message: its name if it has one, else its kind's. */
const char *avro_show(const struct avro_type *);
#endif
