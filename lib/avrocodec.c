#include <snappy-c.h>
#include <string.h>
#include <zlib.h>

#include "avrocodec.h"

#define CHUNK 65536
#define CRC_LEN 4		/* of what snappy packed, big-endian */
#define SNAPPY_MOST 22		/* times: its best is 64 bytes out of 3 */

static int
null_decode(struct buf *b, const char *s, size_t n, size_t most)
{
	if (n > most)
		return -1;
	buf_add(b, s, n);
	return 0;
}

static void
null_encode(struct buf *b, const char *s, size_t n)
{
	buf_add(b, s, n);
}

/* RFC 1951: deflate alone, without zlib's head. */
static int
deflate_decode(struct buf *b, const char *s, size_t n, size_t most)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)s, .avail_in = (uInt)n };
	size_t start = b->n;
	int k;

	if (inflateInit2(&z, -MAX_WBITS) != Z_OK)
		mem_none();
	do {
		z.next_out = (Bytef *)buf_room(b, CHUNK);
		z.avail_out = CHUNK;
		k = inflate(&z, Z_NO_FLUSH);
		b->n += CHUNK - z.avail_out;
	} while (k == Z_OK && b->n - start <= most);
	inflateEnd(&z);
	if (k == Z_MEM_ERROR)
		mem_none();
	/* some writers leave the checksum of zlib's format behind it */
	return k == Z_STREAM_END && b->n - start <= most ? 0 : -1;
}

static void
deflate_encode(struct buf *b, const char *s, size_t n)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)s, .avail_in = (uInt)n };
	size_t most;

	if (deflateInit2(&z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8,
	    Z_DEFAULT_STRATEGY) != Z_OK)
		mem_none();
	most = deflateBound(&z, n);
	z.next_out = (Bytef *)buf_room(b, most);
	z.avail_out = (uInt)most;
	(void)deflate(&z, Z_FINISH);	/* there is room: it ends */
	b->n += most - z.avail_out;
	deflateEnd(&z);
}

static uint32_t
crc_of(const char *s, size_t n)
{
	return (uint32_t)crc32(0, (const Bytef *)s, (uInt)n);
}

static int
snappy_decode(struct buf *b, const char *s, size_t n, size_t most)
{
	const unsigned char *crc;
	size_t len;
	char *to;

	/* what it says of itself is not worth memory before it can be true */
	if (n < CRC_LEN || snappy_uncompressed_length(s, n - CRC_LEN, &len) !=
	    SNAPPY_OK || len > most || len / SNAPPY_MOST > n)
		return -1;
	crc = (const unsigned char *)s + n - CRC_LEN;
	to = buf_room(b, len + 1);
	if (snappy_uncompress(s, n - CRC_LEN, to, &len) != SNAPPY_OK ||
	    crc_of(to, len) != ((uint32_t)crc[0] << 24 |
	    (uint32_t)crc[1] << 16 | (uint32_t)crc[2] << 8 | crc[3]))
		return -1;
	b->n += len;
	return 0;
}

static void
snappy_encode(struct buf *b, const char *s, size_t n)
{
	size_t len = snappy_max_compressed_length(n);
	uint32_t crc = crc_of(s, n);
	int shift;

	(void)snappy_compress(s, n, buf_room(b, len), &len);
	b->n += len;
	for (shift = 24; shift >= 0; shift -= 8)
		buf_addc(b, (char)(crc >> shift));
}

static const struct avro_codec codecs[] = {
	{ "null", null_decode, null_encode },
	{ "deflate", deflate_decode, deflate_encode },
	{ "snappy", snappy_decode, snappy_encode },
};

const char *const avro_codecs[] = { "null", "deflate", "snappy", NULL };

const struct avro_codec *
avro_codec(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < sizeof codecs / sizeof codecs[0]; i++)
		if (strlen(codecs[i].name) == n &&
		    memcmp(codecs[i].name, s, n) == 0)
			return &codecs[i];
	return NULL;
}
