#include <sys/wait.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "clock.h"
#include "crew.h"
#include "die.h"
#include "fifo.h"

#define NOT_RUN 127	/* exit status of a child whose command could not be run, as sh(1)'s */

/* Whoever runs the run must not die without it. */
static void
child_bind(pid_t parent)
{
#ifdef __linux__
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		err(EXIT_TEMP, "prctl");
	if (getppid() != parent)
		_exit(EXIT_TEMP);
#else
	(void)parent;
#endif
}

static void
child_env(const char *name, const char *value)
{
	if ((value != NULL ? setenv(name, value, 1) : unsetenv(name)) < 0)
		err(EXIT_TEMP, "environment");
}

static void
child_fd(int fd, int to)
{
	if (fd != to && (dup2(fd, to) < 0 || close(fd) < 0))
		err(EXIT_TEMP, "descriptors");
}

static _Noreturn void
child_run(const struct job *j, const struct proc *p, int in, int out,
    const char *fifo)
{
	struct buf dir = { 0 };
	sigset_t none;

	if (in < 0 && (in = open("/dev/null", O_RDONLY)) < 0)
		err(EXIT_TEMP, "/dev/null");
	if (fifo != NULL)
		out = fifo_open(fifo, j->line[p->line].name);
	child_fd(in, 0);
	if (out >= 0)
		child_fd(out, 1);
	buf_adds(&dir, j->dir);
	buf_addc(&dir, '/');
	buf_adds(&dir, p->task->id);
	buf_addc(&dir, '\0');
	child_env("WEIR_STATE", p->n == 1 ? dir.s : NULL);
	/* a source takes SIGTERM when it is ready for it */
	sigemptyset(&none);
	if (p->source)
		sigaddset(&none, SIGTERM);
	if (sigprocmask(SIG_SETMASK, &none, NULL) < 0)
		err(EXIT_TEMP, "signals");
	execvp(p->argv[0], p->argv);
	warn("%s", p->argv[0]);
	_exit(NOT_RUN);
}

static void
proc_start(struct crew *c, size_t i, int in, int out, int unused,
    const char *fifo)
{
	pid_t parent = getpid(), pid;
	int held[2] = { -1, -1 };

	/* it is closed by the command's start, or its end */
	if (fifo != NULL && (pipe(held) < 0 ||
	    fcntl(held[0], F_SETFD, FD_CLOEXEC) < 0 ||
	    fcntl(held[1], F_SETFD, FD_CLOEXEC) < 0))
		err(EXIT_TEMP, "pipe");
	if ((pid = fork()) < 0) {
		warn("fork");
		crew_kill(c);
		exit(EXIT_TEMP);
	}
	if (pid == 0) {
		if (setpgid(0, c->group) < 0)
			err(EXIT_TEMP, "process group");
		child_bind(parent);
		if (unused >= 0)
			close(unused);
		child_run(c->job, &c->job->proc[i], in, out, fifo);
	}
	if (c->group == 0)
		c->group = pid;
	/* whichever of us is first */
	if (setpgid(pid, c->group) < 0 && errno != EACCES && errno != ESRCH)
		err(EXIT_TEMP, "process group");
	c->pid[i] = pid;
	c->held[i] = held[0];
	if (held[1] >= 0)
		close(held[1]);
	c->left++;
}

