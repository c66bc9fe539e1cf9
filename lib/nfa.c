/*
 * The automaton is built from the last stage to the first, as Flink's
 * NFACompiler does: the order of a state's edges decides in which order partial
 * matches are kept, and so which of them a skip strategy keeps.
 */
#include <stdlib.h>

#include "buf.h"
#include "nfa.h"

struct build {
	struct nfa *nfa;
	const struct stages *p;
	size_t i;			/* the stage that is being built */
	struct state *stop[STAGES_MOST];	/* of stages with a ! */
};

static const struct guard always;

static struct guard
guard_and(const struct guard *g, struct term t)
{
	struct guard to = { mem_grow(NULL, g->n + 1, sizeof t), g->n };
	size_t i;

	for (i = 0; i < g->n; i++)
		to.v[i] = g->v[i];
	to.v[to.n++] = t;
	return to;
}

static struct guard
guard_one(struct term t)
{
	return guard_and(&always, t);
}

static struct term
term_not(struct term t)
{
	t.inverse = !t.inverse;
	return t;
}

static struct state *
state_new(struct build *b, enum state_kind kind, size_t stage)
{
	struct nfa *a = b->nfa;
	struct state *s = mem_alloc(sizeof *s);

	s->kind = kind;
	s->i = a->n;
	s->stage = stage;
	if ((a->n & (a->n - 1)) == 0)	/* 0 or a power of two: full */
		a->v = mem_grow(a->v, a->n ? 2 * a->n : 1, sizeof *a->v);
	return a->v[a->n++] = s;
}

/* The guard is the edge's own from here on. */
static void
state_edge(struct state *s, enum action act, struct state *to, struct guard g)
{
	s->v = mem_grow(s->v, s->n + 1, sizeof *s->v);
	s->v[s->n++] = (struct edge){ act, to, g };
}

static struct term
stage_where(size_t i)
{
	return (struct term){ .yes = NFA_WHERE(i) };
}

static struct term
stage_until(size_t i)
{
	return (struct term){ .yes = NFA_UNTIL(i) };
}

static struct guard
stage_take(const struct build *b)
{
	struct term t = stage_where(b->i);

	if (b->p->v[b->i].until != NULL)
		t.no = NFA_UNTIL(b->i);
	return guard_one(t);
}

/*
 * Adds the edge by which a record is passed over, if any may be.  Within a loop
 * none is once `until' has come.
 */
static void
stage_ignore(const struct build *b, struct state *s, struct state *to,
    enum near near, bool inner)
{
	struct guard g = always, with;

	if (near == NEAR_LATER)
		g = guard_one(term_not(stage_where(b->i)));
	if (inner && b->p->v[b->i].until != NULL) {
		with = guard_and(&g, term_not(stage_until(b->i)));
		free(g.v);
		g = with;
	}
	state_edge(s, ACT_IGNORE, to, g);
}

static bool
is_never(const struct stage *g)		/* `; !' */
{
	return g->not && g->near != NEAR_NEXT;
}

/*
 * The stages with `; !' that hold before stage i: those right before it, also
 * across optional ones.  Calls back with each, the nearest first.
 */
static void
each_never(struct build *b, void (*each)(struct build *, size_t, void *),
    void *arg)
{
	const struct stage *g = b->p->v;
	size_t i;

	for (i = b->i; i > 0 && (g[i - 1].optional || is_never(&g[i - 1])); i--)
		if (is_never(&g[i - 1]))
			each(b, i - 1, arg);
}

static void
stop_at(struct build *b, size_t i, void *s)
{
	if (b->stop[i] == NULL) {
		b->stop[i] = state_new(b, STATE_STOP, i);
		state_edge(b->stop[i], ACT_IGNORE, b->stop[i], always);
	}
	state_edge(s, ACT_PROCEED, b->stop[i], guard_one(stage_where(i)));
}

static void
stop_before(struct build *b, struct state *s)
{
	each_never(b, stop_at, s);
}

