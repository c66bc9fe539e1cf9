/* zframe - checked frames of zstd (RFC 8878), by libzstd, which is loaded only when it is needed; zstdcat(1) reads them */
#ifndef ZFRAME_H
#define ZFRAME_H
#include <stdbool.h>

#include "buf.h"

/* There is no libzstd: message, exit 1. */
bool zframe_is(const char *, size_t);	/* it begins as a frame does */
void zframe_add(struct buf *, const char *, size_t);	/* appends one frame of these bytes */
/* Appends what the frame at s holds, and returns its length; 0: it is not whole; -1: it is damaged. */
ptrdiff_t zframe_take(struct buf *, const char *s, size_t);
#endif
