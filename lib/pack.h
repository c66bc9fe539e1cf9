/* pack - compresses what is written: gzip, zstd, lz4, lzop, xz */
#ifndef PACK_H
#define PACK_H
#include "io.h"

struct pack;

/*
 * What is put into it goes compressed into the writer, borrowed.  The codec is
 * a name, "none" for NULL; another one: message, exit 2.
 */
struct pack *pack_open(const char *codec, struct out *);
const char *pack_suffix(const char *codec);	/* what is added to a file's name, such as ".gz"; "none": "" */
void pack_put(struct pack *, const char *, size_t);
void pack_close(struct pack *);		/* the compressed data is complete and in the writer; also done at exit */
#endif
