#include <sys/stat.h>
#include <archive.h>
#include <archive_entry.h>
#include <err.h>
#include <errno.h>
#include <lz4frame.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"
#include "pack.h"

#define BATCH (64 * 1024)	/* bytes that are compressed at a time */

struct pack {
	struct archive *a;
	const char *codec;
	struct out *out;
	struct buf batch;
	bool any;		/* something has been compressed */
	struct pack *link;	/* all of them, for exit */
};

static const struct {
	const char *name, *suffix;
	int (*add)(struct archive *);
} codecs[] = {
	{ "gzip", ".gz", archive_write_add_filter_gzip },
	{ "zstd", ".zst", archive_write_add_filter_zstd },
	{ "lz4", ".lz4", archive_write_add_filter_lz4 },
	{ "lzop", ".lzo", archive_write_add_filter_lzop },
	{ "xz", ".xz", archive_write_add_filter_xz },
};

#define NCODEC (sizeof codecs / sizeof *codecs)

static struct pack *packs;

/* A failure before the end is none that can be mended at exit. */
static _Noreturn void
pack_fail(struct pack *p)
{
	const char *why = archive_error_string(p->a);

	packs = NULL;
	errx(archive_errno(p->a) == ENOMEM ? EXIT_TEMP : EXIT_BAD,
	    "-z %s: %s", p->codec, why != NULL ? why : "it does not work");
}

static la_ssize_t
on_write(struct archive *a, void *arg, const void *s, size_t n)
{
	struct pack *p = arg;

	(void)a;
	out_put(p->out, s, n);
	return (la_ssize_t)n;
}

static void
packs_close(void)
{
	while (packs != NULL)
		pack_close(packs);
}

static void
pack_start(struct pack *p)
{
	struct archive_entry *e = archive_entry_new();

	if (e == NULL)
		mem_none();
	archive_entry_set_filetype(e, S_IFREG);
	/* no padding; and the output is the same at any time of day */
	if (archive_write_set_format_raw(p->a) != ARCHIVE_OK ||
	    archive_write_set_bytes_per_block(p->a, BATCH) != ARCHIVE_OK ||
	    archive_write_set_bytes_in_last_block(p->a, 1) != ARCHIVE_OK ||
	    (strcmp(p->codec, "gzip") == 0 && archive_write_set_filter_option(
	    p->a, "gzip", "timestamp", NULL) != ARCHIVE_OK) ||
	    archive_write_open(p->a, p, NULL, on_write, NULL) != ARCHIVE_OK ||
	    archive_write_header(p->a, e) != ARCHIVE_OK)
		pack_fail(p);
	archive_entry_free(e);
}

static size_t
codec_find(const char *codec)
{
	size_t i;

	for (i = 0; i < NCODEC; i++)
		if (strcmp(codecs[i].name, codec) == 0)
			return i;
	errx(EXIT_USAGE, "-z: not gzip, zstd, lz4, lzop, xz or none: %s",
	    codec);
}

const char *
pack_suffix(const char *codec)
{
	return strcmp(codec, "none") == 0 ? "" :
	    codecs[codec_find(codec)].suffix;
}

struct pack *
pack_open(const char *codec, struct out *out)
{
	static bool once;
	struct pack *p;
	size_t i;

	if (strcmp(codec, "none") == 0)
		return NULL;
	i = codec_find(codec);
	p = mem_alloc(sizeof *p);
	p->codec = codecs[i].name;
	p->out = out;
	if ((p->a = archive_write_new()) == NULL)
		mem_none();
	/* of lzop it warns that the program of that name is needed */
	if (codecs[i].add(p->a) < ARCHIVE_WARN)
		pack_fail(p);
	pack_start(p);
	if (!once && atexit(packs_close) != 0)
		mem_none();
	once = true;
	p->link = packs;
	packs = p;
	return p;
}

static void
pack_batch(struct pack *p)
{
	if (p->batch.n == 0)
		return;
	if (archive_write_data(p->a, p->batch.s, p->batch.n) < 0)
		pack_fail(p);
	p->batch.n = 0;
	p->any = true;
}

/* An empty lz4 file: closing one is what libarchive 3.6 does not survive. */
static void
pack_nothing(struct pack *p)
{
	char frame[256];
	size_t n = LZ4F_compressFrame(frame, sizeof frame, "", 0, NULL);

	if (LZ4F_isError(n))
		errx(EXIT_BAD, "-z lz4: %s", LZ4F_getErrorName(n));
	out_put(p->out, frame, n);
	archive_write_fail(p->a);
}

void
pack_put(struct pack *p, const char *s, size_t n)
{
	buf_add(&p->batch, s, n);
	if (p->batch.n >= BATCH)
		pack_batch(p);
}

void
pack_close(struct pack *p)
{
	struct pack **q;

	for (q = &packs; *q != p; q = &(*q)->link)
		;
	*q = p->link;
	pack_batch(p);
	if (!p->any && strcmp(p->codec, "lz4") == 0)
		pack_nothing(p);
	else if (archive_write_close(p->a) != ARCHIVE_OK)
		pack_fail(p);
	archive_write_free(p->a);
	buf_free(&p->batch);
	free(p);
}
