#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"
#include "dur.h"
#include "num.h"
#include "stream.h"

void
stream_init(struct stream *s, int fd, const char *name)
{
	*s = (struct stream){ .T = INT64_MIN };
	in_init(&s->in, fd, name);
}

static bool
word_is(struct field f, const char *word)
{
	return strlen(word) == f.n && memcmp(f.s, word, f.n) == 0;
}

/* The heading ends with the first line that cannot belong to it: that one comes again. */
static bool
stream_head(struct stream *s, const struct rec *r)
{
	size_t i;

	if (s->headed)
		return false;
	if (s->head.ncol == 0)
		rec_bad(r, "no #fields line before it: is this a stream? "
		    "sread makes one");
	for (i = 0; i < s->head.nkey; i++)
		if (head_find(&s->head, s->head.key[i]) < 0)
			rec_bad(r, "#mode before it: the key %s is no field",
			    s->head.key[i]);
	s->headed = true;
	if (s->restore.n > 0)
		buf_addc(&s->restore, '\0');
	s->rec = *r;
	s->again = true;
	return true;
}

/* The next of the control lines that were held until the heading was complete. */
static enum event
stream_held(struct stream *s, struct rec *r)
{
	const char *at = s->held.s + s->heldat, *lf;

	lf = memchr(at, '\n', s->held.n - s->heldat);
	s->sep[0] = UINT32_MAX;
	s->sep[1] = (uint32_t)(lf - at);
	*r = (struct rec){ .base = at, .sep = s->sep + 1, .nf = 1,
	    .from = &s->in.from };
	s->heldat += (size_t)(lf - at) + 1;
	return STREAM_LINE;
}

/* The arguments of a control line as they stand. */
static void
stream_args(struct stream *s, const struct rec *r)
{
	struct field line = rec_line(r), word = rec_field(r, 0);

	s->args.n = 0;
	if (r->nf > 1)
		buf_add(&s->args, line.s + word.n + 1, line.n - word.n - 1);
	buf_addc(&s->args, '\0');
}

static void
stream_mark(struct stream *s, const struct rec *r)
{
	struct field f;
	int64_t T;

	if (r->nf != 2)
		rec_bad(r, "#watermark wants one time");
	f = rec_field(r, 1);
	if (num_int(f.s, f.n, &T) < 0 || T > TIME_LIMIT || T < -TIME_LIMIT)
		rec_bad(r, "#watermark: not a time: \"%s\"", show(f.s, f.n));
	if (T < s->T)
		rec_bad(r, "the watermark goes back");
	s->T = T;
}

static void
stream_heading(struct stream *s, const struct rec *r)
{
	struct field *f = mem_grow(NULL, r->nf, sizeof *f), line = rec_line(r);
	const char *why;
	size_t i;
	int k;

	for (i = 0; i < r->nf; i++)
		f[i] = rec_field(r, i);
	k = head_parse(&s->head, f, r->nf, &why);
	if (k < 0)
		rec_bad(r, "%s", why);
	if (k == 0) {
		buf_add(&s->held, line.s, line.n);
		buf_addc(&s->held, '\n');
	}
	free(f);
}

/* Nothing may follow #end and #stop: only then are they true. */
static enum event
stream_last(struct stream *s, enum event last)
{
	s->last = last;
	s->quick = 0;
	return STREAM_NONE;
}

/* A line that starts with '#'. */
static enum event
stream_control(struct stream *s, const struct rec *r)
{
	struct field word = rec_field(r, 0);
	bool barrier = s->barrier;

	s->barrier = false;
	if (word_is(word, "#restore")) {
		if (s->in.from.pos != 1 || r->nf != 2 || rec_field(r, 1).n == 0)
			rec_bad(r, "#restore is only the first line, "
			    "with an ID");
		buf_add(&s->restore, rec_field(r, 1).s, rec_field(r, 1).n);
		return STREAM_NONE;
	}
	if (word_is(word, "#watermark")) {
		if (stream_head(s, r))
			return STREAM_HEAD;
		stream_mark(s, r);
		return STREAM_MARK;
	}
	if (word_is(word, "#barrier")) {
		if (r->nf < 2)
			rec_bad(r, "#barrier without an ID");
		if (stream_head(s, r))
			return STREAM_HEAD;
		stream_args(s, r);
		s->barrier = true;
		s->quick = 0;
		return STREAM_BARRIER;
	}
	if (word_is(word, "#stop")) {
		if (!barrier && (s->headed || s->head.ncol > 0))
			rec_bad(r, "#stop without #barrier right before it");
		return stream_last(s, STREAM_STOP);
	}
	if (word_is(word, "#end")) {
		if (stream_head(s, r))
			return STREAM_HEAD;
		stream_args(s, r);
		return stream_last(s, STREAM_END);
	}
	if (word_is(word, "#idle"))
		return stream_head(s, r) ? STREAM_HEAD : STREAM_IDLE;
	if (!s->headed) {
		stream_heading(s, r);
		return STREAM_NONE;
	}
	if (word_is(word, "#fields") || word_is(word, "#window") ||
	    word_is(word, "#mode"))
		rec_bad(r, "%s after the first record", show(word.s, word.n));
	return STREAM_LINE;
}

static enum event
stream_data(struct stream *s, const struct rec *r)
{
	struct field f = rec_line(r);

	if (f.n == 0 || ((f.s[0] < '0' || f.s[0] > '9') && f.s[0] != '-'))
		rec_bad(r, "not a record: \"%s\"", show(f.s, f.n));
	if (stream_head(s, r))
		return STREAM_HEAD;
	if (r->nf != s->head.ncol)
		rec_bad(r, "%zu columns, #fields names %zu", r->nf,
		    s->head.ncol);
	s->barrier = false;
	s->quick = s->head.ncol;
	return STREAM_DATA;
}

bool
stream_bulk(struct stream *s, struct bulk *b)
{
	struct in *in = &s->in;

	if (s->quick == 0 || s->again || in->i == in->nlf)
		return false;
	*b = (struct bulk){
		.base = in->buf, .at = in->at, .nf = s->quick,
		.lf = in->lf + in->i, .first = in->lf + in->i,
		.end = in->lf + in->nlf, .prev = (uint32_t)in->prev,
		.from = &in->from, .pos = in->from.pos
	};
	return true;
}

void
stream_took(struct stream *s, const struct bulk *b)
{
	struct in *in = &s->in;

	in->i = (size_t)(b->lf - in->lf);
	in->prev = b->prev;
	in->from.pos = bulk_pos(b);
}

enum event
stream_slow(struct stream *s, struct rec *r, int k)
{
	if (s->again) {
		if (s->heldat < s->held.n)
			return stream_held(s, r);
		buf_free(&s->held);
		s->heldat = 0;
		s->again = false;
		*r = s->rec;
	} else if (s->last != STREAM_NONE) {
		if (k != 0)
			rec_bad(r, "something follows %s: a program in the "
			    "pipe, such as sort(1), moved lines",
			    s->last == STREAM_END ? "#end" : "#stop");
		return s->last;
	} else if (k != 1) {
		if (s->in.pause != NULL)
			s->in.pause(s->in.arg, true);
		errx(EXIT_TEMP, "%s%sthe input ended without #end or #stop: "
		    "the program before this one died",
		    s->in.from.name != NULL ? s->in.from.name : "",
		    s->in.from.name != NULL ? ": " : "");
	}
	if (r->base[(uint32_t)(r->sep[-1] + 1)] == '#')
		return stream_control(s, r);
	return stream_data(s, r);
}
