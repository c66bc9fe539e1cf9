/* delim - files of messages, each behind its length as a varint (protobuf's writeDelimitedTo) */
#ifndef DELIM_H
#define DELIM_H
#include "decfmt.h"

/* dec_format's read.  A length that cannot be: the places of all that follows are lost, message, exit 1. */
int delim_read(struct dec *, struct in *, const char **why);
void delim_put(struct buf *, const char *, size_t);
#endif
