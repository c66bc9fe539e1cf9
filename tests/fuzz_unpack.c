/*
 * Any bytes as a compressed file: what they hold, or why they hold nothing.
 * And sound ones, made of the bytes, whole, cut off, or with a byte changed.
 */
#include <assert.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"
#include "io.h"
#include "pack.h"
#include "unpack.h"

#define MOST (64 << 20)		/* of what comes out: a bomb is not read to its end */
#define PIPE 60000		/* bytes that a pipe takes at once */


/* A pipe's end from which the bytes can be read. */
static int
fd_of(const char *s, size_t n)
{
	ssize_t k;
	int p[2], r;

	r = pipe(p);
	assert(r == 0);
	k = write(p[1], s, n);
	assert(k == (ssize_t)n);
	close(p[1]);
	return p[0];
}

/* What the file holds, appended; -1: it is not compressed; else the status. */
static int
unpacked(const char *s, size_t n, size_t first, struct buf *b)
{
	char why[UNPACK_WHY] = "";
	struct unpack *u;
	int fd, status;
	ssize_t k;

	if (first > n || unpack_known(s, first) != 1)
		first = n;
	if (unpack_known(s, first) != 1)
		return -1;
	fd = fd_of(s + first, n - first);
	u = unpack_open(fd, s, first, "fuzz");
	while (b->n < MOST && (k = read(unpack_fd(u), buf_room(b, 65536),
	    65536)) > 0)
		b->n += (size_t)k;
	status = unpack_end(u, why);
	assert(status == 0 ? *why == '\0' : strlen(why) > 0);
	close(fd);
	return status;
}

static void
packed(const char *codec, const char *s, size_t n, struct buf *b)
{
	struct out out;
	struct pack *p;
	ssize_t k;
	int fd[2], r;

	r = pipe(fd);
	assert(r == 0);
	out_init(&out, fd[1], "fuzz");
	p = pack_open(codec, &out);
	pack_put(p, s, n);
	pack_close(p);
	out_close(&out);
	while ((k = read(fd[0], buf_room(b, 65536), 65536)) > 0)
		b->n += (size_t)k;
	close(fd[0]);
}

static void
sound_try(const char *codec, const char *s, size_t n, size_t at, char change)
{
	struct buf file = { 0 }, got = { 0 };
	int status;

	packed(codec, s, n, &file);
	status = unpacked(file.s, file.n, at, &got);
	assert(status == 0 && got.n == n &&
	    (n == 0 || memcmp(got.s, s, n) == 0));
	at = file.n > 0 ? at % file.n : 0;
	got.n = 0;
	if (change == 0) {
		/* a part is said to be one, and what it holds is true */
		status = unpacked(file.s, at, at / 2, &got);
		assert(status != 0 && got.n <= n &&
		    (got.n == 0 || memcmp(got.s, s, got.n) == 0));
	} else {
		/* libarchive's zstd has no checksum */
		file.s[at] ^= change;
		status = unpacked(file.s, file.n, at, &got);
		assert(status != 0 || strcmp(codec, "zstd") == 0 ||
		    (got.n == n && (n == 0 || memcmp(got.s, s, n) == 0)));
	}
	buf_free(&file);
	buf_free(&got);
}

/* libarchive takes off every layer: what begins as a compressed file is decompressed again. */
static bool
layered(const char *codec, const char *s, size_t n)
{
	return (strcmp(codec, "zstd") == 0 || strcmp(codec, "xz") == 0) &&
	    (unpack_known(s, n) == 1 ||
	    (n >= 4 && (s[0] & 0xf0) == 0x50 && memcmp(s + 1, "*M\x18", 3) == 0));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const char *const codecs[] = { "gzip", "zstd", "lz4", "xz" };
	const char *s = (const char *)data;
	struct buf b = { 0 };

	signal(SIGPIPE, SIG_IGN);
	if (n > PIPE)
		return 0;
	(void)unpacked(s, n, n / 2, &b);
	buf_free(&b);
	if (n >= 4 && data[0] < 4 && !layered(codecs[data[0]], s + 4, n - 4))
		sound_try(codecs[data[0]], s + 4, n - 4,
		    (size_t)data[1] << 8 | data[2], s[3]);
	return 0;
}
