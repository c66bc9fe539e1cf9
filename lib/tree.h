/* tree - what thrift.c and thriftenc.c share: paths that part, and what stands at their ends */
#ifndef TREE_H
#define TREE_H
#include "jtree.h"
#include "num.h"
#include "thrift.h"

#define NO_ID INT32_MIN

/* Where paths part: a field, a key, an element. */
struct tree {
	char *key;		/* as it stood; NULL: an element */
	int32_t id;		/* the key as a field's id, or NO_ID */
	size_t index;
	size_t *slot;		/* paths that end here */
	size_t nslot;
	struct tree *kid;
	size_t nkid;
	struct tkind kind;	/* writing: of the value */
};

struct slot {
	struct tkind kind;	/* T_STOP: nothing is said of it */
	char num[NUM_FLOATLEN];
	struct buf text;
};

struct thrift {
	bool compact;
	struct tree read, write;
	size_t nread, nwrite;
	struct slot *slot;	/* a path that is read each */
	struct jtree *json;	/* of a list or map that is being written */
	struct buf why, bytes;
};

struct tree *tree_path(struct tree *, const char *);	/* where it ends, made if need be; NULL: no path */
void tree_add(struct tree *, size_t slot);
void tree_free(struct tree *);		/* what it holds */
#endif
