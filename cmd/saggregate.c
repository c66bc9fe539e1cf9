/* saggregate - aggregates per key and window */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "dur.h"
#include "op.h"
#include "rows.h"
#include "win.h"

struct saggregate {
	const char *keys;
	int64_t lateness;		/* -1: not given */
	struct rows rows;
};

extern const struct op saggregate_op;

static int
when_parse(const char *s, enum rows_when *when)
{
	size_t i;

	for (i = 0; i < ROWS_WHENS; i++)
		if (strcmp(s, rows_whens[i]) == 0)
			return *when = (enum rows_when)i, 0;
	warnx("-m: no mode %s, there are: append update complete each",
	    show(s, strlen(s)));
	return -1;
}

static void *
saggregate_open(int argc, char **argv)
{
	struct saggregate *a = mem_alloc(sizeof *a);
	int ch;

	a->lateness = -1;
	while ((ch = opt_next(&saggregate_op, argc, argv, "k:m:l:")) != -1)
		switch (ch) {
		case 'k':
			a->keys = optarg;
			break;
		case 'm':
			if (when_parse(optarg, &a->rows.when) < 0)
				return NULL;
			break;
		case 'l':
			if (dur_parse(optarg, &a->lateness) == 0 &&
			    a->lateness >= 0)
				break;
			warnx("-l: not a lateness such as 10s: %s",
			    show(optarg, strlen(optarg)));
			return NULL;
		default:
			return NULL;
		}
	if (optind == argc)
		return NULL;
	if (a->lateness >= 0 && (a->rows.when == ROWS_COMPLETE ||
	    a->rows.when == ROWS_EACH)) {
		warnx("-l: nothing is late with -m %s", rows_whens[a->rows.when]);
		return NULL;
	}
	aggs_parse(&a->rows.aggs, argv + optind, (size_t)(argc - optind));
	return a;
}

/* What cannot be done, rather than done wrong. */
static void
saggregate_check(const struct saggregate *a, const struct head *in)
{
	if (in->mode != MODE_APPEND)
		errx(EXIT_BAD, "the stream is in %s mode: its rows change, "
		    "and would be counted more than once", mode_name(in->mode));
	if (in->window.kind == WINDOW_COUNT && a->rows.when != ROWS_APPEND)
		errx(EXIT_BAD, "-m %s: count windows have rows only when they "
		    "are full", rows_whens[a->rows.when]);
	if (in->window.kind == WINDOW_SESSION && a->rows.when == ROWS_UPDATE)
		errx(EXIT_BAD, "-m update: sessions merge, so their rows "
		    "cannot be replaced; use append or complete");
	if (a->lateness >= 0 && !win_timed(&in->window))
		errx(EXIT_BAD, "-l: the stream has no windows of time: "
		    "put swindow before");
}

static void
saggregate_columns(struct saggregate *a, const struct head *in,
    struct head *out)
{
	static const enum mode modes[] = { MODE_APPEND, MODE_UPDATE,
	    MODE_COMPLETE, MODE_UPDATE };
	enum mode mode = modes[a->rows.when];
	const char **names;
	size_t i, nkey;

	head_clear(out);
	for (i = 0; i < a->rows.key.n; i++) {
		if (win_timed(&in->window) &&
		    (strcmp(a->rows.key.name[i], "window_start") == 0 ||
		    strcmp(a->rows.key.name[i], "window_end") == 0))
			errx(EXIT_BAD, "-k %s: the window has a column of "
			    "that name", a->rows.key.name[i]);
		head_add(out, a->rows.key.name[i], a->rows.key.type[i]);
	}
	if (win_timed(&in->window)) {
		head_add(out, "window_start", TYPE_TIME);
		head_add(out, "window_end", TYPE_TIME);
	}
	nkey = out->ncol - 1;
	aggs_head(&a->rows.aggs, out);
	out->window = (struct window){ .kind = WINDOW_NONE };
	if (a->lateness > 0)
		mode = MODE_UPDATE;
	if (mode == MODE_UPDATE && in->window.kind == WINDOW_SESSION)
		mode = MODE_REVISE;
	names = mem_grow(NULL, nkey, sizeof *names);
	for (i = 0; i < nkey; i++)
		names[i] = out->col[i + 1].name;
	head_setkey(out, mode, names, mode == MODE_APPEND ? 0 : nkey);
	free(names);
}

static void
saggregate_head(void *st, const struct head *in, struct head *out)
{
	struct saggregate *a = st;

	saggregate_check(a, in);
	key_bind(&a->rows.key, in, a->keys);
	aggs_bind(&a->rows.aggs, in);
	a->rows.window = in->window;
	a->rows.lateness = a->lateness > 0 ? a->lateness : 0;
	rows_init(&a->rows);
	saggregate_columns(a, in, out);
}

static void
saggregate_data(void *st, struct rec *r, struct next *nx)
{
	rows_data(&((struct saggregate *)st)->rows, r, nx);
}

static int64_t
saggregate_mark(void *st, int64_t T, struct next *nx)
{
	return rows_mark(&((struct saggregate *)st)->rows, T, nx);
}

static void
saggregate_epoch(void *st, const char *id, struct next *nx)
{
	(void)id;
	rows_epoch(&((struct saggregate *)st)->rows, nx);
}

static void
saggregate_fits(void *st, struct snap *snap)
{
	rows_fits(&((struct saggregate *)st)->rows, snap);
}

static void
saggregate_save(void *st, struct snap *snap)
{
	rows_save(&((struct saggregate *)st)->rows, snap);
}

static void
saggregate_load(void *st, const struct rec *r)
{
	rows_load(&((struct saggregate *)st)->rows, r);
}

static int64_t
saggregate_size(const void *st)
{
	return rows_size(&((const struct saggregate *)st)->rows);
}

const struct op saggregate_op = {
	.name = "saggregate",
	.usage = "[-hVv] [-k names] [-L file] [-l lateness] "
	    "[-m append|update|complete|each] [-S dir] aggregate ...",
	.late = true,
	.deltas = true,
	.open = saggregate_open,
	.head = saggregate_head,
	.data = saggregate_data,
	.mark = saggregate_mark,
	.epoch = saggregate_epoch,
	.fits = saggregate_fits,
	.save = saggregate_save,
	.load = saggregate_load,
	.size = saggregate_size,
};

int
main(int argc, char **argv)
{
	return run(&saggregate_op, argc, argv);
}
