/* arena - memory that is given back all at once */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "buf.h"

#define FIRST	512		/* small, for windows of few keys */
#define LARGEST	(256 * 1024)

struct arena_chunk {
	struct arena_chunk *link;
	size_t n;
};

/* A chunk doubles the last one's size: few are made, little is left over. */
void *
arena_more(struct arena *a, size_t n)
{
	struct arena_chunk *c;
	size_t size = FIRST;

	if (a->head != NULL && (size = a->head->n * 2) > LARGEST)
		size = LARGEST;
	if (size < n)
		size = n;
	c = mem_grow(NULL, 1, sizeof *c + size);
	c->link = a->head;
	c->n = size;
	a->head = c;
	a->at = (char *)(c + 1) + n;
	a->end = (char *)(c + 1) + size;
	a->used += n;
	return c + 1;
}

void *
arena_copy(struct arena *a, const void *s, size_t n)
{
	void *p = arena_alloc(a, n);

	if (n > 0)
		memcpy(p, s, n);
	return p;
}

void
arena_free(struct arena *a)
{
	struct arena_chunk *c, *link;

	for (c = a->head; c != NULL; c = link) {
		link = c->link;
		free(c);
	}
	*a = (struct arena){ 0 };
}
