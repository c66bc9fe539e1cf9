#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "die.h"
#include "num.h"

char *
buf_room(struct buf *b, size_t n)
{
	size_t cap = b->cap != 0 ? b->cap : 64;

	if (b->cap - b->n >= n && b->s != NULL)
		return b->s + b->n;
	if (n > SIZE_MAX / 4 - b->n)
		mem_none();
	while (cap - b->n < n)
		cap *= 2;
	b->s = mem_grow(b->s, cap, 1);
	b->cap = cap;
	return b->s + b->n;
}

void
buf_add(struct buf *b, const void *s, size_t n)
{
	if (n == 0)
		return;
	memcpy(buf_room(b, n), s, n);
	b->n += n;
}

void
buf_addc(struct buf *b, char c)
{
	*buf_room(b, 1) = c;
	b->n++;
}

void
buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_addint(struct buf *b, int64_t v)
{
	b->n += num_putint(buf_room(b, NUM_INTLEN), v);
}

void
buf_free(struct buf *b)
{
	free(b->s);
	*b = (struct buf){ 0 };
}

void *
mem_alloc(size_t n)
{
	void *p = calloc(1, n != 0 ? n : 1);

	if (p == NULL)
		mem_none();
	return p;
}

void *
mem_grow(void *p, size_t n, size_t size)
{
	size_t all;

	if (__builtin_mul_overflow(n, size, &all) ||
	    (p = realloc(p, all != 0 ? all : 1)) == NULL)
		mem_none();
	return p;
}

char *
mem_copy(const void *s, size_t n)
{
	char *p = mem_alloc(n + 1);

	if (n > 0)
		memcpy(p, s, n);
	return p;
}

void
mem_none(void)
{
	errx(EXIT_TEMP, "out of memory");
}
