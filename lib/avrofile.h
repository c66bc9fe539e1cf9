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
	int64_t lost;		/* records of the block that was said to be broken last */
	/* the owner's */
	void *use;
	struct in *in;
	int64_t skip;		/* records of the next block that an earlier run has had */
	/* the rest is avrofile.c's own */
	const struct avro_codec *codec;
	struct buf meta, block;
	char sync[AVRO_SYNC];
	size_t open;		/* bytes of the reader's that the block at hand is */
	bool skim;		/* nobody looks into the blocks: they are not unpacked */
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
/*
 * For a reader that stands in the middle of its file, at a block: reads the
 * head, and how many records there are in front.  -1: not the file that it was,
 * or one that cannot be read again, *why says so.
 */
int avrofile_resume(struct avrofile *, const struct in *, int64_t *before, const char **why);
#endif
