/* cell - text as a terminal shows it: nothing in data can move the cursor */
#ifndef CELL_H
#define CELL_H
#include "buf.h"

/*
 * Appends raw text so that a person can read it: \n \r \t \b \f \v \a for these
 * controls, \xhh for the other ones and for bytes that are not UTF-8,
 * \u{hhhh} for what turns the direction of text or has no width.  If it has
 * more than `most` characters (0: no limit), it is cut to that many, the last
 * three of them "...".
 */
void cell_add(struct buf *, const char *, size_t, size_t most);
/*
 * Columns that text of cell_add takes: full-width characters two, as in
 * Spark's Utils.stringHalfWidth, where that is all beyond the 16-bit range too.
 */
size_t cell_width(const char *, size_t);
#endif
