#include <sys/stat.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "spot.h"
#include "xxh.h"

size_t
spot_head(int fd, const char *name, char *to, size_t n)
{
	size_t got = 0;
	ssize_t k;

	while (got < n) {
		k = pread(fd, to + got, n - got, (off_t)got);
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			die_temp("%s: read", name);
		if (k == 0)
			break;
		got += (size_t)k;
	}
	return got;
}

static uint64_t
head_sum(int fd, const char *name, int64_t n)
{
	char text[SPOT_HEAD];

	return xxh64(text, spot_head(fd, name, text, (size_t)n), 0);
}

void
spot_take(struct spot *s, int fd, const char *name, int64_t offset,
    int64_t line)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		die_temp("%s", name);
	s->dev = (int64_t)st.st_dev;
	s->ino = (int64_t)st.st_ino;
	s->offset = offset;
	s->line = line;
	s->nhead = offset < SPOT_HEAD ? offset : SPOT_HEAD;
	s->head = head_sum(fd, name, s->nhead);
}

void
spot_packed(struct spot *s, int fd, const char *name)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		die_temp("%s", name);
	s->nhead = st.st_size < SPOT_HEAD ? (int64_t)st.st_size : SPOT_HEAD;
	s->head = head_sum(fd, name, s->nhead);
}

void
spot_save(const struct spot *s, const char *name, struct snap *snap)
{
	char text[20];
	int n = snprintf(text, sizeof text, "%016" PRIx64, s->head);

	snap_text(snap, name, strlen(name));
	snap_int(snap, s->dev);
	snap_int(snap, s->ino);
	snap_int(snap, s->offset);
	snap_int(snap, s->line);
	snap_int(snap, s->nhead);
	snap_text(snap, text, (size_t)n);
}

void
spot_load(struct spot *s, const struct rec *r, size_t i, struct buf *name)
{
	struct field f = snap_field(r, i + 6);
	char text[20], *end;

	name->n = 0;
	snap_getraw(r, i, name);
	buf_addc(name, '\0');
	s->dev = snap_getint(r, i + 1);
	s->ino = snap_getint(r, i + 2);
	s->offset = snap_getint(r, i + 3);
	s->line = snap_getint(r, i + 4);
	s->nhead = snap_getint(r, i + 5);
	if (s->nhead < 0 || s->nhead > SPOT_HEAD || f.n != 16)
		snap_bad(r);
	memcpy(text, f.s, f.n);
	text[f.n] = '\0';
	s->head = strtoull(text, &end, 16);
	if (*end != '\0')
		snap_bad(r);
}

bool
spot_begins(const struct spot *s, int fd, const char *name)
{
	return head_sum(fd, name, s->nhead) == s->head;
}

bool
spot_is(const struct spot *s, int fd, const char *name)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		die_temp("%s", name);
	return S_ISREG(st.st_mode) && (int64_t)st.st_size >= s->offset &&
	    spot_begins(s, fd, name);
}

struct found {			/* a file that is or was of that name */
	char *path;
	struct stat st;
	bool is;		/* what it begins with is right */
	bool same;		/* and it is the very file */
};

static void
found_look(struct found *f, const struct spot *s)
{
	int fd;

	/* a FIFO must not keep us waiting */
	if ((fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) < 0)
		err(EXIT_BAD, "%s", f->path);
	if (fstat(fd, &f->st) < 0)
		die_temp("%s", f->path);
	f->is = spot_is(s, fd, f->path);
	f->same = f->is && (int64_t)f->st.st_dev == s->dev &&
	    (int64_t)f->st.st_ino == s->ino;
	close(fd);
}

/* Oldest first. */
static int
found_compare(const void *a, const void *b)
{
	const struct timespec *s = &((const struct found *)a)->st.st_mtim;
	const struct timespec *t = &((const struct found *)b)->st.st_mtim;

	if (s->tv_sec != t->tv_sec)
		return s->tv_sec < t->tv_sec ? -1 : 1;
	return s->tv_nsec < t->tv_nsec ? -1 : s->tv_nsec > t->tv_nsec;
}

/* The plain files of the directory whose names begin as name does. */
static struct found *
found_all(const struct spot *s, const char *name, size_t *n)
{
	const char *slash = strrchr(name, '/');
	const char *base = slash != NULL ? slash + 1 : name;
	size_t ndir = (size_t)(base - name);
	char *dir = ndir > 0 ? mem_copy(name, ndir) : mem_copy(".", 1);
	struct found *v = NULL, f;
	struct dirent *e;
	struct buf b = { 0 };
	struct stat st;
	DIR *d;

	*n = 0;
	if ((d = opendir(dir)) == NULL)
		err(EXIT_BAD, "%s", dir);
	for (errno = 0; (e = readdir(d)) != NULL; errno = 0) {
		if (strncmp(e->d_name, base, strlen(base)) != 0)
			continue;
		b.n = 0;
		buf_add(&b, name, ndir);
		buf_adds(&b, e->d_name);
		buf_addc(&b, '\0');
		if (stat(b.s, &st) < 0 || !S_ISREG(st.st_mode))
			continue;
		f = (struct found){ .path = mem_copy(b.s, b.n - 1) };
		found_look(&f, s);
		v = mem_grow(v, *n + 1, sizeof *v);
		v[(*n)++] = f;
	}
	if (errno != 0)
		die_temp("%s", dir);
	closedir(d);
	free(dir);
	buf_free(&b);
	return v;
}

static bool
compressed(const char *path)
{
	static const char *const ends[] = { ".gz", ".xz", ".zst", ".bz2",
	    ".lz4", ".lzo" };
	size_t i, n = strlen(path), k;

	for (i = 0; i < sizeof ends / sizeof ends[0]; i++) {
		k = strlen(ends[i]);
		if (n > k && strcmp(path + n - k, ends[i]) == 0)
			return true;
	}
	return false;
}

/* Which of them was read; n: none. */
static size_t
found_pick(const struct found *v, size_t n, const char *name)
{
	size_t i, best = n;

	for (i = 0; i < n; i++) {
		if (v[i].same)
			return i;
		if (v[i].is && (best == n || strcmp(v[i].path, name) == 0))
			best = i;
	}
	return best;
}

char **
spot_find(const struct spot *s, const char *name, size_t *n)
{
	struct found *v;
	size_t i, nv, at;
	char **paths = NULL;

	*n = 0;
	v = found_all(s, name, &nv);
	if (nv > 0)
		qsort(v, nv, sizeof *v, found_compare);
	at = found_pick(v, nv, name);
	if (at == nv && s->offset > 0)
		errx(EXIT_BAD, "%s: the file that was read to byte %" PRId64
		    " is not there any more, under this name or one that "
		    "begins so: what it had more cannot be read", name,
		    s->offset);
	for (i = at; i < nv && strcmp(v[at].path, name) != 0; i++) {
		if (strcmp(v[i].path, name) == 0)
			continue;
		if (compressed(v[i].path))
			errx(EXIT_BAD, "%s: was compressed before it was read",
			    v[i].path);
		paths = mem_grow(paths, *n + 2, sizeof *paths);
		paths[(*n)++] = mem_copy(v[i].path, strlen(v[i].path));
	}
	paths = mem_grow(paths, *n + 2, sizeof *paths);
	paths[(*n)++] = mem_copy(name, strlen(name));
	paths[*n] = NULL;
	for (i = 0; i < nv; i++)
		free(v[i].path);
	free(v);
	return paths;
}
