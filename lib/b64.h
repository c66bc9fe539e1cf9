/* b64 - base64, RFC 4648 section 4 */
#ifndef B64_H
#define B64_H
#include "buf.h"

/* Appends what base64 text says; padding may be missing.  0, or -1: not base64. */
int b64_undo(struct buf *, const char *, size_t);
void b64_add(struct buf *, const char *, size_t);	/* with padding, without line ends */
/*
 * The bytes that a text stands for, appended; its padding may be left out.  0,
 * or -1: it is no base64, also if bits are left over that are not 0.
 */
int b64_undo(struct buf *, const char *, size_t);
#endif
