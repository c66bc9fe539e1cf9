/* conv - what a source reads into typed, escaped fields, checked */
#ifndef CONV_H
#define CONV_H
#include <stdbool.h>

#include "head.h"
#include "json.h"
#include "val.h"

enum conv_from { CONV_RAW, CONV_CLEAN };	/* text to be escaped; text that needs none */

/*
 * 0: *f is the field; f->s NULL: it is f->n bytes at the end of what was put
 * behind out.  -1: it is not of the type.  A null is null in every type.
 *	int	[+-]digits, int64; printed without + and leading zeros
 *	float	as num_float; kept as it stands
 *	bool	true or false
 *	time	ms as an int, or RFC 3339; printed as ms
 */
int conv_text(enum type, struct field, enum conv_from, struct buf *out, struct field *f);
int conv_float(struct field, struct field *);
int conv_json(enum type, const struct json_value *, struct buf *out, struct field *f);

/* Not null: whether it can stay as it is; when in doubt not. */
static inline bool
conv_asis(enum type type, struct field f)
{
	if (type == TYPE_STR)
		return true;
	return type == TYPE_FLOAT ? conv_float(f, &f) == 0 :
	    type != TYPE_BOOL && int_canonical(f);
}

/* Why it was not: `field amount is not an int: "12x"`. */
void conv_why(char *to, size_t size, const char *name, enum type, struct field);
#endif
