/* sfilter - keep the records for which an expression is true */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bulk.h"
#include "die.h"
#include "direct.h"
#include "expr.h"
#include "op.h"

extern const struct op sfilter_op;

struct sfilter {
	struct expr *expr;
	const struct head *in;	/* while its columns are looked at */
	bool complete;		/* the stream's mode */
	bool kept, cut;		/* this epoch had such records */
	bool table;		/* an epoch before had some that passed */
};

static void *
sfilter_open(int argc, char **argv)
{
	struct sfilter *s;

	if (opt_next(&sfilter_op, argc, argv, "") != -1 || optind != argc - 1)
		return NULL;
	s = mem_alloc(sizeof *s);
	s->expr = expr_parse(argv[optind]);
	return s;
}

/*
 * A row that replaces another goes the same way as that one if only the key
 * decides.  The window columns of a revise stream change when sessions merge.
 */
static void
sfilter_column(void *st, size_t col)
{
	const struct head *h = ((struct sfilter *)st)->in;
	const char *name = h->col[col].name;
	size_t i;

	for (i = 0; i < h->nkey; i++)
		if (strcmp(h->key[i], name) == 0 &&
		    (h->mode != MODE_REVISE ||
		    (strcmp(name, "window_start") != 0 &&
		    strcmp(name, "window_end") != 0)))
			return;
	errx(EXIT_BAD, "%s does not stay the same in this stream of mode %s: "
	    "a dropped row would leave an older one in the table; "
	    "filter by key columns, before saggregate, or after -m append",
	    name, mode_name(h->mode));
}

static void
sfilter_head(void *st, const struct head *in, struct head *out)
{
	struct sfilter *s = st;
	enum type type = expr_bind(s->expr, in);

	(void)out;
	if (type == TYPE_STR)
		errx(EXIT_BAD, "the expression is a str, not a bool: "
		    "compare it, as in EXPR == 'text'");
	if (type != TYPE_BOOL)
		errx(EXIT_BAD, "the expression is of type %s, not bool: "
		    "compare it, as in EXPR != 0", type_name(type));
	s->complete = in->mode == MODE_COMPLETE;
	if (in->mode == MODE_UPDATE || in->mode == MODE_REVISE) {
		s->in = in;
		expr_columns(s->expr, sfilter_column, s);
	}
}

static void
sfilter_data(void *st, struct rec *r, struct next *next)
{
	struct sfilter *s = st;

	if (expr_true(s->expr, r)) {
		s->kept = true;
		emit(next, r);
	} else {
		s->cut = true;
		reject(next);
	}
}

static bool
sfilter_keep(struct sfilter *s, const struct bulk *b, const char *to)
{
	struct rec r = bulk_rec(b, to);

	return expr_true(s->expr, &r);
}

/*
 * Every line is copied and only then kept or not: whether it is cannot be
 * foretold, and a wrong guess costs more than a short copy.
 */
static char *
sfilter_bulk(void *st, struct bulk *bulk, char *to)
{
	struct sfilter *s = st;
	const struct range *range = expr_range(s->expr);
	struct range g = range != NULL ? *range : (struct range){ 0 };
	struct bulk b = *bulk;
	struct field f;
	bool keep;

	while (bulk_next(&b, to)) {
		if (range == NULL || !direct_range(&g, b.base, b.sep, &keep))
			keep = sfilter_keep(s, &b, to);
		f = bulk_line(&b);
		bulk_copy(to, f.s, f.n);
		to += keep ? f.n : 0;
		b.nput += keep;
	}
	s->kept |= b.nput > 0;
	s->cut |= b.nput < b.lf - b.first;
	*bulk = b;
	return to;
}

/* An epoch without records leaves a table as it was, so it cannot empty one. */
static void
sfilter_epoch(void *st, const char *id, struct next *next)
{
	struct sfilter *s = st;

	(void)id;
	(void)next;
	if (s->complete && s->table && s->cut && !s->kept)
		errx(EXIT_BAD, "the expression drops a whole table: "
		    "a stream of mode complete cannot say that it is empty");
	s->table |= s->kept;
	s->kept = s->cut = false;
}

const struct op sfilter_op = {
	.name = "sfilter",
	.usage = "[-hVv] expression",
	.open = sfilter_open,
	.head = sfilter_head,
	.data = sfilter_data,
	.bulk = sfilter_bulk,
	.epoch = sfilter_epoch,
};

int
main(int argc, char **argv)
{
	return run(&sfilter_op, argc, argv);
}
