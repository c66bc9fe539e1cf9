/* hold - copies of records, let go in any order */
#include <stdlib.h>
#include <string.h>

#include "hold.h"

#define BLOCK ((size_t)64 * 1024)
#define ROUND(n) (((n) + 7) & ~(size_t)7)

struct hold_block {
	size_t n, cap;			/* bytes used, and there */
	size_t live;			/* records in it */
	char s[];
};

static struct hold_block *
block_new(struct hold *h, size_t n)
{
	struct hold_block *b = h->spare;

	if (b != NULL && b->cap >= n) {
		h->spare = NULL;
	} else {
		if (n < BLOCK)
			n = BLOCK;
		b = mem_grow(NULL, 1, sizeof *b + n);
		b->cap = n;
	}
	b->n = b->live = 0;
	return b;
}

static void
block_free(struct hold *h, struct hold_block *b)
{
	if (h->spare == NULL && b->cap == BLOCK)
		h->spare = b;
	else
		free(b);
}

static struct held *
hold_room(struct hold *h, size_t n)
{
	struct held *d;

	if (h->now == NULL || h->now->cap - h->now->n < n) {
		if (h->now != NULL && h->now->live == 0)
			block_free(h, h->now);
		h->now = block_new(h, n);
	}
	d = (struct held *)(void *)(h->now->s + h->now->n);
	h->now->n += n;
	h->now->live++;
	d->block = h->now;
	return d;
}

struct held *
hold_copy(struct hold *h, struct rec *r, size_t own)
{
	struct held *d;
	struct field f;
	size_t i, n;
	char *p;

	for (i = 1, n = 0; i < r->nf; i++)
		n += rec_field(r, i).n + 1;
	own = ROUND(own);
	d = hold_room(h, ROUND(sizeof *d + own + n));
	d->time = rec_time(r);
	d->own = own;
	p = (char *)(d + 1) + own;
	for (i = 1; i < r->nf; i++) {
		f = rec_field(r, i);
		if (f.n > 0)
			memcpy(p, f.s, f.n);
		p += f.n;
		*p++ = '\t';
	}
	d->n = (size_t)(p - held_fields(d));
	return d;
}

struct field *
hold_row(struct hold *h, size_t nf)
{
	if (h->nf < nf) {
		h->f = mem_grow(h->f, nf, sizeof *h->f);
		h->nf = nf;
	}
	return h->f;
}

struct rec
hold_rec(struct hold *h, const struct held *d, size_t nf)
{
	const char *s = held_fields(d), *end = s + d->n, *tab;
	size_t i;

	(void)hold_row(h, nf);
	for (i = 1; i < nf; i++, s = tab + 1) {
		tab = memchr(s, '\t', (size_t)(end - s));
		h->f[i] = (struct field){ s, (size_t)(tab - s) };
	}
	return (struct rec){ .f = h->f, .nf = nf, .time = d->time,
	    .timed = true };
}

void
hold_free(struct hold *h, struct held *d)
{
	struct hold_block *b = d->block;

	if (--b->live > 0)
		return;
	if (b == h->now)
		b->n = 0;
	else
		block_free(h, b);
}

struct held *
hold_move(struct hold *h, struct held *d)
{
	size_t n = ROUND(sizeof *d + d->own + d->n);
	struct held *to = hold_room(h, n);
	struct hold_block *b = to->block;

	memcpy(to, d, n);
	to->block = b;
	hold_free(h, d);
	return to;
}
