/* swrap - puts any program into the stream: records go through it, marks around it */
#include <err.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "die.h"
#include "op.h"
#include "owed.h"
#include "pump.h"
#include "spool.h"
#include "src.h"
#include "talk.h"

#define CHUNK (64 * 1024)	/* so much may wait for the command before records do */
#define PATIENCE 5000		/* ms that an answer may take at a barrier */

struct swrap {
	char **command;
	bool epochs;			/* -E */
	bool complete;			/* the mode is */
	struct talk talk;
	struct pump pump;
	struct owed owed;
	/* with -E */
	struct spool spool;
	int64_t most;			/* the largest time of the epoch */
	bool table;			/* an epoch before had rows */
};

extern const struct op swrap_op;

static void *
swrap_open(int argc, char **argv)
{
	struct swrap *s = mem_alloc(sizeof *s);
	int ch;

	while ((ch = opt_next(&swrap_op, argc, argv, "Ef:o:")) != -1)
		switch (ch) {
		case 'E': s->epochs = true; break;
		case 'f': s->talk.fields = optarg; break;
		case 'o': s->talk.names = optarg; break;
		default: return NULL;
		}
	if (optind == argc)
		return NULL;
	s->command = argv + optind;
	talk_check(&s->talk);
	return s;
}

static void
swrap_head(void *st, const struct head *in, struct head *out)
{
	struct swrap *s = st;

	if (in->mode == MODE_UPDATE || in->mode == MODE_REVISE)
		errx(EXIT_BAD, "the stream is in %s mode: a command could "
		    "change the keys by which rows are replaced",
		    mode_name(in->mode));
	s->complete = in->mode == MODE_COMPLETE;
	s->most = INT64_MIN;
	talk_bind(&s->talk, in, out);
	if (!s->epochs)
		pump_start(&s->pump, s->command);
}

/* All that was owed before the next answer can go on. */
static void
swrap_marks(struct swrap *s, struct next *nx)
{
	enum owed_kind k;
	struct due d;

	while ((k = owed_first(&s->owed, &d)) == OWED_MARK || k == OWED_LINE) {
		if (k == OWED_MARK)
			emit_mark(nx, d.time);
		else
			chain_line(nx, d.line, strlen(d.line));
		owed_drop(&s->owed);
	}
}

static void
swrap_emit(struct swrap *s, struct field f, int64_t time, struct next *nx)
{
	struct rec r;
	const char *why;

	if (talk_answer(&s->talk, f, &r, &why) < 0)
		errx(EXIT_BAD, "%s: answer %" PRId64 ": %s", s->command[0],
		    s->talk.nanswer, why);
	r.time = time;
	r.timed = true;
	emit(nx, &r);
}

static void
swrap_ended(struct swrap *s)
{
	char why[128];

	if (pump_wait(&s->pump, why, sizeof why) != 0)
		errx(EXIT_BAD, "%s: %s", s->command[0], why);
}

/* What has been answered; false: the command's output has ended. */
static bool
swrap_answers(struct swrap *s, struct next *nx)
{
	struct field f;
	struct due d;
	int k;

	while ((k = pump_answer(&s->pump, &f)) == 1) {
		if (owed_first(&s->owed, &d) == OWED_NONE)
			errx(EXIT_BAD, "%s: more answers than records: \"%s\"",
			    s->command[0], show(f.s, f.n));
		swrap_emit(s, f, d.time, nx);
		owed_drop(&s->owed);
		swrap_marks(s, nx);
	}
	return k == 0;
}

/* As swrap_answers, while there is more to send. */
static void
swrap_turn(struct swrap *s, struct next *nx)
{
	if (swrap_answers(s, nx))
		return;
	swrap_ended(s);
	errx(EXIT_BAD, "%s: it ended before its input did", s->command[0]);
}

static void
swrap_ready(void *st, struct next *nx)
{
	struct swrap *s = st;

	if (s->epochs)
		return;
	pump_move(&s->pump, 0);
	swrap_turn(s, nx);
}

static size_t
swrap_want(void *st, struct pollfd *p)
{
	struct swrap *s = st;

	return s->pump.from.buf == NULL || s->epochs ? 0 :
	    pump_want(&s->pump, p);
}

