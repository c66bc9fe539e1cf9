/* avrojson - a value of a datum as JSON text; for avrowalk.c */
#ifndef AVROJSON_H
#define AVROJSON_H
#include "avrowalk.h"

int avro_json(struct avro_walk *, const struct avro_res *);	/* behind json of the walk; 0, or -1 */
#endif