static void
stop_after(struct build *b, struct state *s)	/* s: of a loop */
{
	if (b->i + 1 < b->p->n && is_never(&b->p->v[b->i + 1]))
		stop_at(b, b->i + 1, s);
}

static struct state *
state_copy(struct build *b, const struct state *s)
{
	struct state *to = state_new(b, s->kind, s->stage);
	size_t i, k;

	for (i = 0; i < s->n; i++) {
		const struct edge *e = &s->v[i];
		struct guard g = always;

		for (k = 0; k < e->guard.n; k++) {
			struct guard with = guard_and(&g, e->guard.v[k]);

			free(g.v);
			g = with;
		}
		state_edge(to, e->act, e->to == s ? to : e->to, g);
	}
	return to;
}

static void
mark_never(struct build *b, size_t i, void *mask)
{
	(void)b;
	*(uint64_t *)mask |= NFA_WHERE(i);
}

/* A copy of s without its ways to stop; and of all that it proceeds to. */
static struct state *
state_unstopped(struct build *b, const struct state *s, uint64_t never)
{
	struct state *to = state_copy(b, s);
	size_t i, k = 0;

	for (i = 0; i < to->n; i++) {
		struct edge *e = &to->v[i];

		if (e->act == ACT_PROCEED && e->to->kind == STATE_STOP &&
		    (never & NFA_WHERE(e->to->stage)) != 0) {
			free(e->guard.v);
			continue;
		}
		if (e->act == ACT_PROCEED && e->to->kind != STATE_STOP)
			e->to = state_unstopped(b, e->to, never);
		to->v[k++] = *e;
	}
	to->n = k;
	return to;
}

/*
 * Where a record of an optional stage leads: it ends what a `; !' before the
 * stage forbade.
 */
static struct state *
stage_after(struct build *b, struct state *sink)
{
	uint64_t never = 0;

	if (!b->p->v[b->i].optional)
		return sink;
	each_never(b, mark_never, &never);
	return never == 0 ? sink : state_unstopped(b, sink, never);
}

/* Out of s only with a record that is none for the greedy stage before. */
static void
state_yield(struct state *s, struct term take)
{
	struct guard g;
	size_t i;

	for (i = 0; i < s->n; i++) {
		g = guard_and(&s->v[i].guard, term_not(take));
		free(s->v[i].guard.v);
		s->v[i].guard = g;
	}
}

/* One record: then to sink; without it, if it is optional, to proceed. */
static struct state *
stage_single(struct build *b, struct state *sink, struct state *proceed,
    bool optional, enum near near, bool inner)
{
	const struct stage *g = &b->p->v[b->i];
	struct state *s = state_new(b, STATE_PLAIN, b->i);
	struct state *after = stage_after(b, sink), *pass = s;
	bool split = optional && g->greedy && g->until != NULL &&
	    proceed->twin != NULL;

	state_edge(s, ACT_TAKE, after, stage_take(b));
	if (split)
		state_edge(s, ACT_PROCEED, proceed->twin,
		    guard_one(stage_until(b->i)));
	if (optional)
		state_edge(s, ACT_PROCEED, proceed, split ?
		    guard_one(term_not(stage_until(b->i))) : always);
	if (near == NEAR_NEXT)
		return s;
	if (optional) {
		/* once a record was passed over, the stage is waited for */
		pass = state_new(b, STATE_PLAIN, b->i);
		state_edge(pass, ACT_TAKE, after, stage_take(b));
		stage_ignore(b, pass, pass, near, inner);
		stop_before(b, pass);
	}
	stage_ignore(b, s, pass, near, inner);
	return s;
}