static void
swrap_data(void *st, struct rec *r, struct next *nx)
{
	struct swrap *s = st;
	struct field f = talk_line(&s->talk, r);
	int64_t time = rec_time(r);

	if (s->epochs) {
		spool_put(&s->spool, f.s, f.n);
		if (time > s->most)
			s->most = time;
		return;
	}
	pump_put(&s->pump, f.s, f.n);
	owed_add(&s->owed, OWED_REC, time);
	while (pump_left(&s->pump) >= CHUNK) {
		pump_move(&s->pump, -1);
		swrap_turn(s, nx);
	}
}

/* Nothing more is sent: all answers, and how the command ended. */
static void
swrap_finish(struct swrap *s, struct next *nx)
{
	pump_end(&s->pump);
	while (swrap_answers(s, nx))
		pump_move(&s->pump, -1);
	swrap_ended(s);
	if (s->owed.nrec > 0)
		errx(EXIT_BAD, "%s: fewer answers than records: "
		    "%zu are missing", s->command[0], s->owed.nrec);
}

static int64_t
swrap_mark(void *st, int64_t T, struct next *nx)
{
	struct swrap *s = st;

	if (T == INT64_MAX) {
		if (!s->epochs)
			swrap_finish(s, nx);
		return T;
	}
	if (!s->epochs && s->owed.n == 0)
		return T;
	owed_add(&s->owed, OWED_MARK, T);
	return INT64_MIN;
}

static void
swrap_line(void *st, const char *line, size_t n, struct next *nx)
{
	struct swrap *s = st;

	owed_addline(&s->owed, line, n);
	if (!s->epochs && s->owed.nrec == 0)
		swrap_marks(s, nx);
}

/* All that the epoch brought, through a command of its own. */
static void
swrap_run(struct swrap *s, int fd, struct next *nx)
{
	struct field f;
	int64_t n = s->talk.nanswer;
	int k;

	pump_run(&s->pump, s->command, fd);
	close(fd);
	while ((k = pump_answer(&s->pump, &f)) >= 0)
		if (k == 0)
			pump_move(&s->pump, -1);
		else
			swrap_emit(s, f, s->most, nx);
	swrap_ended(s);
	if (s->complete && s->table && s->talk.nanswer == n)
		errx(EXIT_BAD, "%s: no answer for a whole table: a stream of "
		    "mode complete cannot say that it is empty", s->command[0]);
	s->table |= s->talk.nanswer > n;
	s->most = INT64_MIN;
}

/* A barrier: all that is owed comes before it. */
static void
swrap_epoch(void *st, const char *id, struct next *nx)
{
	struct swrap *s = st;
	int64_t due = clock_ms() + PATIENCE, now;
	size_t n = s->owed.nrec;
	int fd;

	(void)id;
	if (s->epochs && (fd = spool_take(&s->spool)) >= 0)
		swrap_run(s, fd, nx);
	while (s->owed.nrec > 0 && (now = clock_ms()) < due) {
		pump_move(&s->pump, (int)(due - now));
		swrap_turn(s, nx);
		if (s->owed.nrec < n)
			due = clock_ms() + PATIENCE;
		n = s->owed.nrec;
	}
	if (s->owed.nrec > 0)
		errx(EXIT_BAD, "%s: no answer to %zu record%s 5 s after a "
		    "barrier; if it keeps them in a buffer, try stdbuf -oL %s",
		    s->command[0], s->owed.nrec, s->owed.nrec == 1 ? "" : "s",
		    s->command[0]);
	swrap_marks(s, nx);
}

static void
swrap_stop(void *st, struct next *nx)
{
	if (!((struct swrap *)st)->epochs)
		swrap_finish(st, nx);
}

const struct op swrap_op = {
	.name = "swrap",
	.usage = "[-EhVv] [-f fields] [-o names] [--] command [argument ...]",
	.open = swrap_open,
	.head = swrap_head,
	.data = swrap_data,
	.mark = swrap_mark,
	.epoch = swrap_epoch,
	.line = swrap_line,
	.stop = swrap_stop,
	.want = swrap_want,
	.ready = swrap_ready,
};

int
main(int argc, char **argv)
{
	return run(&swrap_op, argc, argv);
}
