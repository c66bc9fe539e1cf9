/* job - the pipelines of one run, cut into the processes that run them */
#ifndef JOB_H
#define JOB_H
#include <stdbool.h>

#include "pipe.h"

struct task {			/* a command as it was written */
	char **argv;
	const char *tool;
	char *id;		/* TOOL.n, the n-th of that tool in the run */
	int flags;		/* of tool.h; -1: not weir's */
};

struct proc {			/* one process: a task, or several that are chained */
	struct task *task;
	size_t n;
	char *name;		/* of its tasks */
	char **argv;		/* what is run */
	size_t line;		/* of which pipeline */
	bool first, last;	/* of that pipeline */
	bool source;
};

struct line {			/* a pipeline */
	char *name;		/* of its FIFO; NULL: the main one */
	struct pipe pipe;
	struct task *task;	/* pipe.n of them */
};

struct job {
	struct line *line;	/* the main one is the last */
	size_t nline;
	struct proc *proc;	/* in the order of the text */
	size_t n;
	char *dir;		/* its states' directory, absolute */
};

/*
 * [NAME='PIPELINE' ...] 'PIPELINE'; chains: tools that stand next to each other
 * become one process.  What cannot be a run, such as two committing sinks: message, exit 2.
 */
void job_make(struct job *, char *const *arg, size_t n, const char *dir, bool chains);
const struct task *job_task(const struct job *, const char *id);	/* NULL: there is none */
#endif
