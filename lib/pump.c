#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "pump.h"

static void
pump_pipe(int fd[2])
{
	if (pipe(fd) < 0 || fcntl(fd[0], F_SETFD, FD_CLOEXEC) < 0 ||
	    fcntl(fd[1], F_SETFD, FD_CLOEXEC) < 0)
		die_temp("pipe");
}

void
pump_run(struct pump *p, char *const *argv, int in)
{
	int from[2];

	pump_pipe(from);
	child_start(&p->child, argv, in, from[1]);
	close(from[1]);
	p->to = -1;
	p->ending = false;
	p->buf.n = p->at = 0;
	if (p->from.buf == NULL)
		in_init(&p->from, from[0], argv[0]);
	else
		in_reset(&p->from, from[0], argv[0]);
}

void
pump_start(struct pump *p, char *const *argv)
{
	int to[2];

	pump_pipe(to);
	if (fcntl(to[1], F_SETFL, O_NONBLOCK) < 0)
		die_temp("pipe");
	pump_run(p, argv, to[0]);
	close(to[0]);
	p->to = to[1];
}

void
pump_put(struct pump *p, const char *s, size_t n)
{
	size_t left = pump_left(p);

	/* what has been written makes room, when that costs less than it did */
	if (p->at > 0 && p->at >= left) {
		memmove(p->buf.s, p->buf.s + p->at, left);
		p->buf.n = left;
		p->at = 0;
	}
	buf_add(&p->buf, s, n);
}

static void
pump_close(struct pump *p)
{
	if (p->to >= 0)
		close(p->to);
	p->to = -1;
	p->at = p->buf.n = 0;
}

void
pump_end(struct pump *p)
{
	p->ending = true;
	if (pump_left(p) == 0)
		pump_close(p);
}

size_t
pump_want(const struct pump *p, struct pollfd *fd)
{
	size_t n = 0;

	if (!p->from.eof)
		fd[n++] = (struct pollfd){ .fd = p->from.fd, .events = POLLIN };
	if (p->to >= 0 && pump_left(p) > 0)
		fd[n++] = (struct pollfd){ .fd = p->to, .events = POLLOUT };
	return n;
}

/* A command that does not read on is no error here: how it ended is. */
static void
pump_write(struct pump *p)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, old;
	ssize_t k;
	int e;

	sigemptyset(&ignore.sa_mask);
	sigaction(SIGPIPE, &ignore, &old);
	k = write(p->to, p->buf.s + p->at, pump_left(p));
	e = errno;
	sigaction(SIGPIPE, &old, NULL);
	errno = e;
	if (k >= 0) {
		p->at += (size_t)k;
		if (p->ending)
			pump_end(p);
	} else if (e == EPIPE) {
		pump_close(p);
	} else if (e != EAGAIN && e != EINTR) {
		die_temp("%s: write", p->child.name);
	}
}

bool
pump_move(struct pump *p, int ms)
{
	struct pollfd fd[2];
	size_t i, n = pump_want(p, fd);
	int k;

	if ((k = poll(fd, (nfds_t)n, ms)) < 0 && errno != EINTR)
		die_temp("poll");
	for (i = 0; k > 0 && i < n; i++)
		if (fd[i].revents == 0)
			continue;
		else if (fd[i].fd == p->to)
			pump_write(p);
		else
			in_fill(&p->from);
	return k > 0;
}

int
pump_answer(struct pump *p, struct field *f)
{
	struct rec r;

	if (!in_ready(&p->from) && !p->from.eof)
		return 0;
	if (in_line(&p->from, &r) == 0)
		return -1;
	*f = rec_line(&r);
	return 1;
}

int
pump_wait(struct pump *p, char *why, size_t size)
{
	pump_close(p);
	close(p->from.fd);
	return child_wait(&p->child, why, size);
}
