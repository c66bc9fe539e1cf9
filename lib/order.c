/* order - records sorted by typed fields; see ssort(1) */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"
#include "num.h"
#include "order.h"
#include "val.h"

#define FEW 8		/* up to so many are sorted by insertion */

/* What is known of a field at arrival, so that sorting parses nothing. */
struct rank {
	uint64_t u;		/* orders values; texts by 8 bytes only */
	uint32_t at, n;		/* a text in held_fields */
	bool value;		/* not null */
	bool whole;		/* u is all of the text: there are no NULs in it */
};

void
order_parse(struct order *o, char *const *specs, size_t n)
{
	const char *colon;
	size_t i;

	*o = (struct order){ .n = n };
	o->v = mem_alloc(n * sizeof *o->v);
	for (i = 0; i < n; i++) {
		if ((colon = strchr(specs[i], ':')) == NULL) {
			o->v[i].name = mem_copy(specs[i], strlen(specs[i]));
			continue;
		}
		if (strcmp(colon, ":desc") != 0)
			errx(EXIT_USAGE, "%s: only :desc may follow a field",
			    show(specs[i], strlen(specs[i])));
		o->v[i].name = mem_copy(specs[i], (size_t)(colon - specs[i]));
		o->v[i].desc = true;
	}
}

void
order_bind(struct order *o, const struct head *h)
{
	struct by *by;

	for (by = o->v; by < o->v + o->n; by++) {
		by->col = head_name(h, by->name, NULL);
		by->type = h->col[by->col].type;
	}
}

static _Noreturn void
by_bad(const struct by *by, const struct rec *r, struct field f)
{
	rec_bad(r, "%s is not of type %s: \"%s\"", by->name,
	    type_name(by->type), show(f.s, f.n));
}

static uint64_t
int_rank(int64_t v)
{
	return (uint64_t)v ^ (uint64_t)1 << 63;
}

/* IEEE doubles order as their bits do, once negative ones are inverted. */
static uint64_t
float_rank(double v)
{
	uint64_t u;

	if (v != v)
		return UINT64_MAX;
	if (v == 0)
		v = 0;		/* not -0 */
	memcpy(&u, &v, sizeof u);
	return u >> 63 ? ~u : u | (uint64_t)1 << 63;
}

static uint64_t
text_rank(struct order *o, const struct by *by, const struct rec *r,
    struct field f, bool *whole)
{
	struct field raw;
	uint64_t u = 0;
	size_t i;

	o->tmp.n = 0;
	if (esc_undo(f, &o->tmp, &raw) < 0)
		by_bad(by, r, f);
	for (i = 0; i < 8; i++)
		u = u << 8 | (i < raw.n ? (unsigned char)raw.s[i] : 0);
	*whole = raw.n <= 8;
	return u;
}

static uint64_t
by_rank(struct order *o, const struct by *by, struct rec *r, struct field f,
    bool *whole)
{
	int64_t v;
	double d;
	bool b;

	switch (by->type) {
	case TYPE_STR:
		return text_rank(o, by, r, f, whole);
	case TYPE_FLOAT:
		if (val_float(f, &d) < 0)
			by_bad(by, r, f);
		return float_rank(d);
	case TYPE_BOOL:
		if (val_bool(f, &b) < 0)
			by_bad(by, r, f);
		return b;
	default:
		if (val_int(f, &v) < 0)
			by_bad(by, r, f);
		return int_rank(v);
	}
}

struct held *
order_hold(struct order *o, struct hold *h, struct rec *r)
{
	struct held *d = hold_copy(h, r, o->n * sizeof(struct rank));
	struct rec copy = hold_rec(h, d, r->nf);
	struct rank *m = held_own(d);
	const struct by *by;
	struct field f;
	size_t i;

	copy.from = r->from;
	for (i = 0; i < o->n; i++) {
		by = &o->v[i];
		m[i] = (struct rank){ .value = true };
		if (by->col == 0) {
			m[i].u = int_rank(d->time);
			continue;
		}
		f = rec_field(&copy, by->col);
		if (field_isnull(f)) {
			m[i].value = false;
			continue;
		}
		if (f.n > UINT32_MAX || d->n > UINT32_MAX)
			rec_bad(r, "a record of more than 4 GiB");
		m[i].u = by_rank(o, by, &copy, f, &m[i].whole);
		m[i].at = (uint32_t)(f.s - held_fields(d));
		m[i].n = (uint32_t)f.n;
	}
	return d;
}

static int
rank_cmp(enum type type, const struct held *da, const struct rank *a,
    const struct held *db, const struct rank *b)
{
	if (a->value != b->value)
		return a->value - b->value;
	if (a->u != b->u)
		return a->u < b->u ? -1 : 1;
	if (type != TYPE_STR || !a->value || (a->whole && b->whole))
		return 0;
	return val_cmp(TYPE_STR,
	    (struct field){ held_fields(da) + a->at, a->n },
	    (struct field){ held_fields(db) + b->at, b->n });
}

static bool
held_after(const struct order *o, const struct held *da, const struct held *db)
{
	const struct rank *a = held_own(da), *b = held_own(db);
	size_t i;
	int c;

	for (i = 0; i < o->n; i++)
		if ((c = rank_cmp(o->v[i].type, da, &a[i], db, &b[i])) != 0)
			return o->v[i].desc ? c < 0 : c > 0;
	return false;
}

/* A merge sort; what is in order already costs one comparison a merge. */
static void
held_sort(const struct order *o, struct held **v, struct held **room, size_t n)
{
	size_t half = n / 2, i, j, k;
	struct held *d;

	if (n <= FEW) {
		for (i = 1; i < n; i++) {
			d = v[i];
			for (j = i; j > 0 && held_after(o, v[j - 1], d); j--)
				v[j] = v[j - 1];
			v[j] = d;
		}
		return;
	}
	held_sort(o, v, room, half);
	held_sort(o, v + half, room, n - half);
	if (!held_after(o, v[half - 1], v[half]))
		return;
	memcpy(room, v, half * sizeof(struct held *));
	for (i = 0, j = half, k = 0; i < half; k++)
		v[k] = j == n || !held_after(o, room[i], v[j]) ?
		    room[i++] : v[j++];
}

void
order_sort(struct order *o, struct held **v, size_t n)
{
	if (o->nroom < n / 2) {
		o->nroom = n / 2;
		o->room = mem_grow(o->room, o->nroom, sizeof(struct held *));
	}
	held_sort(o, v, o->room, n);
}
