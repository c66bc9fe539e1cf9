#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "spool.h"

/*
 * A new file for each epoch: what a command has left running in the
 * background may still read the one before.
 */
static void
spool_open(struct spool *s)
{
	const char *dir = getenv("TMPDIR");
	struct buf path = { 0 };
	int fd;

	buf_adds(&path, dir != NULL && *dir != '\0' ? dir : "/tmp");
	buf_add(&path, "/weir.XXXXXX", sizeof "/weir.XXXXXX");
	if ((fd = mkstemp(path.s)) < 0 ||
	    (s->fd = open(path.s, O_RDONLY | O_CLOEXEC)) < 0 ||
	    fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 || unlink(path.s) < 0)
		die_temp("%s", path.s);
	buf_free(&path);
	out_init(&s->out, fd, "temporary file");
	s->open = true;
}

void
spool_keep(struct spool *s, int dir, const char *name, const char *path)
{
	s->dir = dir;
	s->name = name;
	buf_adds(&s->path, path);
	buf_addc(&s->path, '/');
	buf_add(&s->path, name, strlen(name) + 1);
}

static void
spool_named(struct spool *s)
{
	int fd;

	if ((fd = openat(s->dir, s->name, O_WRONLY | O_CREAT | O_TRUNC |
	    O_CLOEXEC, 0600)) < 0 || (s->fd = openat(s->dir, s->name,
	    O_RDONLY | O_CLOEXEC)) < 0)
		die_temp("%s", s->path.s);
	out_init(&s->out, fd, s->path.s);
	s->open = true;
}

void
spool_put(struct spool *s, const char *text, size_t n)
{
	if (!s->open)
		(s->name != NULL ? spool_named : spool_open)(s);
	out_put(&s->out, text, n);
}

int
spool_take(struct spool *s)
{
	if (!s->open)
		return -1;
	if (s->name != NULL) {
		out_flush(&s->out);
		if (fsync(s->out.fd) < 0)
			die_temp("%s: fsync", s->path.s);
	}
	out_close(&s->out);
	s->open = false;
	return s->fd;
}
