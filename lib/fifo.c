#include <sys/stat.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "fifo.h"

#define PATIENCE 10	/* s without a reader, until that is said */

/*
 * A link to the one in the state directory, so that one left by a run that was
 * killed is known as its own.
 */
char **
fifo_make(const struct job *j, const char *dir)
{
	char was[4096], **fifo;
	struct buf b = { 0 };
	const char *name;
	ssize_t n;
	size_t i;

	fifo = mem_alloc(j->nline * sizeof *fifo);
	for (i = 0; i + 1 < j->nline; i++) {
		name = j->line[i].name;
		b.n = 0;
		buf_adds(&b, dir);
		buf_adds(&b, "/fifo.");
		buf_adds(&b, name);
		buf_addc(&b, '\0');
		fifo[i] = mem_copy(b.s, b.n - 1);
		if (unlink(b.s) < 0 && errno != ENOENT)
			die_temp("%s", b.s);
		if (mkfifo(b.s, 0600) < 0)
			die_temp("%s", b.s);
		if (symlink(b.s, name) == 0)
			continue;
		if (errno != EEXIST)
			err(EXIT_BAD, "%s", name);
		n = readlink(name, was, sizeof was);
		if (n != (ssize_t)b.n - 1 || memcmp(was, b.s, b.n - 1) != 0)
			errx(EXIT_BAD, "%s: is there already: a named pipeline "
			    "is a FIFO of that name", name);
	}
	buf_free(&b);
	return fifo;
}

void
fifo_remove(const struct job *j, char *const *fifo)
{
	size_t i;

	for (i = 0; i + 1 < j->nline; i++) {
		unlink(j->line[i].name);
		unlink(fifo[i]);
	}
}

static void
on_alarm(int sig)
{
	(void)sig;
}

int
fifo_open(const char *fifo, const char *name)
{
	struct sigaction sa = { .sa_handler = on_alarm };
	bool told = false;
	int fd;

	sigemptyset(&sa.sa_mask);
	if (sigaction(SIGALRM, &sa, NULL) < 0)
		err(EXIT_TEMP, "signals");
	alarm(PATIENCE);
	while ((fd = open(fifo, O_WRONLY)) < 0) {
		if (errno != EINTR)
			err(EXIT_TEMP, "%s", fifo);
		if (!told)
			warnx("%s: for %d s nobody has read this pipeline: "
			    "another one is to do so, by its name", name,
			    PATIENCE);
		told = true;
	}
	alarm(0);
	return fd;
}
