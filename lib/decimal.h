/* decimal - decimal numbers as text and as unscaled two's complement integers, big-endian */
#ifndef DECIMAL_H
#define DECIMAL_H
#include "buf.h"

#define DECIMAL_MOST 4096	/* bytes of one that are read */

/* Appends the text of n bytes, with exactly `scale` digits behind the point. */
void decimal_text(struct buf *, const char *, size_t n, int scale);
/*
 * Appends the fewest bytes that hold a number times 10^scale.  -1: not a
 * number such as -12.5 or 1e3, or finer than the scale, or of more digits than
 * the precision.
 */
int decimal_bytes(struct buf *, const char *, size_t, int scale, int precision);
#endif
