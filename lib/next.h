/* next - one stage of a chain, for what makes up chains only: chain.c, op.c, pause.c, progress.c, several.c, stage.c, writer.c */
#ifndef NEXT_H
#define NEXT_H
#include "io.h"
#include "op.h"
#include "state.h"

/*
 * chain[-1] is the source if one drives the chain, and without an op if run()
 * does; the last one is the writer (op NULL) or a sink.
 */
struct next {
	void (*data)(void *, struct rec *, struct next *);
	void *st;			/* the operator's state, or the writer's struct out */
	const struct op *op;
	int64_t n, nlate, nrejected;	/* records that came in, … */
	int64_t T;			/* watermark that came in */
	struct head in;
	const int64_t *nbad;		/* a source's bad records */
	const char *latename;		/* of -L */
	struct out late;
	const char *restore;		/* the epoch that the run goes on from, or NULL */
	int64_t lateat;			/* bytes in it at the epoch that the run goes on from; 0: it begins anew */
	struct state *state;		/* NULL: nothing is saved */
	bool verbose;			/* -v */
	bool alone;			/* the first stage, and there is no other tool */
	/* of several tools: the stage is at work if n is not nleft, or busy */
	int64_t nleft;			/* records that it is done with */
	int busy;			/* within another callback */
	int64_t nline;			/* lines that came in and are no records */
};

/* chain_data and emit; the record comes in. */
static inline void
next_data(struct next *nx, struct rec *r)
{
	nx->n++;
	nx->data(nx->st, r, nx + 1);
}

/* The writer, whose state is a struct out; also for late outputs. */
void writer_data(void *, struct rec *, struct next *);
void writer_head(struct out *, const struct head *, const char *restore);
int64_t writer_lines(const struct head *, const char *restore);	/* that writer_head writes */
void writer_line(struct out *, const char *word, const char *args);	/* a control line; args "": the word alone */

bool several_open(struct next *);	/* the chain's first stage; false: it is of one tool */
void several_data(void *, struct rec *, struct next *);	/* instead of the operator's, in a chain of several */

void progress_print(const struct next *);	/* the line of -v for each stage that has it */

void stage_open(struct next *, const char *dir);	/* dir NULL: nothing is saved; then the late output */
void stage_start(struct next *, const char *restore);	/* the heading is known: loads, or begins anew */
void stage_save(struct next *, const char *id);		/* before the barrier goes on */
void stage_committed(struct next *, const char *args);	/* of the barrier: removes what is no longer needed */
void stage_stopped(struct next *, const char *);	/* the run goes on another time */
void stage_ended(struct next *, const char *);
#endif
