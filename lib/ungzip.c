/* gzip by zlib: libarchive does not look at the checksum. */
#include <stdint.h>
#include <zlib.h>

#include "die.h"
#include "unpack.h"

#define ROOM (64 * 1024)

/* What has been read, of one member or several; false: the end, or bad. */
static bool
gzip_block(struct unpack *u, z_stream *z, bool *open)
{
	Bytef room[ROOM];
	int k;

	do {
		z->next_out = room;
		z->avail_out = sizeof room;
		k = inflate(z, Z_NO_FLUSH);
		if (k != Z_OK && k != Z_STREAM_END && k != Z_BUF_ERROR) {
			unpack_bad(u, k == Z_MEM_ERROR ? EXIT_TEMP : EXIT_BAD,
			    z->msg != NULL ? z->msg : zError(k));
			return false;
		}
		if (!unpack_put(u, (const char *)room,
		    sizeof room - z->avail_out))
			return false;
		*open = k != Z_STREAM_END;
		if (!*open)
			(void)inflateReset(z);
	} while (z->avail_in > 0 || (*open && z->avail_out == 0));
	return true;
}

void
unpack_gzip(struct unpack *u)
{
	z_stream z = { 0 };
	bool open = false, more = true;
	const char *s;
	ssize_t n = 0;

	if (inflateInit2(&z, MAX_WBITS + 16) != Z_OK) {
		unpack_bad(u, EXIT_TEMP, "out of memory");
		return;
	}
	while (more && (n = unpack_more(u, &s)) > 0) {
		z.next_in = (z_const Bytef *)(uintptr_t)s;
		z.avail_in = (uInt)n;
		more = gzip_block(u, &z, &open);
	}
	if (more && n == 0 && open)
		unpack_bad(u, EXIT_BAD, "it is cut off");
	(void)inflateEnd(&z);
}
