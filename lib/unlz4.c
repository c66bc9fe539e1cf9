/* lz4 by its own library: libarchive takes four bytes behind a frame for the end. */
#include <lz4frame.h>

#include "die.h"
#include "unpack.h"

#define ROOM (64 * 1024)

/* What has been read, of one frame or several; false: the end, or bad. */
static bool
lz4_block(struct unpack *u, LZ4F_dctx *ctx, const char *s, size_t n, bool *open)
{
	char room[ROOM];
	size_t k, in, out;

	do {
		in = n;
		out = sizeof room;
		k = LZ4F_decompress(ctx, room, &out, s, &in, NULL);
		if (LZ4F_isError(k)) {
			unpack_bad(u, EXIT_BAD, LZ4F_getErrorName(k));
			return false;
		}
		if (!unpack_put(u, room, out))
			return false;
		s += in;
		n -= in;
		*open = k != 0;
	} while (n > 0 || (*open && out == sizeof room));
	return true;
}

void
unpack_lz4(struct unpack *u)
{
	LZ4F_dctx *ctx;
	bool open = false, more = true;
	const char *s;
	ssize_t n = 0;

	if (LZ4F_isError(LZ4F_createDecompressionContext(&ctx, LZ4F_VERSION))) {
		unpack_bad(u, EXIT_TEMP, "out of memory");
		return;
	}
	while (more && (n = unpack_more(u, &s)) > 0)
		more = lz4_block(u, ctx, s, (size_t)n, &open);
	if (more && n == 0 && open)
		unpack_bad(u, EXIT_BAD, "it is cut off");
	LZ4F_freeDecompressionContext(ctx);
}
