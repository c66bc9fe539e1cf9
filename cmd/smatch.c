/* smatch - event patterns per key, as Flink CEP */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "dur.h"
#include "enctext.h"
#include "expr.h"
#include "key.h"
#include "map.h"
#include "match.h"
#include "op.h"
#include "queue.h"

struct smatch {
	const char *keys, *after;	/* options */
	struct stages stages;
	struct expr *where[STAGES_MOST], *until[STAGES_MOST];	/* may be NULL */
	struct key key;
	const struct head *in;
	size_t *col;			/* what a stage shows of its records: columns but the key */
	size_t ncol;
	int64_t T;
	struct queue queue;
	struct map map;			/* key to struct track * */
	size_t limit;			/* entries, before idle ones are looked for */
	struct matcher m;
	struct next *next;		/* while it runs */
	struct field *cell, *f;		/* of a match's records; of the row */
	const struct step **step;
	size_t nstep, capstep, *at;	/* at: where the fields end that are in b */
	struct buf b, list;
};

extern const struct op smatch_op;

static struct expr *
smatch_expr(const char *stage, const char *text)
{
	struct buf why = { 0 };
	struct expr *e;

	if (text == NULL)
		return NULL;
	if ((e = expr_try(text, &why)) == NULL)
		errx(EXIT_USAGE, "stage %s: %.*s", stage, (int)why.n, why.s);
	return e;
}

static int
smatch_pattern(struct smatch *s, const char *text)
{
	const struct stage *g;
	const char *why;
	size_t i, at;

	if (stages_parse(&s->stages, text, s->m.within > 0, &why, &at) < 0)
		errx(EXIT_USAGE, "%s at column %zu of '%s'", why, at + 1,
		    show(text, strlen(text)));
	for (i = 0; i < s->stages.n; i++) {
		g = &s->stages.v[i];
		s->where[i] = smatch_expr(g->name, g->where);
		s->until[i] = smatch_expr(g->name, g->until);
	}
	nfa_build(&s->m.nfa, &s->stages);
	return 0;
}

/* -A next, past, first:STAGE or last:STAGE */
static int
smatch_skip(struct smatch *s, const char *text)
{
	const struct stage *g;
	const char *name = strchr(text, ':');

	if (strcmp(text, "next") == 0) {
		s->m.skip = SKIP_NEXT;
		return 0;
	}
	if (strcmp(text, "past") == 0) {
		s->m.skip = SKIP_PAST;
		return 0;
	}
	if (strncmp(text, "first:", 6) == 0) {
		s->m.skip = SKIP_FIRST;
	} else if (strncmp(text, "last:", 5) == 0) {
		s->m.skip = SKIP_LAST;
	} else {
		warnx("-A: not next, past, first:STAGE or last:STAGE: %s",
		    show(text, strlen(text)));
		return -1;
	}
	g = stages_find(&s->stages, name + 1);
	if (g == NULL || g->not) {
		warnx("-A: the pattern takes no records for a stage %s",
		    show(name + 1, strlen(name + 1)));
		return -1;
	}
	s->m.stage = (size_t)(g - s->stages.v);
	return 0;
}

static void *
smatch_open(int argc, char **argv)
{
	struct smatch *s = mem_alloc(sizeof *s);
	int ch;

	while ((ch = opt_next(&smatch_op, argc, argv, "A:k:W:")) != -1)
		switch (ch) {
		case 'A':
			s->after = optarg;
			break;
		case 'k':
			s->keys = optarg;
			break;
		case 'W':
			if (dur_parse(optarg, &s->m.within) == 0 &&
			    s->m.within > 0 && s->m.within < TIME_LIMIT)
				break;
			warnx("-W: not a duration such as 10s: %s",
			    show(optarg, strlen(optarg)));
			return NULL;
		default:
			return NULL;
		}
	if (optind != argc - 1 || smatch_pattern(s, argv[optind]) < 0 ||
	    (s->after != NULL && smatch_skip(s, s->after) < 0))
		return NULL;
	return s;
}

static void
smatch_bind(const struct stage *g, struct expr *e, const struct head *in)
{
	enum type type;

	if (e != NULL && (type = expr_bind(e, in)) != TYPE_BOOL)
		errx(EXIT_BAD, "stage %s: the condition is of type %s, not "
		    "bool: compare it, as in EXPR != 0", g->name,
		    type_name(type));
}

