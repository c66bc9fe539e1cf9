/* esc - the escapes of a field: PostgreSQL's COPY text format, see weir(5) */
#ifndef ESC_H
#define ESC_H
#include "buf.h"

struct field { const char *s; size_t n; };	/* one column, escaped, borrowed */

#define NULL_FIELD ((struct field){ "\\N", 2 })

static inline int
field_isnull(struct field f)
{
	return f.n == 2 && f.s[0] == '\\' && f.s[1] == 'N';
}

void esc_add(struct buf *, const char *, size_t);	/* raw text, escaped: TAB LF CR and backslash */
/*
 * The raw text of a field that is not null: the field itself if nothing in it
 * is escaped, else a copy put behind what tmp holds (which may move it, so
 * use one tmp for each raw text that must live on).  -1: not a valid escape.
 */
int esc_undo(struct field, struct buf *tmp, struct field *raw);
#endif
