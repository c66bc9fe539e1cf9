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
spool_put(struct spool *s, const char *text, size_t n)
{
	if (!s->open)
		spool_open(s);
	out_put(&s->out, text, n);
}

int
spool_take(struct spool *s)
{
	if (!s->open)
		return -1;
	out_close(&s->out);
	s->open = false;
	return s->fd;
}
