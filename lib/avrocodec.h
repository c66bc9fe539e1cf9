/* avrocodec - the compression of a container's blocks */
#ifndef AVROCODEC_H
#define AVROCODEC_H
#include "buf.h"

struct avro_codec {
	const char *name;
	/* Append; decode at most so many bytes.  0, or -1: broken, or more than that. */
	int (*decode)(struct buf *, const char *, size_t, size_t most);
	void (*encode)(struct buf *, const char *, size_t);
};

const struct avro_codec *avro_codec(const char *, size_t);	/* null deflate snappy; NULL: unknown */
extern const char *const avro_codecs[];	/* their names, and NULL */
#endif
