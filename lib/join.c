#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"
#include "fit.h"
#include "join.h"
#include "map.h"

static const char *const kinds[] = {
	"inner", "left", "right", "full", "semi", "anti"
};
static const char *const extras[][2] = {
	[JOIN_TIMES] = { "left_time", "right_time" },
	[JOIN_WINDOW] = { "window_start", "window_end" },
};

int
join_parse(const char *s, enum join_kind *kind)
{
	size_t i;

	for (i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(s, kinds[i]) == 0) {
			*kind = (enum join_kind)i;
			return 0;
		}
	return -1;
}

static bool
is_key(const struct key *k, size_t col)
{
	size_t i;

	for (i = 0; i < k->n; i++)
		if (k->col[i] == col)
			return true;
	return false;
}

/* The keys of both sides, which must be there and mean the same. */
static void
join_bind(struct join *j, const struct head *left, const struct head *right,
    const char *keys, const char *const name[2])
{
	struct key *a = &j->side[0].key, *b = &j->side[1].key;
	const struct head *h[2] = { left, right };
	const char *s;
	char *one;
	size_t i, len;

	for (s = keys;; s += len + 1) {
		len = strcspn(s, ",");
		one = mem_copy(s, len);
		for (i = 0; i < 2; i++)
			(void)head_name(h[i], one, name[i]);
		free(one);
		if (s[len] == '\0')
			break;
	}
	key_bind(a, left, keys);
	key_bind(b, right, keys);
	for (i = 0; i < a->n; i++)
		if (a->type[i] != b->type[i])
			errx(EXIT_BAD, "-k %s: %s in %s, %s in %s: "
			    "they are compared as one type", a->name[i],
			    type_name(a->type[i]), name[0],
			    type_name(b->type[i]), name[1]);
}

static bool
is_extra(enum join_extra e, const char *name)
{
	return e != JOIN_NONE && (strcmp(name, extras[e][0]) == 0 ||
	    strcmp(name, extras[e][1]) == 0);
}

/* The columns of one side that go out, and all of them. */
static void
join_columns(struct join *j, size_t side, const struct head *in,
    const char *drop, enum join_extra e, struct head *out)
{
	struct join_side *s = &j->side[side];
	const char *name;
	struct buf b = { 0 };
	size_t i;

	s->col = mem_grow(NULL, in->ncol, sizeof *s->col);
	s->rest = mem_grow(NULL, in->ncol, sizeof *s->rest);
	s->ncol = s->nrest = 0;
	s->at = out->ncol;
	for (i = 1; i < in->ncol; i++) {
		name = in->col[i].name;
		if (is_key(&s->key, i))
			continue;
		s->rest[s->nrest++] = i;
		/* the join has these itself, of now */
		if (is_extra(e, name) ||
		    (drop != NULL && strcmp(name, drop) == 0) ||
		    (side == 1 && join_filters(j)))
			continue;
		s->col[s->ncol++] = i;
		b.n = 0;
		if (side == 1 && head_find(out, name) >= 0)
			buf_adds(&b, "right_");
		buf_add(&b, name, strlen(name) + 1);
		head_add(out, b.s, in->col[i].type);
	}
	buf_free(&b);
}

void
join_head(struct join *j, const struct head *left, const struct head *right,
    const char *keys, const char *drop, enum join_extra e,
    const char *const name[2], struct head *out)
{
	enum join_kind kind = j->kind;
	size_t i;

	if (e == JOIN_TIMES && join_filters(j))
		e = JOIN_NONE;	/* the row's time is the record's */
	join_bind(j, left, right, keys, name);
	for (i = 0; i < j->side[0].key.n; i++) {
		const char *key = j->side[0].key.name[i];

		if (is_extra(e, key))
			errx(EXIT_BAD, "-k %s: the join has a column of that "
			    "name", key);
		if (drop != NULL && strcmp(key, drop) == 0)
			errx(EXIT_BAD, "-k %s: that field tells the sides "
			    "apart", key);
		head_add(out, key, j->side[0].key.type[i]);
	}
	join_columns(j, 0, left, drop, e, out);
	join_columns(j, 1, right, drop, e, out);
	if (e != JOIN_NONE) {
		j->extra = out->ncol;
		head_add(out, extras[e][0], TYPE_TIME);
		head_add(out, extras[e][1], TYPE_TIME);
	}
	j->side[0].outer = kind == JOIN_LEFT || kind == JOIN_FULL ||
	    kind == JOIN_ANTI;
	j->side[1].outer = kind == JOIN_RIGHT || kind == JOIN_FULL;
	j->nf = out->ncol;
	j->f = mem_grow(NULL, j->nf + left->ncol + right->ncol, sizeof *j->f);
}

