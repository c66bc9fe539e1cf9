#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "slice.h"

size_t
slices_find(const struct slices *s, int64_t t)
{
	size_t lo = s->first, hi = s->n, mid;

	/* most records are of the newest */
	if (lo < hi && t >= s->v[hi - 1]->start)
		return hi - (t < s->v[hi - 1]->end);
	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (s->v[mid]->end <= t)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct slice *
slices_put(struct slices *s, size_t i, int64_t start, int64_t end)
{
	struct slice *p = mem_alloc(sizeof *p);

	p->start = start;
	p->end = end;
	if (i > s->first && p->start < s->v[i - 1]->end)
		p->start = s->v[i - 1]->end;
	if (i < s->n && p->end > s->v[i]->start)
		p->end = s->v[i]->start;
	map_init(&p->map, sizeof(struct chain));
	if (s->n == s->cap) {
		s->cap = s->cap != 0 ? 2 * s->cap : 16;
		s->v = mem_grow(s->v, s->cap, sizeof(struct slice *));
	}
	memmove(s->v + i + 1, s->v + i, (s->n - i) * sizeof(struct slice *));
	s->v[i] = p;
	s->n++;
	return p;
}

void
slices_drop(struct slices *s, int64_t to, int64_t T)
{
	struct slice *p;

	for (; s->first < s->n && s->v[s->first]->end + to < T; s->first++) {
		p = s->v[s->first];
		map_free(&p->map);
		free(p->fresh);
		free(p);
	}
	/* the room in front comes back when it is the larger part */
	if (s->first * 2 > s->n) {
		s->n -= s->first;
		memmove(s->v, s->v + s->first, s->n * sizeof(struct slice *));
		s->first = 0;
	}
}

void
slice_add(struct map_ent *e, struct join_row *row)
{
	struct chain *c = map_own(e);

	row->key = e;
	*(c->last != NULL ? &c->last->link : &c->first) = row;
	c->last = row;
}

void
slice_note(struct slice *p, struct join_row *row)
{
	if (p->nfresh == p->cap) {
		p->cap = p->cap != 0 ? 2 * p->cap : 16;
		p->fresh = mem_grow(p->fresh, p->cap,
		    sizeof(struct join_row *));
	}
	p->fresh[p->nfresh++] = row;
}
