#include "await.h"

struct held *
await_add(struct await *q, struct rec *r, size_t own)
{
	struct held *d = hold_copy(&q->hold, r, own);

	heap_push(&q->heap, d->time, d);
	return d;
}

struct held *
await_next(struct await *q, int64_t T)
{
	if (q->heap.n == 0 || q->heap.v[0].time >= T)
		return NULL;
	return heap_pop(&q->heap).what;
}

static void
await_put(struct await *q, const struct wait *w, struct snap *s, size_t nf)
{
	const struct held *d = w->what;
	struct rec r = hold_rec(&q->hold, d, nf);
	const int64_t *own = held_own(d);
	size_t i;

	snap_rec(s, "held");
	snap_int(s, (int64_t)w->seq);
	for (i = 0; i < d->own / sizeof *own; i++)
		snap_int(s, own[i]);
	snap_int(s, d->time);
	for (i = 1; i < nf; i++)
		snap_put(s, r.f[i]);
}

/* The heap is looked through for the new ones: a fraction of what writing all of it would take. */
void
await_save(struct await *q, struct snap *s, size_t nf)
{
	const struct heap *h = &q->heap;
	size_t i;

	for (i = 0; i < h->n; i++)
		if (s->whole || h->v[i].seq >= q->saved)
			await_put(q, &h->v[i], s, nf);
	q->saved = h->seq;
}

bool
await_load(struct await *q, const struct rec *r, size_t own, size_t nf)
{
	size_t at = 2 + own / sizeof(int64_t), i;
	struct held *d;
	struct field *f;
	int64_t *to;
	uint64_t seq;

	if (!snap_is(r, "held", at - 1 + nf))
		return false;
	f = hold_row(&q->hold, nf);
	for (i = 1; i < nf; i++)
		f[i] = snap_field(r, at + i);
	d = hold_copy(&q->hold, &(struct rec){ .f = f, .nf = nf,
	    .time = snap_getint(r, at), .timed = true }, own);
	to = held_own(d);
	for (i = 0; i < own / sizeof *to; i++)
		to[i] = snap_getint(r, 2 + i);
	seq = snap_getsize(r, 1);
	heap_add(&q->heap, (struct wait){ d->time, seq, d });
	if (q->heap.seq <= seq)
		q->heap.seq = seq + 1;
	q->saved = q->heap.seq;
	return true;
}