void
crew_start(struct crew *c, const struct job *j, char *const *fifo,
    const char *run, bool once)
{
	const struct proc *p;
	int in = -1, fd[2] = { -1, -1 };
	size_t i;

	*c = (struct crew){ .job = j };
	c->pid = mem_alloc(j->n * sizeof *c->pid);
	c->held = mem_alloc(j->n * sizeof *c->held);
#ifdef __linux__
	/* what a stage leaves behind is ours to wait for */
	if (prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
		err(EXIT_TEMP, "prctl");
#endif
	child_env("WEIR_RUNDIR", j->dir);
	child_env("WEIR_RUN", run);
	child_env("WEIR_ONCE", once ? "1" : NULL);
	for (i = 0; i < j->n; i++) {
		p = &j->proc[i];
		fd[0] = fd[1] = -1;
		if (!p->last && pipe(fd) < 0)
			err(EXIT_TEMP, "pipe");
		proc_start(c, i, in, fd[1], fd[0],
		    p->last ? fifo[p->line] : NULL);
		if (in >= 0)
			close(in);
		if (fd[1] >= 0)
			close(fd[1]);
		in = fd[0];
	}
}

static void
fail(struct crew *c, size_t i, int status, const char *why)
{
	if (c->since == 0)
		c->since = clock_ms();
	/* what another try does not mend counts more than what it may */
	if (c->status != 0 && (c->status != EXIT_TEMP || status == EXIT_TEMP))
		return;
	c->bad = i;
	c->status = status;
	snprintf(c->why, sizeof c->why, "%s", why);
}

/* A signal: also as sh(1) tells of one. */
static void
ended(struct crew *c, size_t i, int status)
{
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
	int sig = WIFSIGNALED(status) ? WTERMSIG(status) :
	    code > 128 && code < 128 + NSIG ? code - 128 : 0;
	char why[128];

	if (c->killed)
		return;
	if (sig == SIGPIPE) {
		/* that follows from another's end, which tells more */
		c->piped = i + 1;
		if (c->since == 0)
			c->since = clock_ms();
		return;
	}
	if (sig != 0) {
		snprintf(why, sizeof why, "was killed: %s", strsignal(sig));
		fail(c, i, EXIT_TEMP, why);
	} else if (code == NOT_RUN) {
		fail(c, i, EXIT_BAD, "could not be run");
	} else if (code != 0) {
		snprintf(why, sizeof why, "exit status %d", code);
		fail(c, i, code, why);
	}
}

static void
reap(struct crew *c, pid_t pid, int status)
{
	size_t i;

	for (i = 0; i < c->job->n; i++)
		if (c->pid[i] == pid) {
			c->pid[i] = 0;
			c->left--;
			ended(c, i, status);
			return;
		}
}

void
crew_reap(struct crew *c)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0 ||
	    (pid < 0 && errno == EINTR))
		if (pid > 0)
			reap(c, pid, status);
	if (c->left == 0 && c->status == 0 && c->piped > 0)
		fail(c, c->piped - 1, EXIT_TEMP, "nobody read what it wrote");
}

/* Its FIFO has no reader yet. */
static bool
held(const struct crew *c, size_t i)
{
	struct pollfd p = { .fd = c->held[i], .events = POLLIN };

	return p.fd >= 0 && c->pid[i] > 0 && poll(&p, 1, 0) == 0;
}

void
crew_unread(struct crew *c)
{
	const struct proc *p = c->job->proc;
	size_t i, last = 0;
	bool any = false;
	char why[256];

	/* from the end: the last one of a pipeline says it for those before */
	for (i = c->job->n; i-- > 0;) {
		if (p[i].last)
			last = i;
		if (c->pid[i] <= 0)
			continue;
		if (!held(c, last))
			return;
		any = true;
	}
	if (!any || c->status != 0)
		return;
	for (i = 0; i < c->job->n && !held(c, i); i++)
		;
	snprintf(why, sizeof why, "nobody has read the pipeline %s",
	    c->job->line[p[i].line].name);
	fail(c, i, EXIT_BAD, why);
}

void
crew_free(struct crew *c)
{
	size_t i;

	for (i = 0; i < c->job->n; i++)
		if (c->held[i] >= 0)
			close(c->held[i]);
	free(c->held);
	free(c->pid);
}

void
crew_stop(struct crew *c)
{
	size_t i;

	for (i = 0; i < c->job->n; i++)
		if (c->pid[i] > 0 && c->job->proc[i].source)
			kill(c->pid[i], SIGTERM);
}

void
crew_kill(struct crew *c)
{
	const struct timespec pause = { .tv_nsec = 5 * 1000 * 1000 };
	int status;
	pid_t pid;

	/* what is on the way out may still say why */
	crew_reap(c);
	c->killed = true;
	if (c->group > 0)
		kill(-c->group, SIGKILL);
	for (;;) {
		if ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
			reap(c, pid, status);
		} else if (pid < 0 && errno == ECHILD) {
			return;
		} else if (pid == 0) {
			/* one that was being made meanwhile */
			if (c->group > 0)
				kill(-c->group, SIGKILL);
			nanosleep(&pause, NULL);
		}
	}
}