void
join_headlate(const struct join *j, const struct head *left,
    const struct head *right, struct head *out)
{
	const struct head *h[2] = { left, right };
	const struct key *k = &j->side[0].key;
	size_t i, s;

	head_clear(out);
	for (i = 0; i < k->n; i++)
		head_add(out, k->name[i], k->type[i]);
	for (s = 0; s < 2; s++)
		for (i = 0; i < j->side[s].nrest; i++) {
			const struct column *c = &h[s]->col[j->side[s].rest[i]];
			struct buf b = { 0 };

			if (s == 1 && head_find(out, c->name) >= 0)
				buf_adds(&b, "right_");
			buf_add(&b, c->name, strlen(c->name) + 1);
			head_add(out, b.s, c->type);
			buf_free(&b);
		}
	head_add(out, "side", TYPE_STR);
}

void
join_drop(struct join *j, size_t side, struct rec *r, struct field key,
    struct next *nx)
{
	struct rec out = { .f = j->f, .time = rec_time(r), .timed = true,
	    .from = r->from };
	size_t i, s, n = 1 + j->side[0].key.n;

	if (!j->wide) {
		drop_late(nx, r);
		return;
	}
	join_setkey(j, key);
	for (s = 0; s < 2; s++)
		for (i = 0; i < j->side[s].nrest; i++)
			j->f[n++] = s == side ?
			    rec_field(r, j->side[s].rest[i]) : NULL_FIELD;
	j->f[n++] = (struct field){ side == 0 ? "L" : "R", 1 };
	out.nf = n;
	drop_late(nx, &out);
}

bool
join_isnull(const struct join *j, struct field key)
{
	const char *p = key.s, *end = key.s + key.n, *tab;

	if (j->side[0].key.n == 1)
		return field_isnull(key);
	for (;; p = tab + 1) {
		if ((tab = memchr(p, '\t', (size_t)(end - p))) == NULL)
			tab = end;
		if (field_isnull((struct field){ p, (size_t)(tab - p) }))
			return true;
		if (tab == end)
			return false;
	}
}

struct join_row *
join_keep(const struct join *j, size_t side, struct rec *r, struct arena *a)
{
	const struct join_side *s = &j->side[side];
	struct join_row *row;
	struct field f;
	uint32_t n = 0;
	char *to;
	size_t i;

	for (i = 0; i < s->ncol; i++)
		n += (uint32_t)rec_field(r, s->col[i]).n;
	row = arena_alloc(a, sizeof *row + s->ncol * sizeof row->end[0] + n);
	row->link = NULL;
	row->time = rec_time(r);
	row->matched = false;
	to = (char *)&row->end[s->ncol];
	for (n = 0, i = 0; i < s->ncol; i++) {
		f = rec_field(r, s->col[i]);
		memcpy(to + n, f.s, f.n);
		n += (uint32_t)f.n;
		row->end[i] = n;
	}
	return row;
}

void
join_fits(const struct join *j, const struct head *left,
    const struct head *right, struct snap *s)
{
	snap_fit(s, "join", kinds[j->kind]);
	fit_key(s, &j->side[0].key);
	fit_columns(s, "left", left, j->side[0].col, j->side[0].ncol);
	fit_columns(s, "right", right, j->side[1].col, j->side[1].ncol);
}

void
join_saverow(const struct join *j, size_t side, const struct join_row *row,
    struct snap *s)
{
	size_t i, n = j->side[side].ncol;
	const char *text = (const char *)&row->end[n];
	uint32_t from = 0;

	for (i = 0; i < n; from = row->end[i++])
		snap_put(s, (struct field){ text + from, row->end[i] - from });
}

struct join_row *
join_loadrow(const struct join *j, size_t side, const struct rec *r, size_t at,
    int64_t time, struct arena *a)
{
	const struct join_side *s = &j->side[side];
	struct rec row = { .f = j->f, .time = time, .timed = true };
	size_t i;

	for (i = 0; i < s->ncol; i++)
		j->f[s->col[i]] = snap_field(r, at + i);
	return join_keep(j, side, &row, a);
}
