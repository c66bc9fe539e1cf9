/* avroparse - types out of a schema's JSON */
#ifndef AVROPARSE_H
#define AVROPARSE_H
#include "arena.h"
#include "avro.h"

struct avro_types {		/* {0} is valid */
	struct arena arena;	/* they lie in it */
	struct avro_type *all;	/* the newest first */
};

/* A schema may name what types has.  What it says stays in use.  NULL and *why, in static memory. */
struct avro_type *avroparse_type(struct avro_types *, const struct jnode *, const char **why);
#endif