/* The last record of a loop, again and again. */
static struct state *
stage_loop(struct build *b, struct state *sink)
{
	const struct stage *g = &b->p->v[b->i];
	struct state *s = state_new(b, STATE_PLAIN, b->i), *pass;

	if (g->greedy && g->until != NULL) {
		sink->twin = state_copy(b, sink);
		state_edge(s, ACT_PROCEED, sink->twin,
		    guard_one(stage_until(b->i)));
		state_edge(s, ACT_PROCEED, sink,
		    guard_one(term_not(stage_until(b->i))));
	} else
		state_edge(s, ACT_PROCEED, sink, always);
	if (g->greedy)
		state_yield(sink, stage_where(b->i));
	state_edge(s, ACT_TAKE, s, stage_take(b));
	stop_after(b, s);
	if (g->inner == NEAR_NEXT)
		return s;
	pass = state_new(b, STATE_PLAIN, b->i);
	state_edge(pass, ACT_TAKE, s, stage_take(b));
	stage_ignore(b, pass, pass, g->inner, true);
	stage_ignore(b, s, pass, g->inner, true);
	stop_after(b, pass);
	return s;
}

/* The first min records of a loop, or min to max. */
static struct state *
stage_times(struct build *b, struct state *sink, struct state *proceed)
{
	const struct stage *g = &b->p->v[b->i];
	struct state *s = sink;
	int n;

	if (g->greedy && g->max > g->min)
		state_yield(sink, stage_where(b->i));
	for (n = g->min; n < g->max; n++) {
		s = stage_single(b, s, proceed, true, g->inner, true);
		stop_after(b, s);
	}
	for (n = 1; n < g->min; n++) {
		s = stage_single(b, s, NULL, false, g->inner, true);
		stop_after(b, s);
	}
	return stage_single(b, s, proceed, g->optional, g->near, false);
}

static struct state *
stage_build(struct build *b, struct state *sink)
{
	const struct stage *g = &b->p->v[b->i];
	struct state *s;

	if (!g->counted)
		s = stage_single(b, sink, sink, g->optional, g->near, false);
	else if (g->max == 0)
		s = stage_times(b, stage_loop(b, stage_after(b, sink)), sink);
	else
		s = stage_times(b, sink, sink);
	stop_before(b, s);
	return s;
}

/* `, !': the next record decides, and belongs to what follows. */
static struct state *
stage_notnext(struct build *b, struct state *sink)
{
	struct state *s = state_new(b, STATE_PLAIN, b->i);

	/* a record that only ends the pattern is not looked at further */
	state_edge(s, sink->kind == STATE_FINAL ? ACT_IGNORE : ACT_PROCEED,
	    sink, guard_one(term_not(stage_where(b->i))));
	stop_at(b, b->i, s);
	return s;
}

/* `; !' at the end: time decides. */
static struct state *
stage_never(struct build *b)
{
	struct state *s = state_new(b, STATE_PENDING, b->i);

	stop_at(b, b->i, s);
	stop_before(b, s);
	state_edge(s, ACT_IGNORE, s, guard_one(term_not(stage_where(b->i))));
	return s;
}

void
nfa_build(struct nfa *a, const struct stages *p)
{
	struct build b = { .nfa = a, .p = p };
	struct state *s;
	const struct stage *g;

	*a = (struct nfa){ .nstage = p->n };
	s = state_new(&b, STATE_FINAL, p->n);
	for (b.i = p->n; b.i-- > 0;) {
		g = &p->v[b.i];
		if (!is_never(g))
			s = g->not ? stage_notnext(&b, s) : stage_build(&b, s);
		else if (s->kind == STATE_FINAL)
			s = stage_never(&b);
		/* else what follows has its ways to stop */
	}
	s->kind = STATE_START;
	a->start = s;
}

void
nfa_free(struct nfa *a)
{
	size_t i, k;

	for (i = 0; i < a->n; i++) {
		for (k = 0; k < a->v[i]->n; k++)
			free(a->v[i]->v[k].guard.v);
		free(a->v[i]->v);
		free(a->v[i]);
	}
	free(a->v);
	*a = (struct nfa){ 0 };
}
