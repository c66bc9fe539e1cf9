/* sdedup - passes the first record of each key */
#include <err.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "due.h"
#include "dur.h"
#include "key.h"
#include "live.h"
#include "op.h"

struct sdedup {
	char *names;			/* of the key, separated by commas */
	int64_t horizon;		/* ms; -1: keys are never forgotten */
	struct key key;
	struct live seen;
	struct due due;			/* all in seen, if there is a horizon */
	int64_t T;
};

extern const struct op sdedup_op;

static void *
sdedup_open(int argc, char **argv)
{
	struct sdedup *s = mem_alloc(sizeof *s);
	struct buf b = { 0 };
	int ch;

	s->horizon = -1;
	while ((ch = opt_next(&sdedup_op, argc, argv, "W:")) != -1) {
		if (ch != 'W')
			return NULL;
		if (dur_parse(optarg, &s->horizon) < 0 || s->horizon < 0) {
			warnx("-W: not a horizon such as 10m: %s",
			    show(optarg, strlen(optarg)));
			return NULL;
		}
	}
	if (optind == argc)
		return NULL;
	for (; optind < argc; optind++) {
		if (b.n > 0)
			buf_addc(&b, ',');
		buf_adds(&b, argv[optind]);
	}
	buf_addc(&b, '\0');
	s->names = b.s;
	return s;
}

static void
sdedup_head(void *st, const struct head *in, struct head *out)
{
	struct sdedup *s = st;

	(void)out;
	if (in->mode != MODE_APPEND)
		errx(EXIT_BAD, "the stream is in %s mode: its rows change, "
		    "and only the first of each would pass",
		    mode_name(in->mode));
	key_bind(&s->key, in, s->names);
	live_init(&s->seen, 0);
	s->T = INT64_MIN;
}

static void
sdedup_data(void *st, struct rec *r, struct next *nx)
{
	struct sdedup *s = st;
	struct live_ent *e;
	struct field key;
	int64_t until;

	if (s->horizon >= 0 && rec_time(r) < s->T) {
		drop_late(nx, r);
		return;
	}
	key = key_text(&s->key, r);
	if (live_find(&s->seen, key) != NULL) {
		reject(nx);
		return;
	}
	e = live_add(&s->seen, key);
	if (s->horizon >= 0) {
		if (__builtin_add_overflow(rec_time(r), s->horizon, &until))
			until = INT64_MAX;
		due_add(&s->due, until, 0, e);
	}
	emit(nx, r);
}

static int64_t
sdedup_mark(void *st, int64_t T, struct next *nx)
{
	struct sdedup *s = st;
	struct wait *it;

	(void)nx;
	s->T = T;
	while ((it = due_first(&s->due)) != NULL && it->time < T) {
		live_drop(&s->seen, it->what);
		due_drop(&s->due);
	}
	return T;
}

const struct op sdedup_op = {
	.name = "sdedup",
	.usage = "[-hVv] [-L file] [-W horizon] name ...",
	.late = true,
	.open = sdedup_open,
	.head = sdedup_head,
	.data = sdedup_data,
	.mark = sdedup_mark,
};

int
main(int argc, char **argv)
{
	return run(&sdedup_op, argc, argv);
}
