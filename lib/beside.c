#include <sys/stat.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "beside.h"
#include "die.h"
#include "durable.h"

/* Where the file is: the path may be a link.  NULL: it is no plain file. */
static char *
beside_path(int fd, const char *path)
{
	struct stat st;
	char *whole;

	if (fstat(fd, &st) < 0)
		die_temp("%s", path);
	if (!S_ISREG(st.st_mode))
		return NULL;
	if ((whole = realpath(path, NULL)) == NULL)
		die_temp("%s", path);
	return whole;
}

void
beside_keep(int fd, const char *path)
{
	char *whole = beside_path(fd, path);

	if (whole != NULL)
		durable_entry(whole);
	free(whole);
}

void
beside_save(int fd, const char *path, const char *word, struct snap *s)
{
	char *whole = beside_path(fd, path);
	off_t n;

	if (whole == NULL)
		return;
	if (fsync(fd) < 0)
		die_temp("%s: fsync", path);
	if ((n = lseek(fd, 0, SEEK_END)) < 0)
		die_temp("%s", path);
	/* for who takes a savepoint, from anywhere */
	snap_rec(s, word);
	snap_int(s, (int64_t)n);
	snap_text(s, whole, strlen(whole));
	free(whole);
}

void
beside_cut(int fd, const char *path, int64_t n)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		die_temp("%s", path);
	if (!S_ISREG(st.st_mode))
		return;
	if (st.st_size < n)
		errx(EXIT_BAD, "%s: is shorter than it was at the epoch to go "
		    "on from", path);
	if (ftruncate(fd, n) < 0 || lseek(fd, n, SEEK_SET) < 0)
		die_temp("%s", path);
}

void
beside_load(int fd, const char *path, const struct rec *r,
    const struct state *state, const char *id)
{
	struct field word = rec_field(r, 0);
	struct buf name = { 0 };
	int copy;

	buf_adds(&name, id);
	buf_addc(&name, '.');
	buf_add(&name, word.s + (*word.s == '#'), word.n - (*word.s == '#'));
	buf_addc(&name, '\0');
	copy = openat(state_dir(state), name.s, O_RDONLY | O_CLOEXEC);
	if (copy >= 0) {
		if (ftruncate(fd, 0) < 0 || lseek(fd, 0, SEEK_SET) < 0)
			die_temp("%s", path);
		durable_copy(copy, fd, -1, path);
		close(copy);
	} else if (errno != ENOENT) {
		die_temp("%s/%s", state_path(state), name.s);
	}
	beside_cut(fd, path, snap_getint(r, 1));
	buf_free(&name);
}
