/* twire - Thrift's binary and compact protocol, value by value; the limits of a message are never left */
#ifndef TWIRE_H
#define TWIRE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

#define TWIRE_DEPTH 64		/* of nesting, as Thrift's own libraries; deeper is an error */

/* As the binary protocol numbers them. */
enum ttype {
	T_STOP = 0, T_BOOL = 2, T_BYTE = 3, T_DOUBLE = 4, T_I16 = 6, T_I32 = 8,
	T_I64 = 10, T_STRING = 11, T_STRUCT = 12, T_MAP = 13, T_SET = 14,
	T_LIST = 15
};

/* Types of the compact protocol. */
enum {
	C_STOP, C_TRUE, C_FALSE, C_BYTE, C_I16, C_I32, C_I64, C_DOUBLE,
	C_BINARY, C_LIST, C_SET, C_MAP, C_STRUCT, C_N
};

struct twire {
	const char *s, *end;	/* what is still to be read */
	bool compact;
	int16_t id;		/* compact: of the last field of the struct; 0 where one begins */
	signed char flag;	/* compact: the bool that stood in a field's head; -1: none did */
};

/*
 * Reading: false is a value that is cut off or of no known kind.  A struct is
 * its fields up to T_STOP, and in it id starts at 0 and has its old value
 * behind it: who goes into one keeps it.
 */
bool twire_field(struct twire *, enum ttype *, int16_t *id);
bool twire_list(struct twire *, enum ttype *, uint32_t *n);	/* and sets; n is no more than bytes are left */
bool twire_map(struct twire *, enum ttype *key, enum ttype *val, uint32_t *n);	/* empty: types T_STOP */
bool twire_int(struct twire *, enum ttype, int64_t *);	/* T_BOOL too: 0 or 1 */
bool twire_double(struct twire *, double *);
bool twire_bytes(struct twire *, const char **, size_t *);
bool twire_skip(struct twire *, enum ttype, int depth);	/* depth: how deep it lies, from 0 */

static inline bool
ttype_isint(enum ttype t)
{
	return t == T_BYTE || t == T_I16 || t == T_I32 || t == T_I64;
}

/* Writing. last: the id of the struct's field before, 0: none; a bool of a field is written by its head. */
void twire_putfield(struct buf *, bool compact, enum ttype, int16_t id, int16_t *last, bool value);
void twire_putstop(struct buf *);
void twire_putlist(struct buf *, bool compact, enum ttype, uint32_t n);
void twire_putmap(struct buf *, bool compact, enum ttype key, enum ttype val, uint32_t n);
void twire_putint(struct buf *, bool compact, enum ttype, int64_t);	/* T_BOOL of a list too */
void twire_putdouble(struct buf *, bool compact, double);
void twire_putbytes(struct buf *, bool compact, const char *, size_t);
#endif
