/* What a chain says of itself: the line of -v, and at the end what came too late. */
#include <err.h>
#include <inttypes.h>
#include <stdio.h>

#include "next.h"
#include "stamp.h"

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

void
progress_print(const struct next *nx)
{
	progress_source(nx);
	for (; nx->op != NULL; nx++)
		progress_stage(nx);
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
