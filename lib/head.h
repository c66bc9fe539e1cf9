/* head - what the heading lines of a stream say: #fields, #window, #mode; see weir(5) */
#ifndef HEAD_H
#define HEAD_H
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "esc.h"

enum type { TYPE_STR, TYPE_INT, TYPE_FLOAT, TYPE_BOOL, TYPE_TIME };

struct column { char *name; enum type type; };	/* name is raw, not escaped */

enum window_kind { WINDOW_NONE, WINDOW_TUMBLING, WINDOW_SLIDING, WINDOW_SESSION, WINDOW_COUNT };

struct window {
	enum window_kind kind;
	int64_t size, slide, offset;	/* ms, or records; tumbling: slide == size; count: slide 0 means size */
	int64_t gap;			/* ms, sessions */
};

enum mode { MODE_APPEND, MODE_UPDATE, MODE_REVISE, MODE_COMPLETE };

struct head {
	struct column *col;	/* col[0] is the time, its type TYPE_TIME */
	size_t ncol;
	struct window window;
	enum mode mode;
	char **key;		/* of #mode */
	size_t nkey;
};

/* {0} is a valid empty head.  Everything in it is its own. Names have no "," "=" ":" "`" TAB LF CR. */
void head_copy(struct head *, const struct head *);
void head_free(struct head *);
size_t head_add(struct head *, const char *name, enum type);	/* a taken name gets _2; returns its index */
void head_clear(struct head *);					/* no columns but the time */
ptrdiff_t head_find(const struct head *, const char *name);	/* index, or -1 */
/*
 * One name to its index; it is not there: exit 1, naming those that are.
 * of: whose head it is, for the message, or NULL.
 */
size_t head_name(const struct head *, const char *name, const char *of);
void head_list(const struct head *, struct buf *);	/* for messages: appends all names, a blank before each */
/* "a,b,c" to indices, in that order, each as by head_name. */
size_t *head_names(const struct head *, const char *names, size_t *n);
void head_setkey(struct head *, enum mode, const char *const *names, size_t n);	/* n 0: no key */

/*
 * One heading line, its fields split: 1 it was one and is now in the head,
 * 0 it is another kind of line, -1 it is wrong and *why says how.
 */
int head_parse(struct head *, const struct field *, size_t, const char **why);
void head_print(const struct head *, struct buf *);	/* the lines, each with its LF */

const char *type_name(enum type);
int type_parse(const char *, size_t, enum type *);	/* 0, or -1 */
const char *mode_name(enum mode);
#endif
