#include <err.h>
#include <stdint.h>
#include <string.h>

#include "die.h"
#include "lazy.h"
#include "xxh.h"
#include "zframe.h"

#define LEVEL 1			/* a barrier waits for it */
#define MOST ((unsigned long long)2 << 30)	/* bytes that a frame may say to hold */

/*
 * The functions of zstd.h that are used, in the order of names.  Every tool with state would have to
 * be linked with the library otherwise, and be loaded with it, for a setting
 * that few choose.
 */
static struct {
	size_t (*compress)(void *, size_t, const void *, size_t, int);
	size_t (*bound)(size_t);
	unsigned (*error)(size_t);
	size_t (*decompress)(void *, size_t, const void *, size_t);
	size_t (*length)(const void *, size_t);
	unsigned long long (*content)(const void *, size_t);
} zstd;

static const char *const names[] = {
	"ZSTD_compress", "ZSTD_compressBound", "ZSTD_isError",
	"ZSTD_decompress", "ZSTD_findFrameCompressedSize",
	"ZSTD_getFrameContentSize"
};

static void
zstd_load(void)
{
	const char *why;

	if (zstd.content != NULL)
		return;
	why = lazy_load("libzstd.so.1", names, sizeof names / sizeof *names,
	    &zstd);
	if (why != NULL)
		errx(EXIT_BAD, "zstd: %s", why);
}

/* A skippable frame of 8 bytes, little-endian: the frame's XXH64, since some of its bits mean nothing. */
static const char mark[8] = "\x50\x2a\x4d\x18\x08\0\0";
#define HEAD (sizeof mark + 8)

bool
zframe_is(const char *s, size_t n)
{
	return n >= sizeof mark && memcmp(s, mark, sizeof mark) == 0;
}

static void
sum_put(char *to, const char *s, size_t n)
{
	uint64_t sum = xxh64(s, n, 0);
	int i;

	for (i = 0; i < 8; i++)
		to[i] = (char)(sum >> 8 * i & 0xff);
}

void
zframe_add(struct buf *b, const char *s, size_t n)
{
	size_t room, k;
	char *to;

	zstd_load();
	room = zstd.bound(n);
	to = buf_room(b, HEAD + room);
	k = zstd.compress(to + HEAD, room, s, n, LEVEL);
	if (zstd.error(k))
		errx(EXIT_TEMP, "zstd: cannot compress");
	memcpy(to, mark, sizeof mark);
	sum_put(to + sizeof mark, to + HEAD, k);
	b->n += HEAD + k;
}

ptrdiff_t
zframe_take(struct buf *b, const char *s, size_t n)
{
	unsigned long long size;
	size_t all, k;
	char sum[8];

	if (n < HEAD)
		return 0;
	if (!zframe_is(s, n))
		return -1;
	zstd_load();
	all = zstd.length(s + HEAD, n - HEAD);
	/* the library does not tell a part of a frame from no frame */
	if (zstd.error(all))
		return 0;
	sum_put(sum, s + HEAD, all);
	if (memcmp(sum, s + sizeof mark, sizeof sum) != 0)
		return -1;
	size = zstd.content(s + HEAD, all);
	if (size > MOST)
		return -1;
	k = zstd.decompress(buf_room(b, (size_t)size), (size_t)size, s + HEAD,
	    all);
	if (zstd.error(k) || k != size)
		return -1;
	b->n += k;
	return (ptrdiff_t)(HEAD + all);
}