/* Keys, kind; then for each stage its columns: one record's, or lists. */
static void
smatch_columns(struct smatch *s, const struct head *in, struct head *out)
{
	const struct stage *g;
	struct buf name = { 0 };
	size_t i;

	head_clear(out);
	for (i = 0; i < s->key.n; i++)
		head_add(out, s->key.name[i], s->key.type[i]);
	head_add(out, "kind", TYPE_STR);
	for (g = s->stages.v; g < s->stages.v + s->stages.n; g++) {
		if (g->not)
			continue;
		for (i = 0; i < s->ncol + g->counted; i++) {
			name.n = 0;
			buf_adds(&name, g->name);
			buf_addc(&name, '_');
			buf_adds(&name, i == s->ncol ? "count" :
			    in->col[s->col[i]].name);
			buf_addc(&name, '\0');
			head_add(out, name.s, i == s->ncol ? TYPE_INT :
			    g->counted ? TYPE_STR : in->col[s->col[i]].type);
		}
	}
	buf_free(&name);
	s->f = mem_grow(NULL, out->ncol, sizeof *s->f);
	s->at = mem_grow(NULL, out->ncol + 1, sizeof *s->at);
}

/* The records of a match, first to last, and their fields. */
static void
smatch_steps(struct smatch *s, const struct step *last)
{
	size_t i, nf = s->in->ncol;
	const struct step *p;
	struct rec r;

	for (i = 0, p = last; p != NULL; p = p->prev)
		i++;
	if (i > s->capstep) {
		s->capstep = 2 * i;
		s->step = mem_grow(s->step, s->capstep, sizeof(struct step *));
		s->cell = mem_grow(s->cell, s->capstep * nf, sizeof *s->cell);
	}
	s->nstep = i;
	for (p = last; p != NULL; p = p->prev) {
		s->step[--i] = p;
		r = step_rec(&s->m.steps, p, nf);
		memcpy(s->cell + i * nf + 1, r.f + 1, (nf - 1) * sizeof *r.f);
	}
}

static void
smatch_bad(const struct smatch *s, size_t col, struct field f, int why)
{
	const struct column *c = &s->in->col[col];

	if (why == ENC_TYPE)
		errx(EXIT_BAD, "%s is not of type %s: \"%s\"", c->name,
		    type_name(c->type), show(f.s, f.n));
	errx(EXIT_BAD, "%s: %s, so it cannot stand in a list: \"%s\"", c->name,
	    why == ENC_UTF8 ? "not UTF-8" : "a broken escape",
	    show(f.s, f.n));
}

/* Appends a column of a stage's records as a JSON array. */
static void
smatch_list(struct smatch *s, size_t stage, size_t col)
{
	const struct column *c = &s->in->col[col];
	struct field f;
	size_t i;
	int k;

	s->list.n = 0;
	for (i = 0; i < s->nstep; i++) {
		if (s->step[i]->stage != stage)
			continue;
		buf_addc(&s->list, s->list.n == 0 ? '[' : ',');
		f = s->cell[i * s->in->ncol + col];
		if (col == 0)
			buf_addint(&s->list, s->step[i]->rec->time);
		else if (field_isnull(f))
			buf_adds(&s->list, "null");
		else if (c->type == TYPE_TIME)
			buf_add(&s->list, f.s, f.n);
		else if ((k = enc_value(&s->list, c->type, f)) < 0)
			smatch_bad(s, col, f, k);
	}
	if (s->list.n == 0)
		buf_addc(&s->list, '[');
	buf_addc(&s->list, ']');
	esc_add(&s->b, s->list.s, s->list.n);
}

static void
smatch_one(struct smatch *s, size_t stage, size_t col)
{
	struct field f = NULL_FIELD;
	size_t i;

	for (i = 0; i < s->nstep && s->step[i]->stage != stage; i++)
		;
	if (i < s->nstep && col == 0) {
		buf_addint(&s->b, s->step[i]->rec->time);
		return;
	}
	if (i < s->nstep)
		f = s->cell[i * s->in->ncol + col];
	buf_add(&s->b, f.s, f.n);
}

static int64_t
smatch_count(const struct smatch *s, size_t stage)
{
	int64_t n = 0;
	size_t i;

	for (i = 0; i < s->nstep; i++)
		n += s->step[i]->stage == stage;
	return n;
}

