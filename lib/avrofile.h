/* avrofile - reads object container files (Avro 1.11) */
#ifndef AVROFILE_H
#define AVROFILE_H
#include "avrocodec.h"
#include "io.h"

#define AVRO_MAGIC "Obj\1"
#define AVRO_SYNC 16		/* bytes of the mark behind each block */

struct avrofile {
	const char *schema;	/* the writer's, as text; NULL: the head has not come yet */
	size_t nschema;
	const char *at, *end;	/* what is left of the block at hand */
	int64_t left;		/* records in it */
	void *use;		/* the owner's */
	/* the rest is avrofile.c's own */
	const struct avro_codec *codec;
	struct buf meta, block;
	char sync[AVRO_SYNC];
	size_t open;		/* bytes of the reader's that the block at hand is */
	bool seek;		/* a block was broken: the next mark is looked for */
};

void avrofile_free(struct avrofile *);
/*
 * 1: the head has come, with schema, or there are records left in a block; 0:
 * end; 3: more bytes are needed; -1: a block is broken, *bad is what there is
 * of it, *why says how, and the next call goes on behind it; -2: the file is
 * none that can be read, *why says so.
 */
int avrofile_next(struct avrofile *, struct in *, struct field *bad, const char **why);
#endif
