#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "dur.h"
#include "next.h"
#include "num.h"
#include "opt.h"
#include "stamp.h"

/* The chain, if its messages are to be those of several tools. */
static bool several;
static struct next *chained;

static void
writer_data(void *st, struct rec *r, struct next *nx)
{
	struct out *o = st;
	struct field f;
	size_t i, n = NUM_INTLEN + r->nf + 1;
	char *p;

	(void)nx;
	if (r->f == NULL) {
		f = rec_line(r);
		out_run(o, f.s, f.n + 1);
		return;
	}
	for (i = !r->text; i < r->nf; i++)
		n += r->f[i].n;
	p = out_room(o, n);
	i = 0;
	if (!r->text) {
		p += num_putint(p, r->time);
		*p++ = '\t';
		i = 1;
	}
	/* columns that still stand next to each other, TABs between, go as one */
	for (; i < r->nf; i++) {
		f = r->f[i];
		while (i + 1 < r->nf && r->f[i + 1].s == f.s + f.n + 1 &&
		    f.s[f.n] == '\t')
			f.n += r->f[++i].n + 1;
		memcpy(p, f.s, f.n);
		p += f.n;
		*p++ = '\t';
	}
	p--;
	*p++ = '\n';
	o->n = (size_t)(p - o->buf);
}

/*
 * A stage of a chain of several: nothing but the operator, and that it is
 * done.  That it began is in n, so a tool that is alone pays nothing.
 */
static void
several_data(void *st, struct rec *r, struct next *nx)
{
	nx[-1].op->data(st, r, nx);
	nx[-1].nleft++;
}

/* The stage whose callback runs; NULL: none. */
static struct next *
several_now(void)
{
	struct next *nx, *now = NULL;

	for (nx = chained; nx != NULL; nx++) {
		if (nx->busy > 0 || (nx->op != NULL && nx->n != nx->nleft))
			now = nx;
		if (nx->op == NULL || nx->op->sink)
			break;
	}
	return now;
}

const char *
chain_who(void)
{
	struct next *now = several_now();

	/* the writer is a part of the last one */
	if (now != NULL && now->op == NULL)
		now = now > chained ? now - 1 : NULL;
	return now != NULL ? now->op->name : NULL;
}

/* The record's line in the stream that the stage would have read from a pipe. */
static const struct origin *
several_place(const struct origin *from)
{
	static struct origin at = { NULL, -1, 0 };
	struct next *now = several_now();

	/* a record of the stage's own, or of a table that it reads */
	if (now == NULL || now->busy > 0 || now->op == NULL ||
	    (from != NULL && from->name != NULL))
		return from;
	/* the runner has counted the lines of the first one's stream */
	if (now == chained && now[-1].op == NULL)
		return from;
	at.pos = now->nline + now->n;
	return &at;
}

void
chain_several(void)
{
	several = true;
	rec_place(several_place);
}

static void
progress_end(const struct next *nx)
{
	char when[STAMP_LEN];

	if (nx->T != INT64_MIN)
		fprintf(stderr, ", watermark %.*s", (int)stamp_iso(when, nx->T),
		    when);
	putc('\n', stderr);
}

static void
progress_source(const struct next *nx)
{
	if (!nx[-1].verbose)
		return;
	fprintf(stderr, "%s: %" PRId64 " in, %" PRId64 " out, %" PRId64 " bad",
	    nx[-1].op->name, nx->n + *nx[-1].nbad, nx->n, *nx[-1].nbad);
	progress_end(nx);
}

static void
progress_stage(const struct next *nx)
{
	if (!nx->verbose)
		return;
	fprintf(stderr, "%s: %" PRId64 " in", nx->op->name, nx->n);
	if (!nx->op->sink)
		fprintf(stderr, ", %" PRId64 " out", nx[1].n);
	fprintf(stderr, ", %" PRId64 " rejected, %" PRId64 " late",
	    nx->nrejected, nx->nlate);
	progress_end(nx);
}

static void
progress_print(const struct next *nx)
{
	progress_source(nx);
	for (; nx->op != NULL; nx++)
		progress_stage(nx);
}

struct next *
chain_open(const struct op *const *ops, char ***argv, const int *argc, size_t n)
{
	struct next *nx = mem_alloc((n + 2) * sizeof *nx);
	size_t i;

	/* one in front, for the source */
	nx++;
	if (several)
		chained = nx;
	for (i = 0; i <= n; i++) {
		nx[i].T = INT64_MIN;
		if (i == n)
			break;
		optind = 1;
		nx[i].op = ops[i];
		nx[i].data = several ? several_data : ops[i]->data;
		nx[i].busy++;
		if ((nx[i].st = ops[i]->open(argc[i], argv[i])) == NULL)
			opt_usage(ops[i]);
		nx[i].latename = opt_late();
		stage_open(&nx[i], ops[i]->save != NULL ? opt_state() : NULL);
		nx[i].verbose = opt_verbose();
		nx[i].busy--;
	}
	if (n == 0 || !ops[n - 1]->sink) {
		nx[n].data = writer_data;
		nx[n].st = mem_alloc(sizeof(struct out));
		out_init(nx[n].st, 1, "standard output");
	}
	return nx;
}

