#include <sys/stat.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "die.h"
#include "follow.h"

void
follow_init(struct follow *f, const char *name, struct watch *w)
{
	*f = (struct follow){ .name = name, .fd = -1, .wd = -1 };
	in_init(&f->in, -1, name);
	f->wd = watch_add(w, name);
}

static bool
follow_open(struct follow *f, struct watch *w)
{
	struct stat st;

	/* a FIFO without a writer must not keep the others waiting */
	f->fd = open(f->name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (f->fd < 0 && (errno == ENOENT || errno == EINTR))
		return false;
	if (f->fd < 0 || fstat(f->fd, &st) < 0)
		err(EXIT_BAD, "%s", f->name);
	if (!S_ISREG(st.st_mode))
		errx(EXIT_BAD, "%s: not a plain file: no other can be followed",
		    f->name);
	f->dev = st.st_dev;
	f->ino = st.st_ino;
	f->last = false;
	f->wd = watch_add(w, f->name);
	in_reset(&f->in, f->fd, f->name);
	return true;
}

/* Shorter than what has been read. */
static bool
follow_cut(const struct follow *f)
{
	struct stat st;
	off_t at = lseek(f->fd, 0, SEEK_CUR);

	if (at < 0 || fstat(f->fd, &st) < 0)
		die_temp("%s", f->name);
	return st.st_size < at;
}

/*
 * The name is that of another file, and somebody writes to it.  As long as it
 * is empty, the program that writes may not have opened it yet.
 */
static bool
follow_replaced(const struct follow *f)
{
	struct stat st;

	return stat(f->name, &st) == 0 &&
	    (st.st_dev != f->dev || st.st_ino != f->ino) && st.st_size > 0;
}

enum follow_what
follow_read(struct follow *f, struct watch *w)
{
	if (f->fd < 0 && !follow_open(f, w))
		return FOLLOW_NONE;
	if (in_fill(&f->in) || f->last)
		return FOLLOW_MORE;
	/* the end for now: a last line without LF waits for the rest of it */
	f->in.eof = false;
	if (follow_cut(f)) {
		warnx("%s: it has become shorter: read again from the start",
		    f->name);
		if (lseek(f->fd, 0, SEEK_SET) < 0)
			die_temp("%s", f->name);
		in_reset(&f->in, f->fd, f->name);
		return FOLLOW_AGAIN;
	}
	/* what was written meanwhile comes first */
	f->last = follow_replaced(f);
	return f->last ? follow_read(f, w) : FOLLOW_NONE;
}

void
follow_close(struct follow *f, struct watch *w)
{
	watch_drop(w, f->wd);
	close(f->fd);
	f->fd = -1;
}
