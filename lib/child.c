#include <sys/wait.h>
#include <err.h>
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "child.h"
#include "die.h"

extern char **environ;

/* Weir tools in the command would take the state and the run for theirs. */
static char **
child_env(void)
{
	static const char *const ours[] = { "WEIR_ONCE=", "WEIR_PART=",
	    "WEIR_RUN=", "WEIR_RUNDIR=", "WEIR_STATE=" };
	size_t i, k, n = 0, m = 0;
	char **env;

	while (environ[n] != NULL)
		n++;
	env = mem_grow(NULL, n + 1, sizeof *env);
	for (i = 0; i < n; i++) {
		for (k = 0; k < sizeof ours / sizeof *ours &&
		    strncmp(environ[i], ours[k], strlen(ours[k])) != 0; k++)
			;
		if (k == sizeof ours / sizeof *ours)
			env[m++] = environ[i];
	}
	env[m] = NULL;
	return env;
}

void
child_start(struct child *c, char *const *argv, int in, int out)
{
	posix_spawn_file_actions_t act;
	char **env = child_env();
	int e;

	c->name = argv[0];
	if ((e = posix_spawn_file_actions_init(&act)) == 0 &&
	    (in < 0 || (e = posix_spawn_file_actions_adddup2(&act, in, 0)) == 0) &&
	    (out < 0 || (e = posix_spawn_file_actions_adddup2(&act, out, 1)) == 0))
		e = posix_spawnp(&c->pid, argv[0], &act, NULL, argv, env);
	free(env);
	if (e == EAGAIN || e == ENOMEM)
		errx(EXIT_TEMP, "%s: %s", c->name, strerror(e));
	if (e != 0)
		errx(EXIT_BAD, "%s: %s", c->name, strerror(e));
	posix_spawn_file_actions_destroy(&act);
}

int
child_wait(struct child *c, char *why, size_t size)
{
	int status;

	while (waitpid(c->pid, &status, 0) < 0)
		if (errno != EINTR)
			die_temp("%s: wait", c->name);
	if (WIFSIGNALED(status)) {
		snprintf(why, size, "killed by signal %d, %s", WTERMSIG(status),
		    strsignal(WTERMSIG(status)));
		return 128 + WTERMSIG(status);
	}
	snprintf(why, size, "exit status %d", WEXITSTATUS(status));
	return WEXITSTATUS(status);
}
