/* avrocols - the columns that a schema says, when nobody asks for others */
#ifndef AVROCOLS_H
#define AVROCOLS_H
#include "avro.h"
#include "cols.h"

/* The fields of the record, or of those that a union may be; else the value. */
void avro_columns(struct cols *, const struct avro_type *);
#endif
