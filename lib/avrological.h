/* avrological - logical types of Avro 1.11 */
#ifndef AVROLOGICAL_H
#define AVROLOGICAL_H
#include "avro.h"

/* An unknown logical type, or one that does not fit, is the type below it. */
void avrological_parse(struct avro_type *, const struct jnode *);
#endif