void *
chain_state(struct next *nx)
{
	return nx->st;
}

void
chain_source(struct next *nx, const struct op *op, void *st,
    const int64_t *nbad)
{
	nx--;
	nx->op = op;
	nx->st = st;
	nx->nbad = nbad;
	nx->verbose = opt_verbose();
	stage_open(nx, op->save != NULL ? opt_state() : NULL);
}

const struct state *
chain_keeps(const struct next *nx)
{
	return nx[-1].state;
}

void
chain_restore(struct next *nx, const char *id)
{
	stage_start(nx - 1, id);
}

static void
head_text(struct buf *b, const struct head *h, const char *restore)
{
	if (restore != NULL) {
		buf_adds(b, "#restore\t");
		buf_adds(b, restore);
		buf_addc(b, '\n');
	}
	head_print(h, b);
}

static void
head_write(struct out *o, const struct head *h, const char *restore)
{
	struct buf b = { 0 };

	head_text(&b, h, restore);
	out_put(o, b.s, b.n);
	buf_free(&b);
}

static int64_t
head_lines(const struct head *h, const char *restore)
{
	struct buf b = { 0 };
	int64_t n = 0;
	size_t i;

	head_text(&b, h, restore);
	for (i = 0; i < b.n; i++)
		n += b.s[i] == '\n';
	buf_free(&b);
	return n;
}

void
chain_head(struct next *nx, const struct head *h, const char *restore)
{
	struct head out;

	head_copy(&nx->in, h);
	for (; nx->op != NULL; nx++) {
		head_copy(&out, &nx->in);
		nx->nline += head_lines(&nx->in, restore);
		nx->busy++;
		if (nx->op->head != NULL)
			nx->op->head(nx->st, &nx->in, &out);
		nx[1].in = out;
		stage_start(nx, restore);
		if (nx->op->restore != NULL)
			nx->op->restore(nx->st, restore);
		nx->busy--;
		if (nx->latename != NULL && nx->lateat == 0)
			head_write(&nx->late, &nx->in, restore);
		if (nx->op->sink)
			return;
	}
	head_write(nx->st, &nx->in, restore);
}

void
chain_data(struct next *nx, struct rec *r)
{
	nx->n++;
	nx->data(nx->st, r, nx + 1);
}

void
emit(struct next *nx, struct rec *r)
{
	chain_data(nx, r);
}

void
reject(struct next *nx)
{
	nx[-1].nrejected++;
}

void
drop_late(struct next *nx, struct rec *r)
{
	nx--;
	nx->nlate++;
	if (nx->latename != NULL)
		writer_data(&nx->late, r, NULL);
}

/* A control line, to the end of the chain. */
static void
chain_put(struct next *nx, const char *word, const char *args)
{
	struct out *o;

	while (nx->op != NULL && !nx->op->sink)
		nx++;
	if (nx->op != NULL)
		return;
	o = nx->st;
	out_put(o, word, strlen(word));
	out_put(o, "\t", *args != '\0');
	out_put(o, args, strlen(args));
	out_put(o, "\n", 1);
}

void
chain_mark(struct next *nx, int64_t T)
{
	char args[NUM_INTLEN + 1];
	int64_t go;

	for (;; nx++, T = go) {
		nx->T = T;
		nx->nline++;
		if (nx->op == NULL)
			break;
		nx->busy++;
		go = nx->op->mark != NULL ?
		    nx->op->mark(nx->st, T, nx + 1) : T;
		nx->busy--;
		/* held back: what was forwarded before still holds */
		if (nx->op->sink || (go != T && go <= nx[1].T))
			return;
	}
	args[num_putint(args, T)] = '\0';
	chain_put(nx, "#watermark", args);
}

void
emit_mark(struct next *nx, int64_t T)
{
	if (T != INT64_MAX && T > nx->T)
		chain_mark(nx, T);
}

/* What a barrier and the end have in common: each stage owes its rows before the next one hears of it. */
static void
chain_epoch(struct next *nx, const char *args, bool end)
{
	char *id = mem_copy(args, strcspn(args, "\t"));

	/* the source first: each stage's state is safe before the next one hears of the barrier */
	stage_save(nx - 1, id);
	for (; nx->op != NULL; nx++) {
		nx->nline++;
		nx->busy++;
		if (end && nx->op->mark != NULL)
			nx->op->mark(nx->st, INT64_MAX, nx + 1);
		if (nx->op->epoch != NULL)
			nx->op->epoch(nx->st, id, nx + 1);
		stage_save(nx, id);
		nx->busy--;
		if (nx->op->sink)
			break;
	}
	free(id);
}

