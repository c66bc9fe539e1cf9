/*
 * meter - what a shell command costs
 *
 * meter FILE COMMAND	runs sh -c COMMAND and writes to FILE: its status, wall
 *			seconds, processor seconds of all its processes, and the
 *			KiB of the largest of them
 *
 * A program of its own, since a process inherits the peak of the one that
 * forked it: a child of Python never looks smaller than Python.
 */
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <err.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static double
seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int
main(int argc, char **argv)
{
	struct rusage u;
	double start, wall;
	FILE *f;
	int status;
	pid_t pid;

	if (argc != 3)
		errx(2, "usage: meter file command");
	start = now();
	if ((pid = fork()) < 0)
		err(1, "fork");
	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", argv[2], (char *)NULL);
		err(127, "/bin/sh");
	}
	if (wait4(pid, &status, 0, &u) < 0)
		err(1, "wait4");
	wall = now() - start;
	if ((f = fopen(argv[1], "w")) == NULL)
		err(1, "%s", argv[1]);
	fprintf(f, "%d %.6f %.6f %ld\n",
	    WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
	    wall, seconds(u.ru_utime) + seconds(u.ru_stime), u.ru_maxrss);
	if (fclose(f) != 0)
		err(1, "%s", argv[1]);
	return 0;
}
