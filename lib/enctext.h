/* enctext - a single escaped field as csv or json text */
#ifndef ENCTEXT_H
#define ENCTEXT_H
#include <stdbool.h>

#include "head.h"
#include "esc.h"

/* All append; a field is not null.  0, or -1: broken escape (ENC_ESCAPE), or what the function says. */
enum { ENC_ESCAPE = -1, ENC_UTF8 = -2, ENC_TYPE = -3 };

int enc_csv(struct buf *, struct field, bool first);	/* of its record, where a reader may take a BOM for the file's */
int enc_raw(struct buf *, struct field);		/* unescaped, nothing else */
int enc_string(struct buf *, struct field);		/* a JSON string; ENC_UTF8: not UTF-8 */
int enc_value(struct buf *, enum type, struct field);	/* JSON, not of type time; ENC_TYPE: not of its type */
#endif
