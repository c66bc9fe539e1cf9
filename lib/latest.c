/* latest - of rows that replace one another, those that stand in the end */
#include <stdlib.h>
#include <string.h>

#include "die.h"
#include "latest.h"
#include "map.h"
#include "val.h"
#include "win.h"

struct place {				/* of a row */
	uint32_t key;			/* which one */
	struct span w;
	size_t i;			/* in order of arrival */
};

void
latest_bind(struct latest *l, const struct head *h)
{
	struct buf b = { 0 };
	ptrdiff_t start = head_find(h, "window_start");
	ptrdiff_t end = head_find(h, "window_end");
	size_t i, n = 0;

	for (i = 0; i < h->nkey; i++)
		n += strcmp(h->key[i], "window_start") == 0 ||
		    strcmp(h->key[i], "window_end") == 0;
	*l = (struct latest){ .nf = h->ncol };
	if (h->mode == MODE_REVISE && n == 2 && start > 0 && end > 0) {
		l->start = (size_t)start;
		l->end = (size_t)end;
	}
	for (i = 0; i < h->nkey; i++) {
		if (l->end > 0 && (strcmp(h->key[i], "window_start") == 0 ||
		    strcmp(h->key[i], "window_end") == 0))
			continue;
		if (b.n > 0)
			buf_addc(&b, ',');
		buf_adds(&b, h->key[i]);
	}
	n = b.n;
	buf_addc(&b, '\0');
	key_bind(&l->key, h, n > 0 ? b.s : NULL);
	buf_free(&b);
}

static int64_t
latest_time(struct rec *r, size_t col)
{
	struct field f = rec_field(r, col);
	int64_t t;

	if (val_time(f, &t) < 0)
		rec_bad(r, "a window of no time: \"%s\"", show(f.s, f.n));
	return t;
}

static struct span
latest_window(const struct latest *l, struct rec *r)
{
	if (l->end == 0)
		return (struct span){ 0, 1 };
	return (struct span){ latest_time(r, l->start),
	    latest_time(r, l->end) };
}

void
latest_check(struct latest *l, struct rec *r)
{
	(void)key_text(&l->key, r);
	(void)latest_window(l, r);
}

static int
place_cmp(const void *va, const void *vb)
{
	const struct place *a = va, *b = vb;

	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	if (a->w.start != b->w.start)
		return a->w.start < b->w.start ? -1 : 1;
	return (a->i < b->i) - (a->i > b->i);
}

/*
 * By key and start, the later row first.  What covers a row then stands before
 * it; covers: those rows that may, as they have begun and not ended.
 */
static void
places_judge(struct place *p, size_t n, struct held **v, struct hold *h)
{
	struct place **covers = mem_grow(NULL, n + 1, sizeof *covers);
	size_t i, k, ncover = 0;

	for (i = 0; i < n; i++) {
		while (ncover > 0 && (covers[ncover - 1]->key != p[i].key ||
		    covers[ncover - 1]->w.end <= p[i].w.start))
			ncover--;
		for (k = ncover; k > 0; k--)
			if (covers[k - 1]->i > p[i].i &&
			    covers[k - 1]->w.end >= p[i].w.end)
				break;
		if (k > 0) {
			hold_free(h, v[p[i].i]);
			v[p[i].i] = NULL;
		} else
			covers[ncover++] = &p[i];
	}
	free(covers);
}

size_t
latest_keep(struct latest *l, struct hold *h, struct held **v, size_t n)
{
	struct place *p = mem_grow(NULL, n + 1, sizeof *p);
	struct field key;
	size_t i, k = 0;
	struct map m;
	struct rec r;

	map_init(&m, 0);
	for (i = 0; i < n; i++) {
		r = hold_rec(h, v[i], l->nf);
		key = key_text(&l->key, &r);
		p[i].key = map_get(&m, key.s, key.n)->i;
		p[i].w = latest_window(l, &r);
		p[i].i = i;
	}
	map_free(&m);
	qsort(p, n, sizeof *p, place_cmp);
	places_judge(p, n, v, h);
	free(p);
	for (i = 0; i < n; i++)
		if (v[i] != NULL)
			v[k++] = v[i];
	return k;
}
