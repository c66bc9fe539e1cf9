/* avroplan - for avroplan.c and avrowalk.c: what is wanted of a datum */
#ifndef AVROPLAN_H
#define AVROPLAN_H
#include "avrowalk.h"

/* An item of an array or map that a path goes through. */
struct avro_item {
	const char *key;	/* map; else NULL */
	size_t n, index;
	struct avro_want *want;
	struct avro_item *next;
};

struct avro_want {
	struct avro_res *res;
	const struct col **col;	/* those that want this value; never of a union */
	size_t ncol;
	struct avro_want **kid;	/* record: fields, then missing ones; union: branches; NULL: not wanted */
	struct avro_item *item;	/* array, map */
};
#endif
