#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "owed.h"

static void
owed_grow(struct owed *o)
{
	size_t cap = o->cap, head = cap - o->first;

	o->cap = cap > 0 ? 2 * cap : 256;
	o->v = mem_grow(o->v, o->cap, sizeof *o->v);
	o->kind = mem_grow(o->kind, o->cap, 1);
	if (o->first == 0)
		return;
	/* what stood before the ring's end is to stand there again */
	memmove(o->v + o->cap - head, o->v + o->first, head * sizeof *o->v);
	memmove(o->kind + o->cap - head, o->kind + o->first, head);
	o->first = o->cap - head;
}

static struct due *
owed_place(struct owed *o, enum owed_kind kind)
{
	size_t i;

	if (o->n == o->cap)
		owed_grow(o);
	i = (o->first + o->n++) & (o->cap - 1);
	o->kind[i] = (unsigned char)kind;
	o->nrec += kind == OWED_REC;
	return &o->v[i];
}

void
owed_add(struct owed *o, enum owed_kind kind, int64_t time)
{
	size_t last = (o->first + o->n - 1) & (o->cap - 1);

	/* of watermarks side by side the last says it all */
	if (kind == OWED_MARK && o->n > 0 && o->kind[last] == OWED_MARK)
		o->v[last].time = time;
	else
		*owed_place(o, kind) = (struct due){ time, NULL };
}

void
owed_addline(struct owed *o, const char *s, size_t n)
{
	*owed_place(o, OWED_LINE) = (struct due){ 0, mem_copy(s, n) };
}

enum owed_kind
owed_first(const struct owed *o, struct due *d)
{
	if (o->n == 0)
		return OWED_NONE;
	*d = o->v[o->first];
	return (enum owed_kind)o->kind[o->first];
}

void
owed_drop(struct owed *o)
{
	o->nrec -= o->kind[o->first] == OWED_REC;
	free(o->v[o->first].line);
	o->first = (o->first + 1) & (o->cap - 1);
	o->n--;
}
