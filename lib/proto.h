/* proto - a Protobuf message type of a descriptor set: values out of messages by path, and messages out of values */
#ifndef PROTO_H
#define PROTO_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "head.h"
#include "json.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PROTO_FRAME 5		/* bytes of Confluent's framing before the message indexes: a zero, the schema's id */

struct proto;

/*
 * spec: FILE:MESSAGE, the file one of protoc --descriptor_set_out
 * --include_imports, the message by its full name.  Not so: message, exit 2;
 * the file cannot be used or has no such message: exit 1.
 */
struct proto *proto_new(const char *spec);
void proto_free(struct proto *);

/* The fields of the message in the order of the file, and what a column of one is by itself. */
size_t proto_nfield(const struct proto *);
const char *proto_field(const struct proto *, size_t i, enum type *);

/*
 * Reading.  A path is a.b, a[0].b, a["key"] or a.key for a map; names are the
 * file's or the JSON ones.  Paths count from 0; type is that of the column.
 * 0, or -1 and *why.
 */
int proto_path(struct proto *, const char *, enum type, const char **why);
void proto_type(struct proto *, size_t path, enum type);	/* the column's type has changed */
/*
 * One message into a value a path, as json_read: JSON_NONE is a field that is
 * not set, unless it has no presence (then its zero), an element that is not
 * there, or anything in a message that is not set.  A Timestamp is a number of
 * ms for a column of type time; an enum is its name for one of type str; all
 * else is as in the JSON of the proto3 mapping.  What no path asks for is
 * stepped over unseen.  0, or -1 and *why, valid until the next call.
 */
int proto_read(struct proto *, const char *, size_t, struct json_value *, const char **why);
/*
 * Confluent's framing, which no message without it can begin with.  1: *s and
 * *n are now what is within; 0: there is none; -1 and *why: broken, or of
 * another message of the file.
 */
int proto_unframe(struct proto *, const char **s, size_t *n, const char **why);

/*
 * Writing.  A path is a.b; 0, or -1 and *why.  proto_settle when all are
 * there: -1 and *why if no message can be made of these alone.
 */
int proto_wpath(struct proto *, const char *, const char **why);
int proto_settle(struct proto *, const char **why);
/*
 * Appends a message of a raw text a path, s NULL for null: a field that is not
 * set.  What is no single value is JSON of the proto3 mapping.  0, or -1, *why
 * and *bad, the number of the path.
 */
int proto_write(struct proto *, const struct field *, struct buf *, size_t *bad, const char **why);
void proto_frame(const struct proto *, int32_t id, struct buf *);
/*
 * The file of the message, and those it imports, as source for a registry:
 * the text of file i, its name, and whether it is one that every registry
 * has.  File 0 is the message's own; NULL: there is no file i.  Owned by p.
 */
const char *proto_source(struct proto *, size_t i, const char **name, bool *known);

#ifdef __cplusplus
}
#endif
#endif
