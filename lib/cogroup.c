#include "cogroup.h"
#include "map.h"

struct group { struct join_row *first[2], *last[2]; };	/* as they came */

void
cogroup_init(struct cogroup *c)
{
	c->T = INT64_MIN;
	table_init(&c->table, sizeof(struct group));
}

static void
cogroup_keep(struct cogroup *c, size_t side, struct rec *r, struct field key,
    struct span w)
{
	struct pane *p = table_pane(&c->table, w);
	struct map_ent *e = map_get(&p->map, key.s, key.n);
	struct group *g = map_own(e);
	struct join_row *row = join_keep(c->join, side, r, &p->map.arena);

	*(g->last[side] != NULL ? &g->last[side]->link : &g->first[side]) = row;
	g->last[side] = row;
}

void
cogroup_data(struct cogroup *c, size_t side, struct rec *r, struct next *nx)
{
	struct join *j = c->join;
	struct field key = key_text(&j->side[side].key, r);
	struct span w;
	bool late = true;

	if (!win_rec(&c->window, r, &w)) {
		/* late by its own time, as in saggregate */
		if (rec_time(r) < c->T)
			join_drop(j, side, r, key, nx);
		else
			reject(nx);
		return;
	}
	do {
		if (w.end <= c->T)
			continue;
		if (late && !j->side[side].outer && join_isnull(j, key)) {
			reject(nx);
			return;
		}
		late = false;
		cogroup_keep(c, side, r, key, w);
	} while (win_next(&c->window, rec_time(r), &w));
	if (late)
		join_drop(j, side, r, key, nx);
}

/* The rows of one side alone. */
static void
group_alone(struct join *j, size_t side, const struct join_row *row,
    int64_t time, struct next *nx)
{
	join_setnone(j, !side);
	for (; row != NULL; row = row->link) {
		join_setrow(j, side, row);
		join_emit(j, time, nx);
	}
}

static void
group_fire(struct join *j, const struct group *g, bool null, int64_t time,
    struct next *nx)
{
	const struct join_row *l = g->first[0], *r = g->first[1];
	bool both = l != NULL && r != NULL && !null;

	if (j->kind == JOIN_SEMI) {
		if (both)
			group_alone(j, 0, l, time, nx);
		return;
	}
	if (!both) {
		if (j->side[0].outer)
			group_alone(j, 0, l, time, nx);
		if (j->side[1].outer)
			group_alone(j, 1, r, time, nx);
		return;
	}
	if (j->kind == JOIN_ANTI)
		return;
	for (; l != NULL; l = l->link) {
		join_setrow(j, 0, l);
		for (r = g->first[1]; r != NULL; r = r->link) {
			join_setrow(j, 1, r);
			join_emit(j, time, nx);
		}
	}
}

static void
cogroup_fire(struct cogroup *c, const struct pane *p, struct next *nx)
{
	struct join *j = c->join;
	const struct map_ent *e;
	struct field key;
	size_t i;

	join_setextra(j, 0, p->w.start);
	join_setextra(j, 1, p->w.end);
	for (i = 0; i < p->map.n; i++) {
		e = map_at(&p->map, i);
		key = (struct field){ e->key, e->n };
		join_setkey(j, key);
		group_fire(j, map_own(map_at(&p->map, i)), join_isnull(j, key),
		    p->w.end - 1, nx);
	}
}

int64_t
cogroup_mark(struct cogroup *c, int64_t T, struct next *nx)
{
	struct table *t = &c->table;

	c->T = T;
	while (t->first < t->n && t->v[t->first]->w.end <= T) {
		cogroup_fire(c, t->v[t->first], nx);
		table_drop(t);
	}
	return T;
}
