/* schain - runs tools that stand next to each other in a pipeline as one process */
#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "op.h"
#include "opt.h"
#include "pipe.h"

/* Each tool's file without its main; sread is what drives a chain, not a part of one. */
extern const struct op saggregate_op, sdedup_op, sfilter_op, sflat_op, sgap_op,
    sjoin_op, smap_op, smatch_op, sshow_op, ssort_op, stime_op, swindow_op,
    swrap_op, swrite_op;
int sread(int, char **, struct next *);

static const struct op *const members[] = {
	&saggregate_op, &sdedup_op, &sfilter_op, &sflat_op, &sgap_op,
	&sjoin_op, &smap_op, &smatch_op, &sshow_op, &ssort_op, &stime_op,
	&swindow_op, &swrap_op, &swrite_op
};
#define NMEMBERS (sizeof members / sizeof members[0])

static const struct { const char *name, *why; } outside[] = {
	{ "kcat-in", "it needs librdkafka, which schain does without" },
	{ "kout", "it needs librdkafka, which schain does without" },
	{ "sbatch", "all others would wait for its command" },
	{ "smerge", "it has several inputs" },
};
#define NOUTSIDE (sizeof outside / sizeof outside[0])

static const struct op schain_op = {
	.name = "schain",
	.usage = "[-hVv] pipeline",
};

static const char *first = "schain";	/* who speaks when no stage is at work */

/*
 * err(3) names the program; here the tools speak, each under its own name, so
 * these stand in for those of the C library.
 */
static void
say(const char *fmt, va_list ap, const char *why)
{
	const char *who = chain_who();

	fprintf(stderr, "%s: ", who != NULL ? who : first);
	vfprintf(stderr, fmt, ap);
	if (why != NULL)
		fprintf(stderr, ": %s", why);
	putc('\n', stderr);
}

void
verr(int status, const char *fmt, va_list ap)
{
	say(fmt, ap, strerror(errno));
	exit(status);
}

void
err(int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	verr(status, fmt, ap);
}

void
errx(int status, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap, NULL);
	exit(status);
}

void
warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap, strerror(errno));
	va_end(ap);
}

void
warnx(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(fmt, ap, NULL);
	va_end(ap);
}

static _Noreturn void
schain_stranger(const char *name)
{
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < NOUTSIDE; i++)
		if (strcmp(outside[i].name, name) == 0)
			errx(EXIT_USAGE, "%s: %s: leave it outside", name,
			    outside[i].why);
	for (i = 0; i < NMEMBERS; i++) {
		buf_addc(&b, ' ');
		buf_adds(&b, members[i]->name);
	}
	errx(EXIT_USAGE, "%s: cannot be chained; there are: sread%.*s",
	    show(name, strlen(name)), (int)b.n, b.s);
}

/* The operator of the stage, which must be able to stand there. */
static const struct op *
schain_member(const char *name, bool last)
{
	size_t i;

	if (strcmp(name, "sread") == 0)
		errx(EXIT_USAGE, "sread: it starts a stream: it can only be "
		    "the first");
	for (i = 0; i < NMEMBERS; i++)
		if (strcmp(members[i]->name, name) == 0)
			break;
	if (i == NMEMBERS)
		schain_stranger(name);
	if (members[i]->sink && !last)
		errx(EXIT_USAGE, "%s: it ends a stream: it can only be the "
		    "last", name);
	return members[i];
}

/* -v is for all of them. */
static void
command_verbose(struct command *c)
{
	size_t i, n = (size_t)c->argc++;

	c->argv = mem_grow(c->argv, n + 2, sizeof *c->argv);
	for (i = n + 1; i > 1; i--)
		c->argv[i] = c->argv[i - 1];
	c->argv[1] = mem_copy("-v", 2);
}

static int
schain_run(struct pipe *p)
{
	struct command *c = p->v;
	bool source = strcmp(command_tool(c), "sread") == 0;
	size_t i, n = p->n - source;
	const struct op **ops = mem_alloc((n + 1) * sizeof *ops);
	char ***argv = mem_alloc((n + 1) * sizeof *argv);
	int *argc = mem_alloc((n + 1) * sizeof *argc);
	struct next *next;

	for (i = 0; i < n; i++) {
		c = &p->v[i + source];
		ops[i] = schain_member(command_tool(c), i + 1 == n);
		argv[i] = c->argv;
		argc[i] = c->argc;
	}
	first = command_tool(p->v);
	chain_several();
	next = chain_open(ops, argv, argc, n);
	if (!source)
		return run_chain(next);
	optind = 1;
	return sread(p->v->argc, p->v->argv, next);
}

int
main(int argc, char **argv)
{
	struct buf why = { 0 };
	struct pipe p;
	bool verbose;
	size_t i;

	if (opt_next(&schain_op, argc, argv, "") != -1 || optind != argc - 1)
		opt_usage(&schain_op);
	if (pipe_parse(&p, argv[optind], &why) < 0)
		errx(EXIT_USAGE, "%.*s", (int)why.n, why.s);
	verbose = opt_verbose();
	for (i = 0; verbose && i < p.n; i++)
		command_verbose(&p.v[i]);
	return schain_run(&p);
}
