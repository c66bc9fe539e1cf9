#include <sys/stat.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "follow.h"

void
follow_init(struct follow *f, const char *name, struct watch *w)
{
	*f = (struct follow){ .name = name, .fd = -1, .wd = -1,
	    .spot = { .offset = -1 } };
	in_init(&f->in, -1, name);
	f->wd = watch_add(w, name);
}

void
follow_resume(struct follow *f, const struct spot *s)
{
	size_t n;

	f->spot = *s;
	if (s->offset < 0)
		return;
	f->older = spot_find(s, f->name, &n);
	f->resumed = s->offset > 0;
}

void
follow_spot(struct follow *f, int64_t offset, int64_t line)
{
	if (f->fd >= 0)
		spot_take(&f->spot, f->fd, f->name, offset, line);
}

static bool
follow_open(struct follow *f, struct watch *w)
{
	const char *path = f->older != NULL ? *f->older : f->name;
	struct stat st;

	/* a FIFO without a writer must not keep the others waiting */
	f->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (f->fd < 0 && (errno == ENOENT || errno == EINTR) &&
	    path == f->name)
		return false;
	if (f->fd < 0 || fstat(f->fd, &st) < 0)
		err(EXIT_BAD, "%s", path);
	if (!S_ISREG(st.st_mode))
		errx(EXIT_BAD, "%s: not a plain file: no other can be followed",
		    path);
	f->dev = st.st_dev;
	f->ino = st.st_ino;
	f->last = f->older != NULL && strcmp(path, f->name) != 0;
	f->nhead = 0;
	f->wd = watch_add(w, path);
	in_reset(&f->in, f->fd, path);
	if (f->resumed)
		in_seek(&f->in, f->spot.offset, f->spot.line);
	f->resumed = false;
	if (f->older != NULL && *++f->older == NULL)
		f->older = NULL;
	return true;
}

static off_t
follow_at(const struct follow *f)
{
	off_t at = lseek(f->fd, 0, SEEK_CUR);

	if (at < 0)
		die_temp("%s", f->name);
	return at;
}

/*
 * Why what has been read is not what the file has now, or NULL.  One that was
 * cut and has grown again meanwhile is told by its first bytes.
 */
static const char *
follow_changed(struct follow *f)
{
	off_t at = follow_at(f);
	char head[SPOT_HEAD];
	struct stat st;
	size_t n = at < SPOT_HEAD ? (size_t)at : SPOT_HEAD;

	if (fstat(f->fd, &st) < 0)
		die_temp("%s", f->name);
	if (st.st_size < at)
		return "it has become shorter";
	n = spot_head(f->fd, f->name, head, n);
	if (n < f->nhead || memcmp(head, f->head, f->nhead) != 0)
		return "it was cut and has grown again";
	memcpy(f->head, head, n);
	f->nhead = n;
	return NULL;
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

static enum follow_what
follow_again(struct follow *f, const char *why)
{
	warnx("%s: %s: read again from the start", f->name, why);
	if (lseek(f->fd, 0, SEEK_SET) < 0)
		die_temp("%s", f->name);
	f->nhead = 0;
	in_reset(&f->in, f->fd, f->name);
	return FOLLOW_AGAIN;
}

enum follow_what
follow_read(struct follow *f, struct watch *w)
{
	const char *why;
	bool more;

	if (f->fd < 0 && !follow_open(f, w))
		return FOLLOW_NONE;
	more = in_fill(&f->in);
	/* nothing of what has just been read has been handed out yet */
	if ((why = follow_changed(f)) != NULL)
		return follow_again(f, why);
	if (more || f->last)
		return FOLLOW_MORE;
	/* the end for now: a last line without LF waits for the rest of it */
	f->in.eof = false;
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
