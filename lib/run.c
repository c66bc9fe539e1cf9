/* The runner: reads a stream from standard input and drives a chain with it. */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"
#include "dur.h"
#include "io.h"
#include "num.h"
#include "op.h"

struct reader {
	struct next *next;
	struct in in;
	struct head head;
	bool headed;		/* the heading is complete and has gone on */
	struct buf restore;	/* ID of #restore */
	struct buf held;	/* unknown control lines within the heading */
	int64_t T;		/* last watermark */
	bool barrier;		/* the line before was a barrier */
};

/* The heading ends with the first line that cannot belong to it. */
static void
reader_start(struct reader *rd, const struct rec *r)
{
	const char *s;
	size_t i, n;

	if (rd->head.ncol == 0)
		rec_bad(r, "no #fields line before it: is this a stream? "
		    "sread makes one");
	rd->headed = true;
	if (rd->restore.n > 0)
		buf_addc(&rd->restore, '\0');
	chain_head(rd->next, &rd->head, rd->restore.s);
	for (i = 0; i < rd->held.n; i += n + 1) {
		s = rd->held.s + i;
		n = (size_t)((const char *)memchr(s, '\n', rd->held.n - i) - s);
		chain_line(rd->next, s, n);
	}
	buf_free(&rd->held);
}

static inline void
reader_head(struct reader *rd, const struct rec *r)
{
	if (!rd->headed)
		reader_start(rd, r);
}

static bool
word_is(struct field f, const char *word)
{
	return strlen(word) == f.n && memcmp(f.s, word, f.n) == 0;
}

/* The arguments of a control line as they stand, a string. */
static char *
reader_args(const struct rec *r)
{
	struct field line = rec_line(r), word = rec_field(r, 0);

	if (r->nf == 1)
		return mem_copy("", 0);
	return mem_copy(line.s + word.n + 1, line.n - word.n - 1);
}

/* Nothing may follow #end and #stop: only then are they true. */
static void
reader_last(struct reader *rd, const char *word)
{
	struct rec r;

	if (in_line(&rd->in, &r) != 0)
		rec_bad(&r, "something follows %s: "
		    "a program in the pipe, such as sort(1), moved lines", word);
}

static void
reader_watermark(struct reader *rd, const struct rec *r)
{
	struct field f;
	int64_t T;

	if (r->nf != 2)
		rec_bad(r, "#watermark wants one time");
	f = rec_field(r, 1);
	if (num_int(f.s, f.n, &T) < 0 || T > TIME_LIMIT || T < -TIME_LIMIT)
		rec_bad(r, "#watermark: not a time: \"%s\"", show(f.s, f.n));
	if (T < rd->T)
		rec_bad(r, "the watermark goes back");
	rd->T = T;
	chain_mark(rd->next, T);
}

static void
reader_heading(struct reader *rd, const struct rec *r)
{
	struct field *f = mem_grow(NULL, r->nf, sizeof *f), line = rec_line(r);
	const char *why;
	size_t i;
	int k;

	for (i = 0; i < r->nf; i++)
		f[i] = rec_field(r, i);
	k = head_parse(&rd->head, f, r->nf, &why);
	if (k < 0)
		rec_bad(r, "%s", why);
	if (k == 0) {
		buf_add(&rd->held, line.s, line.n);
		buf_addc(&rd->held, '\n');
	}
	free(f);
}

/* A line that starts with '#'.  True: it was the last one. */
static bool
reader_control(struct reader *rd, struct rec *r)
{
	struct field word = rec_field(r, 0), line = rec_line(r);
	bool barrier = rd->barrier;
	char *args;

	rd->barrier = false;
	if (word_is(word, "#restore")) {
		if (rd->in.from.pos != 1 || r->nf != 2)
			rec_bad(r, "#restore is only the first line, with an ID");
		buf_add(&rd->restore, rec_field(r, 1).s, rec_field(r, 1).n);
		return false;
	}
	if (word_is(word, "#watermark")) {
		reader_head(rd, r);
		reader_watermark(rd, r);
		return false;
	}
	if (word_is(word, "#barrier")) {
		if (r->nf < 2)
			rec_bad(r, "#barrier without an ID");
		reader_head(rd, r);
		args = reader_args(r);
		chain_barrier(rd->next, args);
		free(args);
		rd->barrier = true;
		return false;
	}
	if (word_is(word, "#stop")) {
		if (!barrier)
			rec_bad(r, "#stop without #barrier right before it");
		reader_last(rd, "#stop");
		chain_stop(rd->next);
		return true;
	}
	if (word_is(word, "#end")) {
		reader_head(rd, r);
		args = reader_args(r);
		reader_last(rd, "#end");
		chain_end(rd->next, args);
		free(args);
		return true;
	}
	if (word_is(word, "#idle"))
		reader_head(rd, r);
	else if (!rd->headed)
		reader_heading(rd, r);
	else if (word_is(word, "#fields") || word_is(word, "#window") ||
	    word_is(word, "#mode"))
		rec_bad(r, "%s after the first record", show(word.s, word.n));
	if (rd->headed)
		chain_line(rd->next, line.s, line.n);
	return false;
}

static void
reader_data(struct reader *rd, struct rec *r)
{
	struct field f = rec_line(r);

	if (f.n == 0 || ((f.s[0] < '0' || f.s[0] > '9') && f.s[0] != '-'))
		rec_bad(r, "not a record: \"%s\"", show(f.s, f.n));
	reader_head(rd, r);
	if (r->nf != rd->head.ncol)
		rec_bad(r, "%zu columns, #fields names %zu", r->nf, rd->head.ncol);
	rd->barrier = false;
	chain_data(rd->next, r);
}

int
run(const struct op *op, int argc, char **argv)
{
	struct reader rd = { .T = INT64_MIN };
	struct rec r;
	bool last = false;

	rd.next = chain_open(&op, &argv, &argc, 1);
	in_init(&rd.in, 0, NULL);
	rd.in.pause = chain_pause;
	rd.in.arg = rd.next;
	while (!last && in_line(&rd.in, &r) == 1) {
		if (r.base[(uint32_t)(r.sep[-1] + 1)] == '#')
			last = reader_control(&rd, &r);
		else
			reader_data(&rd, &r);
	}
	if (!last) {
		chain_pause(rd.next, true);
		errx(EXIT_TEMP, "the input ended without #end or #stop: "
		    "the program before this one died");
	}
	chain_report(rd.next);
	return 0;
}
