/* next - one stage of a chain, for op.c and stage.c only */
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
	/* of several tools: the stage is at work if n is not nleft, or busy */
	int64_t nleft;			/* records that it is done with */
	int busy;			/* within another callback */
	int64_t nline;			/* lines that came in and are no records */
};

void stage_open(struct next *, const char *dir);	/* dir NULL: nothing is saved; then the late output */
void stage_start(struct next *, const char *restore);	/* the heading is known: loads, or begins anew */
void stage_save(struct next *, const char *id);		/* before the barrier goes on */
void stage_committed(struct next *, const char *args);	/* of the barrier: removes what is no longer needed */
void stage_stopped(struct next *, const char *);	/* the run goes on another time */
void stage_ended(struct next *, const char *);
#endif
