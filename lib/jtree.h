/* jtree - a JSON document as a tree */
#ifndef JTREE_H
#define JTREE_H
#include <stdint.h>

#include "json.h"

#ifdef __cplusplus
extern "C" {
#endif

struct jnode {
	enum json_kind kind;	/* never JSON_NONE */
	bool object;		/* JSON_TREE: else an array */
	const char *s;		/* a string unescaped, a number's text, true or false; a NUL behind */
	size_t n;		/* of s; JSON_TREE: how many kids */
	const char *key;	/* of a member, unescaped, a NUL behind */
	size_t nkey;
	struct jnode *kid, *next;	/* in order; of keys that stand twice both are there */
};

struct jtree;

struct jtree *jtree_new(void);
void jtree_free(struct jtree *);
/* One document (RFC 8259); lives until the next one.  NULL and *why, static text. */
struct jnode *jtree_parse(struct jtree *, const char *, size_t, const char **why);
/* A member of an object; of several the last; NULL: there is none. */
const struct jnode *jtree_member(const struct jnode *, const char *key, size_t nkey);
/* The text of a member that is a string, or NULL. */
const char *jtree_string(const struct jnode *, const char *key);
/* The value of a member that is a number, as num_int; 0, or -1: it is none. */
int jtree_int(const struct jnode *, const char *key, int64_t *);

#ifdef __cplusplus
}
#endif
#endif
