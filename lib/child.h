/* child - a command that runs beside the tool */
#ifndef CHILD_H
#define CHILD_H
#include <stddef.h>
#include <sys/types.h>

struct child {
	pid_t pid;
	const char *name;
};

/*
 * in, out: its standard input and output, which stay open here; -1: those of
 * the tool.  It is no stage of the run, so what srun tells those is not in its
 * environment.  A command that cannot be run: message, exit 1.
 */
void child_start(struct child *, char *const *argv, int in, int out);
/* Its exit status, or 128 and the signal that killed it; if not 0, why says which. */
int child_wait(struct child *, char *why, size_t);
#endif