/* For the stages that may have a state, the source's too. */
static void
chain_each(struct next *nx, void (*stage)(struct next *, const char *),
    const char *args)
{
	stage(nx - 1, args);
	for (; nx->op != NULL; nx++) {
		nx->busy++;
		stage(nx, args);
		nx->busy--;
		if (nx->op->sink)
			return;
	}
}

void
chain_barrier(struct next *nx, const char *args)
{
	chain_epoch(nx, args, false);
	chain_put(nx, "#barrier", args);
	chain_each(nx, stage_committed, args);
}

void
chain_line(struct next *nx, const char *s, size_t n)
{
	for (; nx->op != NULL && !nx->op->sink; nx++) {
		nx->nline++;
		if (nx->op->line != NULL) {
			nx->busy++;
			nx->op->line(nx->st, s, n, nx + 1);
			nx->busy--;
			return;
		}
	}
	nx->nline++;
	if (nx->op == NULL) {
		out_put(nx->st, s, n);
		out_put(nx->st, "\n", 1);
	}
}

/* Late outputs end as their stream does. */
static void
late_close(struct next *nx, const char *line)
{
	for (; nx->op != NULL; nx++) {
		nx->busy++;
		if (nx->latename != NULL) {
			out_put(&nx->late, line, strlen(line));
			out_close(&nx->late);
		}
		nx->busy--;
		if (nx->op->sink)
			return;
	}
}

void
chain_stop(struct next *nx)
{
	struct next *p;

	for (p = nx; p->op != NULL; p++) {
		p->busy++;
		if (p->op->stop != NULL)
			p->op->stop(p->st, p + 1);
		p->busy--;
		if (p->op->sink)
			break;
	}
	chain_each(nx, stage_stopped, "");
	late_close(nx, "#stop\n");
	chain_put(nx, "#stop", "");
}

void
chain_none(struct next *nx)
{
	struct next *p;

	/* a late output that a state belongs to stays as it is */
	for (p = nx; p->op != NULL; p++) {
		if (p->latename != NULL && p->state == NULL)
			out_put(&p->late, "#stop\n", 6);
		if (p->op->sink)
			break;
	}
	chain_put(nx, "#stop", "");
}

void
chain_end(struct next *nx, const char *args)
{
	chain_epoch(nx, args, true);
	chain_each(nx, stage_ended, "");
	late_close(nx, "#end\n");
	chain_put(nx, "#end", args);
}

void
chain_pause(void *arg, bool blocking)
{
	struct next *nx = arg;

	if (opt_due())
		progress_print(nx);
	for (;; nx++) {
		nx->busy++;
		if (nx->op == NULL)
			(blocking ? out_flush : out_settle)(nx->st);
		else if (nx->latename != NULL)
			(blocking ? out_flush : out_settle)(&nx->late);
		if (nx->op != NULL && nx->op->sink && blocking &&
		    nx->op->flush != NULL)
			nx->op->flush(nx->st);
		nx->busy--;
		if (nx->op == NULL || nx->op->sink)
			return;
	}
}

int
chain_wait(struct next *chain, int fd, int ms)
{
	struct pollfd *p;
	struct next *nx;
	size_t n = 1, i = 1;
	bool there;

	for (nx = chain; nx->op != NULL; nx++)
		n += nx->op->want != NULL ? OP_FDS : 0;
	if (n == 1 && ms < 0)
		return 1;
	p = mem_grow(NULL, n, sizeof *p);
	p[0] = (struct pollfd){ .fd = fd, .events = POLLIN };
	for (nx = chain; nx->op != NULL; nx++)
		if (nx->op->want != NULL)
			i += nx->op->want(nx->st, p + i);
	if (poll(p, (nfds_t)i, ms) < 0) {
		if (errno != EINTR)
			die_temp("poll");
		p[0].revents = 0;
		i = 1;
	}
	there = p[0].revents != 0;
	while (i > 1 && p[i - 1].revents == 0)
		i--;
	free(p);
	/* they look themselves whether it was for them */
	for (nx = chain; i > 1 && nx->op != NULL; nx++)
		if (nx->op->ready != NULL) {
			nx->busy++;
			nx->op->ready(nx->st, nx + 1);
			nx->busy--;
		}
	return there;
}

void
chain_report(struct next *nx)
{
	chain_pause(nx, true);
	progress_source(nx);
	for (; nx->op != NULL; nx++) {
		nx->busy++;
		progress_stage(nx);
		if (nx->nlate > 0 && nx->latename != NULL)
			warnx("%" PRId64 " late records written to %s",
			    nx->nlate, nx->latename);
		else if (nx->nlate > 0)
			warnx("%" PRId64 " late records dropped", nx->nlate);
		nx->busy--;
		if (nx->op->sink)
			return;
	}
}
