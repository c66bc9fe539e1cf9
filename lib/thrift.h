/* thrift - values out of Thrift structs by the ids of their fields, and structs out of values */
#ifndef THRIFT_H
#define THRIFT_H
#include "head.h"
#include "json.h"
#include "twire.h"

struct thrift;

/*
 * What -f says of a field: str int float bool time, or Thrift's byte i16 i32
 * i64 double string binary list<T> set<T> map<K,V> struct<ID:T,...>.  Only
 * binary's values are base64.
 */
struct tkind {
	enum ttype type;
	bool base64;			/* of T_STRING */
	struct tkind *key, *val;	/* of a map; val: of a list or set, too */
	struct tfield *field;		/* of a struct, by id */
	size_t nfield;
};
struct tfield {
	int16_t id;
	struct tkind kind;
};
int tkind_parse(const char *, struct tkind *);	/* the whole text; 0, or -1 */
void tkind_free(struct tkind *);		/* what it holds */
struct tkind tkind_of(enum type);
enum type tkind_column(const struct tkind *);	/* of a column that holds one */
void tkind_show(const struct tkind *, struct buf *);	/* appends it, in Thrift's own names */
_Noreturn void tkind_usage(const char *);	/* this is none */
/* Of what is in a value of the kind; NULL: nothing is said of it. */
const struct tkind *tkind_field(const struct tkind *, int id);
const struct tkind *tkind_item(const struct tkind *);
const struct tkind *tkind_key(const struct tkind *);
const struct tkind *tkind_val(const struct tkind *);

/* protocol: "binary" or "compact", else message, exit 2. */
struct thrift *thrift_new(const char *protocol);
void thrift_free(struct thrift *);

/*
 * Reading.  A path is the id of a field, or 2.1 for field 1 of the struct that
 * is field 2, 3[0] for an element of a list or set, 4["key"] or 4.key for a
 * map's value; NULL is the whole struct.  Paths count from 0.  -1: no path.
 * The kind, which becomes t's own, says which strings are to be base64; it may
 * be NULL.
 */
int thrift_path(struct thrift *, const char *, const struct tkind *);
/*
 * One struct into a value a path, as json_read; nothing may follow it.  A tree
 * is JSON: a struct an object of its ids, a map one of its keys.  Of ids that
 * stand twice the last counts.  0, or -1 and *why, static text.
 */
int thrift_read(struct thrift *, const char *, size_t, struct json_value *, const char **why);

/*
 * Writing.  A path is 1 or 2.1; 0, or -1 and *why, static text.  The kind
 * becomes t's own.
 */
int thrift_wpath(struct thrift *, const char *, struct tkind, const char **why);
/*
 * Appends a struct of a raw text a path, s NULL for null: a field that is left
 * out.  A list or set is a JSON array, a map an object, a struct an object of
 * ids.  0, or -1, *why and *bad, the number of the path.
 */
int thrift_write(struct thrift *, const struct field *, struct buf *, size_t *bad, const char **why);
#endif
