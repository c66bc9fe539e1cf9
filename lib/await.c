#include "await.h"

static bool
awaited_before(const struct awaited *a, const struct awaited *b)
{
	return a->time < b->time || (a->time == b->time && a->seq < b->seq);
}

struct held *
await_add(struct await *q, struct rec *r, size_t own)
{
	struct held *d = hold_copy(&q->hold, r, own);
	struct awaited *v;
	size_t i, up;

	if (q->n == q->cap) {
		q->cap = q->cap ? 2 * q->cap : 64;
		q->v = mem_grow(q->v, q->cap, sizeof *q->v);
	}
	v = q->v;
	/* of equal times the one that came first is above */
	for (i = q->n++; i > 0; i = up) {
		up = (i - 1) / 2;
		if (v[up].time <= d->time)
			break;
		v[i] = v[up];
	}
	v[i] = (struct awaited){ d->time, q->seq++, d };
	return d;
}

struct held *
await_next(struct await *q, int64_t T)
{
	struct awaited *v = q->v, last;
	struct held *d;
	size_t i, k;

	if (q->n == 0 || v[0].time >= T)
		return NULL;
	d = v[0].d;
	last = v[--q->n];
	for (i = 0; (k = 2 * i + 1) < q->n; i = k) {
		if (k + 1 < q->n && awaited_before(&v[k + 1], &v[k]))
			k++;
		if (awaited_before(&last, &v[k]))
			break;
		v[i] = v[k];
	}
	v[i] = last;
	return d;
}
