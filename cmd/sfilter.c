/* sfilter - keep the records for which an expression is true */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "expr.h"
#include "op.h"

#define SHORT 128		/* bytes of a line that is copied in any case */

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

/*
 * Every line is copied and only then kept or not: whether it is cannot be
 * foretold, and a wrong guess costs more than a short copy.
 */
static ptrdiff_t
sfilter_text(void *st, struct rec *r, char *to)
{
	struct sfilter *s = st;
	struct field f = rec_line(r);
	size_t i;
	bool keep;

	if (f.n >= SHORT)
		return -1;
	keep = expr_true(s->expr, r);
	s->kept |= keep;
	s->cut |= !keep;
	for (i = 0; i <= f.n; i += 16)
		memcpy(to + i, f.s + i, 16);
	return keep ? (ptrdiff_t)f.n + 1 : 0;
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
	.text = sfilter_text,
	.epoch = sfilter_epoch,
};

int
main(int argc, char **argv)
{
	return run(&sfilter_op, argc, argv);
}