static void
smatch_found(void *arg, const struct track *t, const struct found *found)
{
	struct smatch *s = arg;
	struct rec r = { .f = s->f, .time = found->time, .timed = true };
	size_t i, k, n = s->key.n + 1;

	smatch_steps(s, found->last);
	key_split(&s->key, (struct field){ t->key, t->nkey }, s->f + 1);
	s->f[n++] = found->timeout ? (struct field){ "timeout", 7 } :
	    (struct field){ "match", 5 };
	s->b.n = 0;
	s->at[r.nf = n] = 0;
	for (i = 0; i < s->stages.n; i++) {
		const struct stage *g = &s->stages.v[i];

		for (k = 0; !g->not && k < s->ncol + g->counted; k++) {
			if (k == s->ncol)
				buf_addint(&s->b, smatch_count(s, i));
			else if (g->counted)
				smatch_list(s, i, s->col[k]);
			else
				smatch_one(s, i, s->col[k]);
			s->at[++r.nf] = s->b.n;
		}
	}
	for (; n < r.nf; n++)
		s->f[n] = (struct field){ s->b.s + s->at[n],
		    s->at[n + 1] - s->at[n] };
	emit(s->next, &r);
}

static void
smatch_head(void *st, const struct head *in, struct head *out)
{
	struct smatch *s = st;
	size_t i, k;

	if (in->mode != MODE_APPEND)
		errx(EXIT_BAD, "the stream is in %s mode: its rows change, "
		    "and would be matched more than once", mode_name(in->mode));
	key_bind(&s->key, in, s->keys);
	for (i = 0; i < s->stages.n; i++) {
		smatch_bind(&s->stages.v[i], s->where[i], in);
		smatch_bind(&s->stages.v[i], s->until[i], in);
	}
	s->in = in;
	s->col = mem_grow(NULL, in->ncol, sizeof *s->col);
	for (i = 0; i < in->ncol; i++) {
		for (k = 0; k < s->key.n && s->key.col[k] != i; k++)
			;
		if (k == s->key.n)
			s->col[s->ncol++] = i;
	}
	smatch_columns(s, in, out);
	map_init(&s->map, sizeof(struct track *));
	s->limit = 1024;
	s->T = INT64_MIN;
	s->m.found = smatch_found;
	s->m.arg = s;
}

/* What the record is to the pattern is asked now, while its place is known. */
static void
smatch_data(void *st, struct rec *r, struct next *next)
{
	struct smatch *s = st;
	uint64_t *is, yes = 0;
	size_t i;

	if (rec_time(r) < s->T) {
		drop_late(next, r);
		return;
	}
	for (i = 0; i < s->stages.n; i++) {
		if (s->where[i] == NULL || expr_true(s->where[i], r))
			yes |= NFA_WHERE(i);
		if (s->until[i] != NULL && expr_true(s->until[i], r))
			yes |= NFA_UNTIL(i);
	}
	is = held_own(queue_add(&s->queue, r, sizeof *is));
	*is = yes;
}

/* Keys that have begun nothing are not kept for ever. */
static void
smatch_forget(struct smatch *s)
{
	struct map old = s->map;
	struct map_ent *e;
	struct track **t, **to;
	size_t i;

	map_init(&s->map, sizeof(struct track *));
	for (i = 0; i < old.n; i++) {
		e = map_at(&old, i);
		t = map_own(e);
		if (*t == NULL)
			continue;
		to = map_own(map_get(&s->map, e->key, e->n));
		*to = *t;
		(*to)->home = to;
	}
	map_free(&old);
	s->limit = 1024 + 2 * s->map.n;
}

static int64_t
smatch_mark(void *st, int64_t T, struct next *next)
{
	struct smatch *s = st;
	const uint64_t *is;
	struct held *d;
	struct field key;
	struct rec r;

	s->T = T;
	s->next = next;
	while ((d = queue_next(&s->queue, T)) != NULL) {
		r = hold_rec(&s->queue.hold, d, s->in->ncol);
		key = key_text(&s->key, &r);
		is = held_own(d);
		match_feed(&s->m, map_own(map_get(&s->map, key.s, key.n)), key,
		    &r, *is);
		hold_free(&s->queue.hold, d);
		if (s->map.n >= s->limit)
			smatch_forget(s);
	}
	match_time(&s->m, T == INT64_MAX ? T : T - 1);
	return T;
}

const struct op smatch_op = {
	.name = "smatch",
	.usage = "[-hVv] [-A skip] [-k names] [-L file] [-W within] pattern",
	.late = true,
	.open = smatch_open,
	.head = smatch_head,
	.data = smatch_data,
	.mark = smatch_mark,
};

int
main(int argc, char **argv)
{
	return run(&smatch_op, argc, argv);
}
