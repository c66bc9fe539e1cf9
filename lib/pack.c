#include <sys/stat.h>
#include <err.h>
#include <errno.h>
#include <lz4frame.h>
#include <stdlib.h>
#include <string.h>

#include "arc.h"
#include "die.h"
#include "pack.h"

#define BATCH (64 * 1024)	/* bytes that are compressed at a time */

struct pack {
	const struct arc *arc;
	struct archive *a;
	const char *codec;
	struct out *out;
	struct buf batch;
	bool begun;		/* libarchive has been told to begin */
	struct pack *link;	/* all of them, for exit */
};

static const struct {
	const char *name, *suffix;	/* the name is libarchive's, too */
} codecs[] = {
	{ "gzip", ".gz" },
	{ "zstd", ".zst" },
	{ "lz4", ".lz4" },
	{ "lzop", ".lzo" },
	{ "xz", ".xz" },
};

#define NCODEC (sizeof codecs / sizeof *codecs)

static struct pack *packs;

/* A failure before the end is none that can be mended at exit. */
static _Noreturn void
pack_fail(struct pack *p)
{
	const char *why = p->arc->error_string(p->a);

	packs = NULL;
	errx(p->arc->error_number(p->a) == ENOMEM ? EXIT_TEMP : EXIT_BAD,
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
	struct archive_entry *e = p->arc->entry_new();

	if (e == NULL)
		mem_none();
	p->arc->entry_set_filetype(e, S_IFREG);
	/* no padding; and the output is the same at any time of day */
	if (p->arc->write_set_format_raw(p->a) != ARCHIVE_OK ||
	    p->arc->write_set_bytes_per_block(p->a, BATCH) != ARCHIVE_OK ||
	    p->arc->write_set_bytes_in_last_block(p->a, 1) != ARCHIVE_OK ||
	    (strcmp(p->codec, "gzip") == 0 && p->arc->write_set_filter_option(
	    p->a, "gzip", "timestamp", NULL) != ARCHIVE_OK) ||
	    p->arc->write_open(p->a, p, NULL, on_write, NULL) != ARCHIVE_OK ||
	    p->arc->write_header(p->a, e) != ARCHIVE_OK)
		pack_fail(p);
	p->arc->entry_free(e);
	p->begun = true;
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
	const char *why;
	struct pack *p;
	size_t i;

	if (strcmp(codec, "none") == 0)
		return NULL;
	i = codec_find(codec);
	p = mem_alloc(sizeof *p);
	p->codec = codecs[i].name;
	p->out = out;
	if ((p->arc = arc_load(&why)) == NULL)
		errx(EXIT_BAD, "-z %s: %s", p->codec, why);
	if ((p->a = p->arc->write_new()) == NULL)
		mem_none();
	/* of lzop it warns that the program of that name is needed */
	if (p->arc->write_add_filter_by_name(p->a, p->codec) < ARCHIVE_WARN)
		pack_fail(p);
	/* see pack_nothing */
	if (strcmp(p->codec, "lz4") != 0)
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
	if (!p->begun)
		pack_start(p);
	if (p->arc->write_data(p->a, p->batch.s, p->batch.n) < 0)
		pack_fail(p);
	p->batch.n = 0;
}

/*
 * An empty lz4 file: closing one is what libarchive 3.6 does not survive, and
 * what it has begun it does not free then.
 */
static void
pack_nothing(struct pack *p)
{
	char frame[256];
	size_t n = LZ4F_compressFrame(frame, sizeof frame, "", 0, NULL);

	if (LZ4F_isError(n))
		errx(EXIT_BAD, "-z lz4: %s", LZ4F_getErrorName(n));
	out_put(p->out, frame, n);
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
	if (!p->begun)
		pack_nothing(p);
	else if (p->arc->write_close(p->a) != ARCHIVE_OK)
		pack_fail(p);
	p->arc->write_free(p->a);
	buf_free(&p->batch);
	free(p);
}
