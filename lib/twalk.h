/* twalk - what thrift.c and thriftjson.c share: a struct that is being read, value by value */
#ifndef TWALK_H
#define TWALK_H
#include "tree.h"

struct twalk {
	struct twire w;
	struct thrift *t;
	struct json_value *val;
	const char *why;
};

/* A value that has no parts, its text at `to` if it is a number.  false: broken. */
bool twalk_single(struct twalk *, enum ttype, char *to, struct json_value *);
/* Appends a value as JSON; kind: which strings are base64, or NULL.  false: broken, or JSON cannot hold it. */
bool twalk_json(struct twalk *, enum ttype, const struct tkind *kind, struct buf *, int depth);

static inline bool
ttype_issingle(enum ttype type)
{
	return type == T_BOOL || type == T_DOUBLE || type == T_STRING ||
	    ttype_isint(type);
}

static inline bool
ttype_isbytes(enum ttype type, const struct tkind *kind)
{
	return type == T_STRING && kind != NULL && kind->base64;
}
#endif
