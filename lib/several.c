/* A chain of several tools in one process: which of them speaks, and of which line. */
#include "next.h"

static bool several;
static struct next *chained;	/* its first stage */

/*
 * A stage of a chain of several: nothing but the operator, and that it is
 * done.  That it began is in n, so a tool that is alone pays nothing.
 */
void
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

bool
several_open(struct next *nx)
{
	if (several)
		chained = nx;
	return several;
}
