#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"
#include "job.h"
#include "tool.h"

static const char nameset[] = "abcdefghijklmnopqrstuvwxyz"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";

/* Whether one of the options is given; those in args have an argument. */
static bool
option_given(char *const *argv, const char *wanted, const char *args)
{
	const char *s;

	for (argv++; *argv != NULL && **argv == '-' &&
	    strcmp(*argv, "--") != 0; argv++)
		for (s = *argv + 1; *s != '\0'; s++) {
			if (strchr(wanted, *s) != NULL)
				return true;
			if (strchr(args, *s) == NULL)
				continue;
			/* its argument: the rest, or the next word */
			if (s[1] == '\0' && argv[1] != NULL)
				argv++;
			break;
		}
	return false;
}

/* What a tool does by its options alone. */
static int
task_flags(const struct task *s)
{
	int flags = tool_flags(s->tool);

	/* it commits where it writes part files */
	if (strcmp(s->tool, "swrite") == 0 &&
	    !option_given(s->argv, "d", "Tfsz"))
		flags &= ~TOOL_COMMITS;
	/* a chain has one input */
	if (strcmp(s->tool, "sjoin") == 0 &&
	    !option_given(s->argv, "at", "LSjkr"))
		flags &= ~TOOL_CHAINS;
	return flags;
}

static size_t
task_number(const struct job *j, const struct line *l, size_t i)
{
	const char *tool = l->task[i].tool;
	const struct line *p;
	size_t k, n = 0;

	for (p = j->line; p <= l; p++)
		for (k = 0; k < p->pipe.n && !(p == l && k > i); k++)
			n += strcmp(p->task[k].tool, tool) == 0;
	return n;
}

static void
line_parse(struct job *j, const char *arg, bool main)
{
	size_t i, n = main ? 0 : strspn(arg, nameset);
	struct line *l = &j->line[j->nline++];
	struct buf why = { 0 };
	struct task *s;
	char id[256];

	*l = (struct line){ 0 };
	if (!main && (n == 0 || arg[n] != '='))
		errx(EXIT_USAGE, "not NAME='PIPELINE': %s",
		    show(arg, strlen(arg)));
	if (!main)
		l->name = mem_copy(arg, n++);
	if (pipe_parse(&l->pipe, arg + n, &why) < 0)
		errx(EXIT_USAGE, "%s%s%.*s", main ? "" : l->name,
		    main ? "" : ": ", (int)why.n, why.s);
	l->task = mem_alloc(l->pipe.n * sizeof *l->task);
	for (i = 0; i < l->pipe.n; i++)
		l->task[i].tool = command_tool(&l->pipe.v[i]);
	for (i = 0; i < l->pipe.n; i++) {
		s = &l->task[i];
		s->argv = l->pipe.v[i].argv;
		s->flags = task_flags(s);
		snprintf(id, sizeof id, "%s.%zu", s->tool,
		    task_number(j, l, i));
		s->id = mem_copy(id, strlen(id));
	}
}

/* A run has one truth: what its one committing sink has committed. */
static void
sinks_check(const struct job *j)
{
	const struct line *l, *end = j->line + j->nline;
	const struct task *sink = NULL, *s;
	size_t i;

	for (l = j->line; l < end; l++)
		for (i = 0; i < l->pipe.n; i++) {
			s = &l->task[i];
			if (s->flags < 0 || (s->flags & TOOL_COMMITS) == 0)
				continue;
			if (sink != NULL)
				errx(EXIT_USAGE, "%s and %s: a run has one "
				    "committing sink: let this one end in a "
				    "topic, and a second pipeline go on from "
				    "there", sink->id, s->id);
			sink = s;
		}
	s = &end[-1].task[end[-1].pipe.n - 1];
	if (sink == NULL && s->flags >= 0)
		errx(EXIT_USAGE, "%s commits nothing: a run ends in kout, "
		    "swrite -d or sbatch", s->tool);
}

