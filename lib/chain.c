/* The chain: opens its stages, and passes on to them what a stream has, in order. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bulk.h"
#include "die.h"
#include "next.h"
#include "num.h"
#include "opt.h"

struct next *
chain_open(const struct op *const *ops, char ***argv, const int *argc, size_t n)
{
	struct next *nx = mem_alloc((n + 2) * sizeof *nx);
	size_t i;
	bool many;

	/* one in front, for the source */
	nx++;
	many = several_open(nx);
	for (i = 0; i <= n; i++) {
		nx[i].T = INT64_MIN;
		if (i == n)
			break;
		optind = 1;
		nx[i].op = ops[i];
		nx[i].data = many ? several_data : ops[i]->data;
		nx[i].busy++;
		if ((nx[i].st = ops[i]->open(argc[i], argv[i])) == NULL)
			opt_usage(ops[i]);
		nx[i].latename = opt_late();
		stage_open(&nx[i], ops[i]->save != NULL ? opt_state() : NULL);
		nx[i].verbose = opt_verbose();
		nx[i].busy--;
	}
	nx->alone = n == 1 && !many;
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

void
chain_head(struct next *nx, const struct head *h, const char *restore)
{
	struct head out;

	head_copy(&nx->in, h);
	for (; nx->op != NULL; nx++) {
		head_copy(&out, &nx->in);
		nx->nline += writer_lines(&nx->in, restore);
		nx->busy++;
		if (nx->op->head != NULL)
			nx->op->head(nx->st, &nx->in, &out);
		nx[1].in = out;
		stage_start(nx, restore);
		if (nx->op->restore != NULL)
			nx->op->restore(nx->st, restore);
		nx->busy--;
		if (nx->latename != NULL && nx->lateat == 0)
			writer_head(&nx->late, &nx->in, restore);
		if (nx->op->sink)
			return;
	}
	writer_head(nx->st, &nx->in, restore);
}

void
chain_data(struct next *nx, struct rec *r)
{
	next_data(nx, r);
}

bool
chain_bulks(const struct next *nx)
{
	return nx->alone && nx->op->bulk != NULL;
}

void
chain_bulk(struct next *nx, struct bulk *b)
{
	struct out *o = nx[1].st;
	char *to = out_room(o, BULK_ROOM);
	int64_t n;

	b->out = o;
	b->full = o->buf + o->cap - BULK_ROOM;
	o->n = (size_t)(nx->op->bulk(nx->st, b, to) - o->buf);
	n = b->lf - b->first;
	nx->n += n;
	nx->nrejected += n - b->nput;
	nx[1].n += b->nput;
}

/* A control line, to the end of the chain. */
static void
chain_put(struct next *nx, const char *word, const char *args)
{
	while (nx->op != NULL && !nx->op->sink)
		nx++;
	if (nx->op == NULL)
		writer_line(nx->st, word, args);
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
late_close(struct next *nx, const char *word)
{
	for (; nx->op != NULL; nx++) {
		nx->busy++;
		if (nx->latename != NULL) {
			writer_line(&nx->late, word, "");
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
	late_close(nx, "#stop");
	chain_put(nx, "#stop", "");
}

void
chain_none(struct next *nx)
{
	struct next *p;

	/* a late output that a state belongs to stays as it is */
	for (p = nx; p->op != NULL; p++) {
		if (p->latename != NULL && p->state == NULL)
			writer_line(&p->late, "#stop", "");
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
	late_close(nx, "#end");
	chain_put(nx, "#end", args);
}
