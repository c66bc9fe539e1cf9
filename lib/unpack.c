#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "die.h"
#include "unpack.h"

#define BLOCK (64 * 1024)	/* one read */

static const struct codec {
	const char *name, *magic;
	void (*run)(struct unpack *);
} codecs[] = {
	{ "gzip", "\x1f\x8b\x08", unpack_gzip },
	{ "zstd", "\x28\xb5\x2f\xfd", unpack_archive },
	{ "lz4", "\x04\x22\x4d\x18", unpack_lz4 },
	{ "lzop", "\x89LZO", unpack_archive },
	{ "xz", "\xfd" "7zXZ", unpack_archive },
};

struct unpack {
	const char *name;
	const struct codec *codec;
	pthread_t thread;
	int out;		/* the reader's end of the pipe */
	/* the thread's own, until it has ended */
	int fd, pipe;
	struct buf first;
	bool begun;		/* first has been given away */
	char *block;
	int status;
	char why[UNPACK_WHY];
};

/* Its place in codecs; -1: none of them; -2: more bytes are needed. */
static int
codec_find(const char *s, size_t n)
{
	size_t i, len;

	for (i = 0; i < sizeof codecs / sizeof *codecs; i++) {
		len = strlen(codecs[i].magic);
		if (memcmp(s, codecs[i].magic, n < len ? n : len) == 0)
			return n < len ? -2 : (int)i;
	}
	return -1;
}

int
unpack_known(const char *s, size_t n)
{
	int i = codec_find(s, n);

	return i >= 0 ? 1 : i == -1 ? 0 : -1;
}

void
unpack_bad(struct unpack *u, int status, const char *why)
{
	if (u->status != 0)
		return;
	u->status = status;
	snprintf(u->why, sizeof u->why, "%s: %s", u->codec->name, why);
}

ssize_t
unpack_more(struct unpack *u, const char **s)
{
	struct pollfd p = { .fd = u->fd, .events = POLLIN };
	ssize_t k;

	if (!u->begun) {
		u->begun = true;
		*s = u->first.s;
		return (ssize_t)u->first.n;
	}
	*s = u->block;
	while ((k = read(u->fd, u->block, BLOCK)) < 0)
		if (errno == EAGAIN)
			(void)poll(&p, 1, -1);
		else if (errno != EINTR)
			break;
	if (k < 0)
		unpack_bad(u, EXIT_TEMP, strerror(errno));
	return k;
}

bool
unpack_put(struct unpack *u, const char *s, size_t n)
{
	ssize_t k;

	while (n > 0) {
		if ((k = write(u->pipe, s, n)) >= 0) {
			s += k;
			n -= (size_t)k;
		} else if (errno != EINTR) {
			return false;	/* SIGPIPE is blocked */
		}
	}
	return true;
}

static void *
unpack_run(void *arg)
{
	struct unpack *u = arg;

	u->codec->run(u);
	close(u->pipe);
	return NULL;
}

struct unpack *
unpack_open(int fd, const char *first, size_t n, const char *name)
{
	struct unpack *u = mem_alloc(sizeof *u);
	sigset_t all, old;
	int p[2], k;

	if (pipe(p) < 0 || fcntl(p[0], F_SETFD, FD_CLOEXEC) < 0 ||
	    fcntl(p[1], F_SETFD, FD_CLOEXEC) < 0)
		err(EXIT_TEMP, "pipe");
	u->name = name;
	u->codec = &codecs[codec_find(first, n)];
	u->fd = fd;
	u->out = p[0];
	u->pipe = p[1];
	u->block = mem_alloc(BLOCK);
	buf_add(&u->first, first, n);
	/* signals are for the thread that calls */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	if ((k = pthread_create(&u->thread, NULL, unpack_run, u)) != 0) {
		errno = k;
		err(EXIT_TEMP, "thread");
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return u;
}

int
unpack_fd(const struct unpack *u)
{
	return u->out;
}

int
unpack_end(struct unpack *u, char why[UNPACK_WHY])
{
	int k, status;

	/* the thread may be writing, and then learns that nobody reads */
	close(u->out);
	if ((k = pthread_join(u->thread, NULL)) != 0) {
		errno = k;
		err(EXIT_TEMP, "thread");
	}
	status = u->status;
	if (status != 0)
		snprintf(why, UNPACK_WHY, "%s", u->why);
	buf_free(&u->first);
	free(u->block);
	free(u);
	return status;
}

void
unpack_close(struct unpack *u)
{
	const char *name = u->name;
	char why[UNPACK_WHY];
	int status = unpack_end(u, why);

	if (status != 0)
		errx(status, "%s: %s", name, why);
}
