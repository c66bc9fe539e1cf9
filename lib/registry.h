/* registry - schemas by id, as formats see the place where they are kept */
#ifndef REGISTRY_H
#define REGISTRY_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What keeps schemas, made by regclient.h; a format gets it in its decoder's or
 * encoder's options, NULL where there is none.  Functions return 0, or one of
 * these, and then *why, which names the id or the subject, static until the
 * next call: -1: there is no such schema, or it is not taken; and DEC_FATAL
 * or DEC_TEMP of dec.h.
 */
struct registry {
	/*
	 * The schema's text, and what kind it is ("AVRO", "PROTOBUF", "JSON"); both
	 * stay.  In front of it, each on a line, are the schemas that it names.
	 */
	int (*schema)(struct registry *, int32_t id, const char **text, const char **kind, const char **why);
	/* The id of a schema of a subject, which is registered if need be. */
	int (*id)(struct registry *, const char *subject, const char *kind, const char *text, int32_t *id, const char **why);
	/* The latest schema of a subject. */
	int (*latest)(struct registry *, const char *subject, int32_t *id, const char **text, const char **why);
	bool uselatest;		/* what is written has the subject's latest schema, if none is given */
};

/*
 * Confluent's framing of a message: a zero byte and the id, big-endian.  0 and
 * *id, FRAME_LEN bytes to be skipped; -1: it is not framed.
 */
#define FRAME_LEN 5

static inline int
frame_read(const char *s, size_t n, int32_t *id)
{
	const unsigned char *u = (const unsigned char *)s;

	if (n < FRAME_LEN || u[0] != 0)
		return -1;
	*id = (int32_t)((uint32_t)u[1] << 24 | (uint32_t)u[2] << 16 |
	    (uint32_t)u[3] << 8 | (uint32_t)u[4]);
	return 0;
}

static inline void
frame_write(char *to, int32_t id)
{
	to[0] = 0;
	to[1] = (char)(id >> 24 & 0xff);
	to[2] = (char)(id >> 16 & 0xff);
	to[3] = (char)(id >> 8 & 0xff);
	to[4] = (char)(id & 0xff);
}
#endif
