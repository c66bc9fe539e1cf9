/* decavros - what the files of Avro as a format share */
#ifndef DECAVROS_H
#define DECAVROS_H
#include "avrowalk.h"
#include "decavro.h"

/* A writer's schema, and how it is read. */
struct avrouse {
	int32_t id;		/* the registry's; or 0 */
	char *text;		/* of a container's; or NULL */
	size_t n;
	struct avro_schema *schema;	/* NULL: the reader's own */
	struct avro_pairs pairs;
	struct avro_res *res;
	struct avro_want *want;
	struct avrouse *next;
};

struct avrodec {
	struct avro_schema *reader;	/* NULL: each is read as it was written */
	bool given;		/* by -s, so all that is wanted is in it */
	bool loaded;		/* from a snapshot */
	struct buf text;	/* the reader's, if it was the first that was met */
	struct avrouse *all, *cur;
	struct avro_walk walk;
};

/*
 * A schema that has come, text NULL: the reader's own, and how it is read.
 * NULL and *why.  Without a schema of -s and without -f the first one says what
 * all are read as.
 */
struct avrouse *avrouse_new(struct dec *, const char *text, size_t n, const char **why);
void avrouse_free(struct avrouse *);

/* As those of struct dec_format, for container files. */
int decavro_read(struct dec *, struct in *, const char **why);
int decavro_record(struct dec *, const char **why);
void decavro_lane(struct lane *);

/* And for messages, framed by a registry's id or bare. */
int decavro_message(struct dec *, const char *, size_t, const char **why);
int decavro_datum(struct dec *, const char **why);
#endif
