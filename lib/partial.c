#include <stdlib.h>

#include "partial.h"

struct own { uint64_t seq; uint32_t refs; };	/* with each kept record */

void
steps_begin(struct steps *p, struct rec *r)
{
	p->seq++;
	p->rec = r;
	p->copy = NULL;
}

static void
steps_copy(struct steps *p)
{
	struct own *own;

	p->copy = hold_copy(&p->kept, p->rec, sizeof *own);
	own = held_own(p->copy);
	*own = (struct own){ .seq = p->seq };
}

void
steps_load(struct steps *p, struct rec *r, uint64_t seq)
{
	p->seq = seq;
	p->rec = r;
	steps_copy(p);
}

struct step *
step_new(struct steps *p, size_t stage, struct step *prev)
{
	struct step *s = p->spare;
	struct own *own;

	if (p->copy == NULL)
		steps_copy(p);
	own = held_own(p->copy);
	own->refs++;
	if (s != NULL)
		p->spare = s->prev;
	else
		s = arena_alloc(&p->arena, sizeof *s);
	*s = (struct step){ .prev = prev, .rec = p->copy, .stage = stage };
	if (prev != NULL)
		prev->refs++;
	return s;
}

void
step_drop(struct steps *p, struct step *s)
{
	struct step *prev;
	struct own *own;

	for (; s != NULL && --s->refs == 0; s = prev) {
		prev = s->prev;
		own = held_own(s->rec);
		if (--own->refs == 0) {
			if (s->rec == p->copy)
				p->copy = NULL;
			hold_free(&p->kept, s->rec);
		}
		s->prev = p->spare;
		p->spare = s;
	}
}

uint64_t
step_seq(const struct step *s)
{
	const struct own *own = held_own(s->rec);

	return own->seq;
}

struct rec
step_rec(struct steps *p, const struct step *s, size_t nf)
{
	return hold_rec(&p->kept, s->rec, nf);
}

void
partials_append(struct partials *h, struct partial p)
{
	if (h->n == h->cap) {
		h->cap = h->cap ? 2 * h->cap : 4;
		h->v = mem_grow(h->v, h->cap, sizeof *h->v);
	}
	h->v[h->n++] = p;
}

void
partials_add(struct partials *h, struct partial p)
{
	size_t i, up;

	partials_append(h, p);
	for (i = h->n - 1; i > 0; i = up) {
		up = (i - 1) / 2;
		if (h->v[up].start <= p.start)
			break;
		h->v[i] = h->v[up];
	}
	h->v[i] = p;
}

/* Puts p at place i or below. */
static void
partials_sink(struct partials *h, size_t i, struct partial p)
{
	size_t k;

	for (; i < h->n / 2; i = k) {
		k = 2 * i + 1;
		if (k + 1 < h->n && h->v[k].start > h->v[k + 1].start)
			k++;
		if (p.start <= h->v[k].start)
			break;
		h->v[i] = h->v[k];
	}
	h->v[i] = p;
}

struct partial
partials_poll(struct partials *h)
{
	struct partial p = h->v[0];

	if (--h->n > 0)
		partials_sink(h, 0, h->v[h->n]);
	return p;
}

void
partials_order(struct partials *h)
{
	size_t i;

	for (i = h->n / 2; i-- > 0;)
		partials_sink(h, i, h->v[i]);
}

void
partials_free(struct partials *h)
{
	free(h->v);
	*h = (struct partials){ 0 };
}
