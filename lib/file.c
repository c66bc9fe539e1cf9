#include <sys/stat.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "file.h"
#include "unpack.h"

const char *
file_name(const struct file *f)
{
	return f->name != NULL ? f->name : "standard input";
}

/*
 * All are looked at before the first is read, so that nothing is lost by one
 * that is not there; but opened one by one, since there may be many, and
 * opening a FIFO waits for its writer.
 */
void
file_check(struct file *f, const char *name)
{
	struct stat st;

	*f = (struct file){ .name = name, .fd = -1, .spot = { .offset = -1 } };
	if (strcmp(name, "-") == 0) {
		f->name = NULL;
		f->fd = 0;
	}
	if (f->name == NULL ? fstat(0, &st) < 0 :
	    stat(f->name, &st) < 0 || access(f->name, R_OK) < 0)
		err(EXIT_BAD, "%s", file_name(f));
	if (S_ISDIR(st.st_mode))
		errx(EXIT_BAD, "%s: is a directory", file_name(f));
	f->live = !S_ISREG(st.st_mode);
}

/* By its first bytes; what a file descriptor that cannot seek has is not known. */
static bool
file_packed(const struct file *f)
{
	char first[8];
	ssize_t n = pread(f->fd, first, sizeof first, 0);

	return n > 0 && unpack_known(first, (size_t)n) == 1;
}

bool
file_open(struct file *f, struct in *in, bool first,
    const volatile sig_atomic_t *stopped)
{
	while (f->name != NULL &&
	    (f->fd = open(f->name, O_RDONLY | O_CLOEXEC)) < 0) {
		if (errno != EINTR)
			err(EXIT_BAD, "%s", f->name);
		if (*stopped)
			return false;
	}
	if (first)
		in_init(in, f->fd, f->name);
	else
		in_reset(in, f->fd, f->name);
	if (f->spot.offset < 0)
		return true;
	if (file_packed(f) && spot_begins(&f->spot, f->fd, f->name))
		return true;	/* file_skip, when it is decompressed */
	if (!spot_is(&f->spot, f->fd, f->name))
		errx(EXIT_BAD, "%s: is not the file that was read before: it "
		    "begins otherwise or is shorter; -F follows files that "
		    "are rotated", f->name);
	in_seek(in, f->spot.offset, f->spot.line);
	return true;
}

int
file_fd(const struct file *f)
{
	return f->unpack != NULL ? unpack_fd(f->unpack) : f->fd;
}

/* What an earlier run has read; only what comes out can be counted. */
static void
file_skip(struct file *f, struct in *in)
{
	char block[8192];
	int64_t left = f->spot.offset;
	ssize_t k;

	while (left > 0) {
		k = read(unpack_fd(f->unpack), block, left <
		    (int64_t)sizeof block ? (size_t)left : sizeof block);
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			die_temp("%s: read", f->name);
		if (k == 0) {
			unpack_close(f->unpack);
			errx(EXIT_BAD, "%s: is shorter than it was when it was "
			    "read before", f->name);
		}
		left -= k;
	}
	in_stands(in, f->spot.offset, f->spot.line);
}

/* One read; the first bytes tell whether the file is compressed. */
void
file_fill(struct file *f, struct in *in)
{
	int k;

	in_fill(in);
	if (in->eof && f->unpack != NULL) {
		/* before its last line is taken: it may be cut off */
		unpack_close(f->unpack);
		f->unpack = NULL;
	}
	if (f->looked || ((k = unpack_known(in->buf, in->w)) < 0 && !in->eof))
		return;
	f->looked = true;
	f->packed = k == 1;
	if (f->packed) {
		f->unpack = unpack_open(f->fd, in->buf, in->w, file_name(f));
		in_reset(in, unpack_fd(f->unpack), f->name);
		if (f->spot.offset > 0)
			file_skip(f, in);
	}
}

void
file_spot(struct file *f, const struct in *in, const struct lane *l)
{
	int64_t offset, line;

	dec_place(l, in, &offset, &line);
	spot_take(&f->spot, f->fd, f->name, offset, line);
	if (f->packed)
		spot_packed(&f->spot, f->fd, f->name);
}
