#include <sys/file.h>
#include <sys/stat.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "die.h"
#include "durable.h"

#define NOTE_MOST 8192		/* bytes of a file of one line */

void
durable_entry(const char *path)
{
	struct buf b = { 0 };
	size_t n = strlen(path);
	int fd;

	while (n > 0 && path[n - 1] == '/')
		n--;
	while (n > 0 && path[n - 1] != '/')
		n--;
	buf_adds(&b, n > 0 ? "" : ".");
	buf_add(&b, path, n);
	buf_addc(&b, '\0');
	if ((fd = open(b.s, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) >= 0) {
		durable_sync(fd, b.s);
		close(fd);
	} else if (errno != EACCES) {
		/* one that may be written only cannot be synced by us */
		die_temp("%s", b.s);
	}
	buf_free(&b);
}

int
durable_dir(const char *path, mode_t mode)
{
	int fd;

	if ((mkdir(path, mode) < 0 && errno != EEXIST) ||
	    (fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0) {
		/* a name that can be none; the rest is as it is with any write */
		if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP ||
		    errno == ENAMETOOLONG)
			err(EXIT_BAD, "%s", path);
		die_temp("%s", path);
	}
	/* also if it was there: whoever made it may have died before this */
	durable_entry(path);
	return fd;
}

void
durable_sync(int dir, const char *path)
{
	if (fsync(dir) < 0)
		die_temp("%s: fsync", path);
}

void
durable_rename(int dir, const char *from, const char *to, const char *path)
{
	if (renameat(dir, from, dir, to) < 0)
		die_temp("%s/%s: rename", path, to);
	durable_sync(dir, path);
}

void
durable_put(int dir, const char *name, const char *text, const char *path)
{
	char tmp[NAME_MAX + 1];
	struct buf b = { 0 };
	int fd;

	buf_adds(&b, text);
	buf_addc(&b, '\n');
	snprintf(tmp, sizeof tmp, "%s.tmp", name);
	if ((fd = openat(dir, tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
	    0600)) < 0)
		die_temp("%s/%s", path, tmp);
	if (write(fd, b.s, b.n) != (ssize_t)b.n || fsync(fd) < 0 ||
	    close(fd) < 0)
		die_temp("%s/%s: write", path, tmp);
	buf_free(&b);
	durable_rename(dir, tmp, name, path);
}

char *
durable_get(int dir, const char *name, const char *path)
{
	char text[NOTE_MOST];
	ssize_t n;
	int fd;

	if ((fd = openat(dir, name, O_RDONLY | O_CLOEXEC)) < 0) {
		if (errno != ENOENT)
			die_temp("%s/%s", path, name);
		return NULL;
	}
	while ((n = read(fd, text, sizeof text)) < 0)
		if (errno != EINTR)
			die_temp("%s/%s: read", path, name);
	close(fd);
	/* it was renamed whole: without its line end it is not ours */
	if (n == 0 || memchr(text, '\n', (size_t)n) != text + n - 1)
		errx(EXIT_BAD, "%s/%s: not a line: it has been altered", path,
		    name);
	return mem_copy(text, (size_t)n - 1);
}

static int
name_cmp(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char **
durable_names(int dir, const char *path)
{
	struct dirent *e;
	char **v = NULL;
	size_t n = 0;
	DIR *d;
	int fd;

	if ((fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0 ||
	    (d = fdopendir(fd)) == NULL)
		die_temp("%s", path);
	for (errno = 0; (e = readdir(d)) != NULL; errno = 0) {
		if (strcmp(e->d_name, ".") == 0 ||
		    strcmp(e->d_name, "..") == 0)
			continue;
		v = mem_grow(v, n + 1, sizeof *v);
		v[n++] = mem_copy(e->d_name, strlen(e->d_name));
	}
	if (errno != 0)
		die_temp("%s", path);
	closedir(d);
	if (n > 0)
		qsort(v, n, sizeof *v, name_cmp);
	v = mem_grow(v, n + 1, sizeof *v);
	v[n] = NULL;
	return v;
}

void
durable_forget(char **names)
{
	char **p;

	for (p = names; *p != NULL; p++)
		free(*p);
	free(names);
}

bool
durable_ends(const char *name, const char *suffix)
{
	size_t n = strlen(name), k = strlen(suffix);

	return n > k && strcmp(name + n - k, suffix) == 0;
}

void
durable_drop(int dir, const char *name, const char *path)
{
	if (unlinkat(dir, name, 0) < 0 && errno != ENOENT)
		die_temp("%s/%s: remove", path, name);
}

bool
durable_copy(int from, int to, int64_t n, const char *path)
{
	char block[8192];
	ssize_t k, w;

	while (n != 0) {
		k = read(from, block, n > 0 && n < (int64_t)sizeof block ?
		    (size_t)n : sizeof block);
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			die_temp("%s: read", path);
		if (k == 0)
			return n < 0;
		if (n > 0)
			n -= k;
		for (w = 0; w < k;) {
			ssize_t done = write(to, block + w, (size_t)(k - w));

			if (done < 0 && errno != EINTR)
				die_temp("%s: write", path);
			w += done > 0 ? done : 0;
		}
	}
	return true;
}

int
durable_lock(int dir, const char *who, const char *path)
{
	char text[256];
	ssize_t n;
	int fd;

	if ((fd = openat(dir, "lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600)) < 0)
		die_temp("%s/lock", path);
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK)
			die_temp("%s/lock", path);
		n = read(fd, text, sizeof text - 1);
		text[n > 0 ? n : 0] = '\0';
		text[strcspn(text, "\n")] = '\0';
		errx(EXIT_TEMP, "%s: in use by %s", path,
		    *text != '\0' ? text : "another process");
	}
	n = snprintf(text, sizeof text, "%s, process %ld\n", who,
	    (long)getpid());
	if (ftruncate(fd, 0) < 0 || pwrite(fd, text, (size_t)n, 0) != n)
		die_temp("%s/lock: write", path);
	return fd;
}
