/* smatch - event patterns per key, as Flink CEP */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "await.h"
#include "die.h"
#include "dur.h"
#include "expr.h"
#include "fit.h"
#include "map.h"
#include "op.h"
#include "result.h"

struct smatch {
	const char *keys, *after, *pattern;	/* options */
	const struct head *in;
	struct stages stages;
	struct expr *where[STAGES_MOST];	/* NULL: any record */
	struct expr *until[STAGES_MOST];	/* NULL: none */
	struct key key;
	int64_t T;
	struct await await;
	struct map map;			/* key to struct track * */
	size_t limit;			/* entries, before idle ones go */
	struct matcher m;
	struct next *next;		/* while it runs */
	struct result result;
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
	s->pattern = argv[optind];
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

static void
smatch_found(void *arg, const struct track *t, const struct found *found)
{
	struct smatch *s = arg;
	struct rec r = result_row(&s->result, &s->m.steps, t, found);

	emit(s->next, &r);
}

static void
smatch_head(void *st, const struct head *in, struct head *out)
{
	struct smatch *s = st;
	size_t i;

	if (in->mode != MODE_APPEND)
		errx(EXIT_BAD, "the stream is in %s mode: its rows change, "
		    "and would be matched more than once", mode_name(in->mode));
	s->in = in;
	key_bind(&s->key, in, s->keys);
	for (i = 0; i < s->stages.n; i++) {
		smatch_bind(&s->stages.v[i], s->where[i], in);
		smatch_bind(&s->stages.v[i], s->until[i], in);
	}
	result_init(&s->result, &s->stages, &s->key, in, out);
	map_init(&s->map, sizeof(struct track *));
	s->limit = 1024;
	s->T = INT64_MIN;
	s->m.found = smatch_found;
	s->m.arg = s;
}

/* What can be wrong with a record is found now, while its place is known. */
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
	if (rec_time(r) > TIME_LIMIT - s->m.within)
		rec_bad(r, "the record's time-out is beyond what a time can "
		    "be");
	(void)key_text(&s->key, r);
	for (i = 0; i < s->stages.n; i++) {
		if (s->where[i] == NULL || expr_true(s->where[i], r))
			yes |= NFA_WHERE(i);
		if (s->until[i] != NULL && expr_true(s->until[i], r))
			yes |= NFA_UNTIL(i);
	}
	is = held_own(await_add(&s->await, r, sizeof *is));
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

/* The time that match_time gets: a record of time T may still come. */
static int64_t
smatch_now(int64_t T)
{
	return T == INT64_MAX ? T : T - 1;
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
	while ((d = await_next(&s->await, T)) != NULL) {
		r = hold_rec(&s->await.hold, d, s->result.nf);
		key = key_text(&s->key, &r);
		is = held_own(d);
		match_feed(&s->m, map_own(map_get(&s->map, key.s, key.n)), key,
		    &r, *is);
		hold_free(&s->await.hold, d);
		if (s->map.n >= s->limit)
			smatch_forget(s);
	}
	match_time(&s->m, smatch_now(T));
	return T;
}

static void
smatch_fits(void *st, struct snap *snap)
{
	const struct smatch *s = st;

	snap_fit(snap, "pattern", s->pattern);
	snap_fit(snap, "skip", s->after != NULL ? s->after : "none");
	fit_int(snap, "within", s->m.within);
	fit_key(snap, &s->key);
	fit_fields(snap, "fields", s->in);
}

static void
smatch_save(void *st, struct snap *snap)
{
	struct smatch *s = st;

	snap_rec(snap, "time");
	snap_int(snap, s->T);
	await_save(&s->await, snap, s->result.nf);
	match_save(&s->m, snap, &s->key, &s->map, s->result.nf);
}

static void
smatch_load(void *st, const struct rec *r)
{
	struct smatch *s = st;
	struct held *d;

	if (r == NULL) {
		while ((d = await_next(&s->await, s->T)) != NULL)
			hold_free(&s->await.hold, d);
		match_loaded(&s->m, s->T > INT64_MIN ? smatch_now(s->T) : s->T);
		smatch_forget(s);
	} else if (snap_is(r, "time", 1)) {
		s->T = snap_getint(r, 1);
	} else if (!await_load(&s->await, r, sizeof(uint64_t), s->result.nf) &&
	    !match_load(&s->m, r, &s->key, &s->map, s->result.nf)) {
		snap_bad(r);
	}
}

const struct op smatch_op = {
	.name = "smatch",
	.usage = "[-hVv] [-A skip] [-k names] [-L file] [-S dir] [-W within] "
	    "pattern",
	.late = true,
	.deltas = true,
	.open = smatch_open,
	.head = smatch_head,
	.data = smatch_data,
	.mark = smatch_mark,
	.fits = smatch_fits,
	.save = smatch_save,
	.load = smatch_load,
};

int
main(int argc, char **argv)
{
	return run(&smatch_op, argc, argv);
}
