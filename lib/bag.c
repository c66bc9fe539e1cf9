#include <err.h>
#include <string.h>

#include "bag.h"
#include "die.h"
#include "xxh.h"

#define FIRST_ITEMS 4
#define FIRST_ROOM 32

/* Room grows by doubling, so that what is left behind is at most as much. */
static void *
grow(const void *old, size_t used, size_t size, struct arena *ar)
{
	void *p = arena_alloc(ar, size);

	if (used > 0)
		memcpy(p, old, used);
	return p;
}

static void
bag_fit(struct bag *b, size_t items, size_t bytes, struct arena *ar)
{
	if (b->n + items > b->cap) {
		b->cap = b->cap > 0 ? 2 * b->cap : FIRST_ITEMS;
		if (b->cap < b->n + items)
			b->cap = b->n + items;
		b->item = grow(b->item, b->n * sizeof *b->item,
		    b->cap * sizeof *b->item, ar);
	}
	if (b->s == NULL || b->len + bytes > b->room) {
		b->room = b->room > 0 ? 2 * b->room : FIRST_ROOM;
		if (b->room < b->len + bytes)
			b->room = b->len + bytes;
		b->s = grow(b->s, b->len, b->room, ar);
	}
}

static void
bag_add(struct bag *b, struct field f, int64_t seq, uint32_t hash,
    struct arena *ar)
{
	if (b->n == UINT32_MAX - 1 || f.n > UINT32_MAX)
		errx(EXIT_BAD, "too many values, or one too long");
	bag_fit(b, 1, f.n, ar);
	if (f.n > 0)
		memcpy(b->s + b->len, f.s, f.n);
	b->item[b->n++] = (struct bag_item){ seq, b->len, (uint32_t)f.n, hash };
	b->len += f.n;
}

void
bag_append(struct bag *b, struct field f, int64_t seq, struct arena *ar)
{
	bag_add(b, f, seq, 0, ar);
}

/* The place where a text is or would be. */
static uint32_t *
bag_slot(const struct bag *b, struct field f, uint32_t hash)
{
	const struct bag_item *it;
	size_t p;

	for (p = hash & b->mask; b->slot[p] != 0; p = (p + 1) & b->mask) {
		it = &b->item[b->slot[p] - 1];
		if (it->hash == hash && it->n == f.n &&
		    memcmp(b->s + it->at, f.s, f.n) == 0)
			break;
	}
	return &b->slot[p];
}

static void
bag_rehash(struct bag *b, struct arena *ar)
{
	size_t i, p, size = b->slot != NULL ? 2 * (b->mask + 1) :
	    2 * FIRST_ITEMS;

	b->slot = arena_alloc(ar, size * sizeof *b->slot);
	memset(b->slot, 0, size * sizeof *b->slot);
	b->mask = size - 1;
	for (i = 0; i < b->n; i++) {
		p = b->item[i].hash & b->mask;
		while (b->slot[p] != 0)
			p = (p + 1) & b->mask;
		b->slot[p] = (uint32_t)i + 1;
	}
}

static void
bag_enter(struct bag *b, struct field f, uint32_t hash, struct arena *ar)
{
	uint32_t *slot;

	if (b->slot == NULL || b->n * 4 >= (b->mask + 1) * 3)
		bag_rehash(b, ar);
	slot = bag_slot(b, f, hash);
	if (*slot != 0)
		return;
	bag_add(b, f, 0, hash, ar);
	*slot = (uint32_t)b->n;
}

void
bag_put(struct bag *b, struct field f, struct arena *ar)
{
	bag_enter(b, f, (uint32_t)xxh64(f.s, f.n, 0), ar);
}

void
bag_put_all(struct bag *b, const struct bag *from, struct arena *ar)
{
	size_t i;

	b->kept = 0;
	for (i = 0; i < from->n; i++)
		bag_enter(b, bag_text(from, i), from->item[i].hash, ar);
}

void
bag_append_all(struct bag *b, const struct bag *from, struct arena *ar)
{
	size_t i = b->n, j = from->n;

	b->kept = 0;
	if (from->n == 0)
		return;
	if (from->n > UINT32_MAX - 1 - b->n)
		errx(EXIT_BAD, "too many values");
	bag_fit(b, from->n, from->len, ar);
	if (from->len > 0)
		memcpy(b->s + b->len, from->s, from->len);
	/* from the back, where there is room */
	while (j > 0) {
		if (i > 0 && b->item[i - 1].seq > from->item[j - 1].seq) {
			b->item[i + j - 1] = b->item[i - 1];
			i--;
		} else {
			b->item[i + j - 1] = from->item[j - 1];
			b->item[i + j - 1].at += b->len;
			j--;
		}
	}
	b->n += from->n;
	b->len += from->len;
}

void
bag_clear(struct bag *b)
{
	b->n = b->len = b->kept = 0;
	if (b->slot != NULL)
		memset(b->slot, 0, (b->mask + 1) * sizeof *b->slot);
}
