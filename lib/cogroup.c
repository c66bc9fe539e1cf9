#include "cogroup.h"
#include "map.h"

struct group {				/* of a key, as they came */
	struct join_row *first[2], *last[2];
	struct join_row *fresh[2];	/* from here on they have not been saved */
};

void
cogroup_init(struct cogroup *c)
{
	c->T = INT64_MIN;
	table_init(&c->table, sizeof(struct group));
}

static void
group_add(struct group *g, size_t side, struct join_row *row)
{
	*(g->last[side] != NULL ? &g->last[side]->link : &g->first[side]) = row;
	g->last[side] = row;
}

static void
cogroup_keep(struct cogroup *c, size_t side, struct rec *r, struct field key,
    struct span w)
{
	struct pane *p = table_pane(&c->table, w);
	struct map_ent *e = map_get(&p->map, key.s, key.n);
	struct group *g = map_own(e);
	struct join_row *row = join_keep(c->join, side, r, &p->map.arena);

	group_add(g, side, row);
	if (!c->tracks)
		return;
	table_touch(&c->table, p, e);
	if (g->fresh[side] == NULL)
		g->fresh[side] = row;
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

static void
rows_save(const struct cogroup *c, const struct map_ent *e, size_t side,
    const struct join_row *row, struct snap *s)
{
	for (; row != NULL; row = row->link) {
		snap_rec(s, side == 0 ? "left" : "right");
		key_save(&c->join->side[0].key,
		    (struct field){ e->key, e->n }, s);
		join_saverow(c->join, side, row, s);
	}
}

static void
pane_save(const struct cogroup *c, struct pane *p, struct snap *s)
{
	size_t i, side, n = s->whole ? p->map.n : p->ntouched;
	struct map_ent *e;
	struct group *g;

	snap_rec(s, "window");
	snap_int(s, p->w.start);
	snap_int(s, p->w.end);
	for (i = 0; i < n; i++) {
		e = map_at(&p->map, s->whole ? i : p->touched[i]);
		g = map_own(e);
		for (side = 0; side < 2; side++) {
			rows_save(c, e, side, s->whole ? g->first[side] :
			    g->fresh[side], s);
			g->fresh[side] = NULL;
		}
	}
}

void
cogroup_save(struct cogroup *c, struct snap *s)
{
	struct table *t = &c->table;
	size_t i;

	snap_rec(s, "time");
	snap_int(s, c->T);
	table_order(t);
	if (s->whole)
		for (i = t->first; i < t->n; i++)
			pane_save(c, t->v[i], s);
	else
		for (i = 0; i < t->ntouched; i++)
			pane_save(c, t->touched[i], s);
	table_calm(t);
	c->tracks = true;
}

static void
cogroup_loadrow(struct cogroup *c, size_t side, const struct rec *r)
{
	const struct key *k = &c->join->side[0].key;
	struct field key = key_load(k, r, 1);
	struct pane *p = c->into;

	if (p == NULL)
		snap_bad(r);
	group_add(map_own(map_get(&p->map, key.s, key.n)), side,
	    join_loadrow(c->join, side, r, 1 + k->n, 0, &p->map.arena));
}

bool
cogroup_load(struct cogroup *c, const struct rec *r)
{
	const struct join *j = c->join;
	struct table *t = &c->table;
	size_t nkey = j->side[0].key.n;

	if (r == NULL) {
		/* those that have fired since they were saved */
		while (t->first < t->n && t->v[t->first]->w.end <= c->T)
			table_drop(t);
		c->tracks = true;
	} else if (snap_is(r, "left", nkey + j->side[0].ncol)) {
		cogroup_loadrow(c, 0, r);
	} else if (snap_is(r, "right", nkey + j->side[1].ncol)) {
		cogroup_loadrow(c, 1, r);
	} else if (snap_is(r, "window", 2)) {
		c->into = table_pane(t, (struct span){ snap_getint(r, 1),
		    snap_getint(r, 2) });
	} else if (snap_is(r, "time", 1)) {
		c->T = snap_getint(r, 1);
	} else {
		return false;
	}
	return true;
}
