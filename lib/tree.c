#include <stdlib.h>
#include <string.h>

#include "tree.h"

static int32_t
key_id(const char *s, size_t n)
{
	int64_t v;

	return num_int(s, n, &v) == 0 && v >= INT16_MIN && v <= INT16_MAX &&
	    *s != '+' ? (int32_t)v : NO_ID;
}

/* key NULL: the element at index. */
static struct tree *
tree_kid(struct tree *t, const char *key, size_t n, size_t index)
{
	struct tree *k;
	size_t i;

	for (i = 0; i < t->nkid; i++) {
		k = &t->kid[i];
		if (key == NULL ? k->key == NULL && k->index == index :
		    k->key != NULL && strlen(k->key) == n &&
		    memcmp(k->key, key, n) == 0)
			return k;
	}
	t->kid = mem_grow(t->kid, t->nkid + 1, sizeof *t->kid);
	k = &t->kid[t->nkid++];
	*k = (struct tree){ .id = NO_ID, .index = index };
	if (key != NULL) {
		k->key = mem_copy(key, n);
		k->id = key_id(key, n);
	}
	return k;
}

struct tree *
tree_path(struct tree *t, const char *s)
{
	const char *end;
	int64_t index;

	for (;;) {
		if (*s != '[') {
			end = s + strcspn(s, ".[");
			if (end == s)
				return NULL;
			t = tree_kid(t, s, (size_t)(end - s), 0);
			s = end;
		} else if (*++s == '"') {
			if ((end = strstr(s + 1, "\"]")) == NULL)
				return NULL;
			t = tree_kid(t, s + 1, (size_t)(end - s) - 1, 0);
			s = end + 2;
		} else {
			end = s + strspn(s, "0123456789");
			if (*end != ']' ||
			    num_int(s, (size_t)(end - s), &index) < 0)
				return NULL;
			t = tree_kid(t, NULL, 0, (size_t)index);
			s = end + 1;
		}
		if (*s == '\0')
			return t;
		if (*s == '.')
			s++;
		else if (*s != '[')
			return NULL;
	}
}

void
tree_add(struct tree *t, size_t slot)
{
	t->slot = mem_grow(t->slot, t->nslot + 1, sizeof *t->slot);
	t->slot[t->nslot++] = slot;
}

void
tree_free(struct tree *t)
{
	size_t i;

	for (i = 0; i < t->nkid; i++)
		tree_free(&t->kid[i]);
	tkind_free(&t->kind);
	free(t->kid);
	free(t->slot);
	free(t->key);
}
