#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "regcache.h"

#define TEXT_MOST ((size_t)64 << 20)

/* Makes the directory and those above it. */
static bool
dir_make(char *path)
{
	char *p = path;

	do {
		p = strchr(p + 1, '/');
		if (p != NULL)
			*p = '\0';
		if (mkdir(path, 0700) < 0 && errno != EEXIST && p == NULL)
			return false;
		if (p != NULL)
			*p = '/';
	} while (p != NULL);
	return true;
}

/* Ids are a registry's own, so each has a directory, named after it. */
char *
regcache_open(const char *url)
{
	const char *home = getenv("XDG_CACHE_HOME"), *sub = "";
	struct buf b = { 0 };

	if (home == NULL || *home != '/') {
		home = getenv("HOME");
		sub = "/.cache";
	}
	if (home == NULL || *home != '/')
		return NULL;
	buf_adds(&b, home);
	buf_adds(&b, sub);
	buf_adds(&b, "/weir/registry/");
	for (; *url != '\0'; url++)
		if (*url == '/' || *url == '%' || (unsigned char)*url <= ' ') {
			char hex[4];

			snprintf(hex, sizeof hex, "%%%02X", (unsigned char)*url);
			buf_adds(&b, hex);
		} else {
			buf_addc(&b, *url);
		}
	buf_addc(&b, '\0');
	if (dir_make(b.s))
		return b.s;
	buf_free(&b);
	return NULL;
}

static char *
cache_path(const char *dir, int32_t id, const char *tail)
{
	size_t n = strlen(dir) + 64;
	char *path = mem_alloc(n);

	snprintf(path, n, "%s/%d%s", dir, (int)id, tail);
	return path;
}

/* The file: its kind, a line; then the text, then a line end as its sign of completeness. */
int
regcache_get(const char *dir, int32_t id, char **kind, char **text)
{
	struct buf b = { 0 };
	char *path, *eol;
	ssize_t k;
	int fd;

	if (dir == NULL)
		return -1;
	path = cache_path(dir, id, "");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	free(path);
	if (fd < 0)
		return -1;
	while (b.n < TEXT_MOST && ((k = read(fd, buf_room(&b, 4096), 4096)) > 0 ||
	    (k < 0 && errno == EINTR)))
		b.n += k > 0 ? (size_t)k : 0;
	close(fd);
	if (b.n == 0 || b.s[b.n - 1] != '\n' ||
	    (eol = memchr(b.s, '\n', b.n - 1)) == NULL) {
		buf_free(&b);
		return -1;
	}
	*kind = mem_copy(b.s, (size_t)(eol - b.s));
	*text = mem_copy(eol + 1, (size_t)(b.s + b.n - eol) - 2);
	buf_free(&b);
	return 0;
}

void
regcache_put(const char *dir, int32_t id, const char *kind, const char *text)
{
	char *path, *tmp;
	bool ok;
	FILE *f;
	int fd;

	if (dir == NULL)
		return;
	path = cache_path(dir, id, "");
	tmp = cache_path(dir, id, ".XXXXXX");
	if ((fd = mkstemp(tmp)) >= 0) {
		if ((f = fdopen(fd, "w")) == NULL) {
			close(fd);
			ok = false;
		} else {
			ok = fprintf(f, "%s\n%s\n", kind, text) > 0;
			ok &= fclose(f) == 0;
		}
		if (!ok || rename(tmp, path) < 0)
			(void)unlink(tmp);
	}
	free(path);
	free(tmp);
}
