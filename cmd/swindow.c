/* swindow - declares the windows of a stream */
#include <err.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "dur.h"
#include "num.h"
#include "op.h"
#include "win.h"

struct swindow {
	struct window window;
	bool columns;			/* -c */
	size_t start, end;		/* their columns in the output, with -c */
	size_t *from;			/* input columns by output column */
	size_t nf;
	struct field *f;
	char text[2][NUM_INTLEN];
};

extern const struct op swindow_op;

/* 0; -1: not a duration of more than nothing. */
static int
size_parse(const char *s, int64_t *ms)
{
	if (dur_parse(s, ms) == 0 && *ms > 0)
		return 0;
	warnx("not a duration of more than 0, such as 5m: %s",
	    show(s, strlen(s)));
	return -1;
}

static int
count_parse(const char *s, int64_t *n)
{
	if (num_int(s, strlen(s), n) == 0 && *n > 0 && *n <= TIME_LIMIT)
		return 0;
	warnx("not a number of records of at least 1: %s", show(s, strlen(s)));
	return -1;
}

/* SIZE [SLIDE] */
static int
swindow_sizes(struct window *w, int argc, char **argv)
{
	if (argc < 1 || argc > 2 || size_parse(argv[0], &w->size) < 0)
		return -1;
	w->slide = w->size;
	if (argc == 2 && size_parse(argv[1], &w->slide) < 0)
		return -1;
	w->kind = w->slide == w->size ? WINDOW_TUMBLING : WINDOW_SLIDING;
	return 0;
}

/* -r N [SLIDE], -g GAP: nothing else goes with them but the slide. */
static int
swindow_others(struct window *w, int argc, char **argv)
{
	if (w->gap > 0) {
		w->kind = WINDOW_SESSION;
		return w->size == 0 && argc == 0 ? 0 : -1;
	}
	w->kind = WINDOW_COUNT;
	w->slide = w->size;
	if (argc == 1)
		return count_parse(argv[0], &w->slide);
	return argc == 0 ? 0 : -1;
}

static void *
swindow_open(int argc, char **argv)
{
	struct swindow *s = mem_alloc(sizeof *s);
	struct window *w = &s->window;
	bool offset = false;
	int ch, k;

	while ((ch = opt_next(&swindow_op, argc, argv, "cg:o:r:")) != -1)
		switch (ch) {
		case 'c':
			s->columns = true;
			break;
		case 'g':
			if (size_parse(optarg, &w->gap) < 0)
				return NULL;
			break;
		case 'o':
			offset = true;
			if (dur_parse(optarg, &w->offset) == 0)
				break;
			warnx("-o: not a duration: %s",
			    show(optarg, strlen(optarg)));
			return NULL;
		case 'r':
			if (count_parse(optarg, &w->size) < 0)
				return NULL;
			break;
		default:
			return NULL;
		}
	argc -= optind;
	argv += optind;
	if (w->gap == 0 && w->size == 0)
		k = swindow_sizes(w, argc, argv);
	else if (s->columns || offset)
		k = -1;
	else
		k = swindow_others(w, argc, argv);
	return k < 0 ? NULL : s;
}

/* With -c the windows stand in two columns behind those of the input. */
static void
swindow_columns(struct swindow *s, const struct head *in, struct head *out)
{
	size_t i;

	head_clear(out);
	s->from = mem_grow(NULL, in->ncol + 2, sizeof *s->from);
	for (i = 1; i < in->ncol; i++)
		if (strcmp(in->col[i].name, "window_start") != 0 &&
		    strcmp(in->col[i].name, "window_end") != 0)
			s->from[head_add(out, in->col[i].name,
			    in->col[i].type)] = i;
	s->start = head_add(out, "window_start", TYPE_TIME);
	s->end = head_add(out, "window_end", TYPE_TIME);
	s->nf = out->ncol;
	s->f = mem_alloc(s->nf * sizeof *s->f);
	out->window = (struct window){ .kind = WINDOW_NONE };
}

static void
swindow_head(void *st, const struct head *in, struct head *out)
{
	struct swindow *s = st;

	if (in->mode != MODE_APPEND)
		errx(EXIT_BAD, "the stream is in %s mode: its rows change, "
		    "and have no place in windows", mode_name(in->mode));
	out->window = s->window;
	if (s->columns)
		swindow_columns(s, in, out);
}

static void
swindow_data(void *st, struct rec *r, struct next *nx)
{
	struct swindow *s = st;
	struct rec o = { .from = r->from, .timed = true };
	struct span w;
	size_t i;

	if (!s->columns) {
		emit(nx, r);
		return;
	}
	if (!win_rec(&s->window, r, &w)) {
		reject(nx);
		return;
	}
	for (i = 1; i < s->start; i++)
		s->f[i] = rec_field(r, s->from[i]);
	o.f = s->f;
	o.nf = s->nf;
	o.time = rec_time(r);
	do {
		s->f[s->start] = (struct field){ s->text[0],
		    num_putint(s->text[0], w.start) };
		s->f[s->end] = (struct field){ s->text[1],
		    num_putint(s->text[1], w.end) };
		emit(nx, &o);
	} while (win_next(&s->window, o.time, &w));
}

const struct op swindow_op = {
	.name = "swindow",
	.usage = "[-chVv] [-o offset] size [slide] | -g gap | -r count [slide]",
	.open = swindow_open,
	.head = swindow_head,
	.data = swindow_data,
};

int
main(int argc, char **argv)
{
	return run(&swindow_op, argc, argv);
}