/* Whether the stage can join those before it in one process. */
static bool
joins(const struct proc *p, const struct task *s)
{
	const struct task *last = &p->task[p->n - 1];

	return s->flags >= 0 && (s->flags & TOOL_CHAINS) != 0 &&
	    (s->flags & TOOL_SOURCE) == 0 &&
	    last->flags >= 0 && (last->flags & TOOL_CHAINS) != 0;
}

/* schain 'TOOL -S dir ... | ...': each has its own state directory. */
static char **
chain_argv(const struct job *j, const struct proc *p)
{
	const char *tool = p->task->argv[0], *slash = strrchr(tool, '/');
	char **argv = mem_alloc(3 * sizeof *argv), **words;
	struct buf text = { 0 }, dir = { 0 }, name = { 0 };
	const struct task *s;
	size_t n, k;

	for (s = p->task; s < p->task + p->n; s++) {
		for (n = 0; s->argv[n] != NULL; n++)
			;
		words = mem_alloc((n + 3) * sizeof *words);
		words[0] = s->argv[0];
		k = 1;
		if ((s->flags & TOOL_STATE) != 0) {
			dir.n = 0;
			buf_adds(&dir, j->dir);
			buf_addc(&dir, '/');
			buf_adds(&dir, s->id);
			buf_addc(&dir, '\0');
			words[k++] = mem_copy("-S", 2);
			words[k++] = dir.s;
		}
		memcpy(words + k, s->argv + 1, n * sizeof *words);
		if (s > p->task)
			buf_adds(&text, " | ");
		command_print(words, &text);
		free(words);
	}
	buf_addc(&text, '\0');
	buf_free(&dir);
	/* it stands where they do */
	if (slash != NULL)
		buf_add(&name, tool, (size_t)(slash - tool) + 1);
	buf_add(&name, "schain", sizeof "schain");
	argv[0] = name.s;
	argv[1] = text.s;
	return argv;
}

/* All that it may be that ends: a process does not tell which of them it was. */
static char *
proc_name(const struct proc *p)
{
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < p->n; i++) {
		buf_adds(&b, i > 0 ? " | " : "");
		buf_adds(&b, p->task[i].id);
	}
	buf_addc(&b, '\0');
	return b.s;
}

static void
procs_make(struct job *j, size_t line, bool chains)
{
	struct line *l = &j->line[line];
	struct proc *p = NULL;
	size_t i;

	for (i = 0; i < l->pipe.n; i++) {
		if (p != NULL && chains && joins(p, &l->task[i])) {
			p->n++;
			continue;
		}
		j->proc = mem_grow(j->proc, j->n + 1, sizeof *j->proc);
		p = &j->proc[j->n++];
		*p = (struct proc){ .task = &l->task[i], .n = 1,
		    .line = line, .first = i == 0,
		    .source = l->task[i].flags >= 0 &&
		    (l->task[i].flags & TOOL_SOURCE) != 0 };
	}
	p->last = true;
}

void
job_make(struct job *j, char *const *arg, size_t n, const char *dir,
    bool chains)
{
	struct proc *p;
	size_t i;

	*j = (struct job){ .dir = mem_copy(dir, strlen(dir)) };
	j->line = mem_alloc(n * sizeof *j->line);
	for (i = 0; i < n; i++)
		line_parse(j, arg[i], i == n - 1);
	sinks_check(j);
	for (i = 0; i < n; i++)
		procs_make(j, i, chains);
	for (p = j->proc; p < j->proc + j->n; p++) {
		p->name = proc_name(p);
		p->argv = p->n == 1 ? p->task->argv : chain_argv(j, p);
	}
}

const struct task *
job_task(const struct job *j, const char *id)
{
	const struct line *l;
	size_t i;

	for (l = j->line; l < j->line + j->nline; l++)
		for (i = 0; i < l->pipe.n; i++)
			if (strcmp(l->task[i].id, id) == 0)
				return &l->task[i];
	return NULL;
}
