/* slurp - a small file, whole */
#ifndef SLURP_H
#define SLURP_H
#include "buf.h"

#define SLURP_MOST ((size_t)256 << 20)	/* bytes; a larger one is a mistake */

void slurp(const char *path, struct buf *);	/* appended; cannot be read: message, exit 1 */
#endif
