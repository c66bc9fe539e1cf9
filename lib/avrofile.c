#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "avrofile.h"
#include "avrowalk.h"

#define MAGIC_LEN 4
#define HEAD_MOST ((size_t)64 << 20)	/* bytes; a larger one is no head */

static char why_text[256];

void
avrofile_free(struct avrofile *f)
{
	buf_free(&f->meta);
	buf_free(&f->block);
	*f = (struct avrofile){ 0 };
}

/* A text with its length.  1, 0: it is cut off, -1: broken. */
static int
text_get(const char **s, const char *end, struct field *f)
{
	const char *start = *s;
	int64_t n;

	if (avro_getlong(s, end, &n) < 0)
		return end - start < 10 ? 0 : -1;
	if (n < 0 || (uint64_t)n > HEAD_MOST)
		return -1;
	if (n > end - *s)
		return 0;
	*f = (struct field){ *s, (size_t)n };
	*s += n;
	return 1;
}

static bool
text_is(struct field f, const char *word)
{
	return strlen(word) == f.n && memcmp(f.s, word, f.n) == 0;
}

/* One block of the head's map.  1, 0 and -1 as above; 2: it was the last. */
static int
head_block(const char **s, const char *end, struct field *schema,
    struct field *codec)
{
	struct field key, val;
	const char *start = *s;
	int64_t count, size;
	int k;

	if (avro_getlong(s, end, &count) < 0)
		return end - start < 10 ? 0 : -1;
	if (count == 0)
		return 2;
	if (count < 0 && avro_getlong(s, end, &size) < 0)
		return end - *s < 10 ? 0 : -1;
	if (count == INT64_MIN)
		return -1;
	for (count = count < 0 ? -count : count; count > 0; count--) {
		if ((k = text_get(s, end, &key)) != 1 ||
		    (k = text_get(s, end, &val)) != 1)
			return k;
		if (text_is(key, "avro.schema"))
			*schema = val;
		else if (text_is(key, "avro.codec"))
			*codec = val;
	}
	return 1;
}

/* The head: 1, 0: more is needed, -2: it is none. */
static int
head_read(struct avrofile *f, struct in *in, const char **why)
{
	struct field all = in_bytes(in), schema = { NULL, 0 };
	struct field codec = { "null", 4 };
	const char *s = all.s, *end = all.s + all.n;
	int k;

	if (memcmp(all.s, AVRO_MAGIC, all.n < MAGIC_LEN ? all.n :
	    MAGIC_LEN) != 0)
		return *why = "no Avro container: it does not begin with Obj",
		    -2;
	if (all.n < MAGIC_LEN)
		return 0;
	s += MAGIC_LEN;
	while ((k = head_block(&s, end, &schema, &codec)) == 1)
		;
	if (k == 2 && end - s < AVRO_SYNC)
		k = 0;
	if (k < 0 || (k == 0 && all.n > HEAD_MOST))
		return *why = "the head of the Avro container is broken", -2;
	if (k == 0)
		return 0;
	if (schema.s == NULL)
		return *why = "the Avro container has no schema", -2;
	if ((f->codec = avro_codec(codec.s, codec.n)) == NULL) {
		snprintf(why_text, sizeof why_text, "the Avro container's "
		    "codec is %.*s, and those that are known are null, "
		    "deflate and snappy",
		    codec.n < 32 ? (int)codec.n : 32, codec.s);
		return *why = why_text, -2;
	}
	buf_room(&f->meta, schema.n + 1);
	buf_add(&f->meta, schema.s, schema.n);
	f->schema = f->meta.s;
	f->nschema = schema.n;
	memcpy(f->sync, s, AVRO_SYNC);
	in_skip(in, (size_t)(s - all.s) + AVRO_SYNC);
	return 1;
}

/* Where the mark stands, or NULL. */
static const char *
sync_find(const struct avrofile *f, struct field all)
{
	const char *s = all.s, *end = all.s + all.n;

	while (end - s >= AVRO_SYNC && (s = memchr(s, f->sync[0],
	    (size_t)(end - s) - AVRO_SYNC + 1)) != NULL) {
		if (memcmp(s, f->sync, AVRO_SYNC) == 0)
			return s;
		s++;
	}
	return NULL;
}

/* Behind the next mark.  False: it has not come, and all but what may be its start is gone. */
static bool
sync_seek(struct avrofile *f, struct in *in)
{
	struct field all = in_bytes(in);
	const char *p = sync_find(f, all);
	size_t keep = all.n < AVRO_SYNC - 1 ? all.n : AVRO_SYNC - 1;

	f->seek = p == NULL;
	in_skip(in, p != NULL ? (size_t)(p - all.s) + AVRO_SYNC :
	    all.n - keep);
	return p != NULL;
}

static int
block_bad(struct avrofile *f, const char *what, const char **why)
{
	f->seek = true;
	*why = what;
	return -1;
}

/* A block: 1; 0: more is needed; -1. */
static int
block_read(struct avrofile *f, struct in *in, struct field *bad,
    const char **why)
{
	struct field all = in_bytes(in);
	const char *s = all.s, *end = all.s + all.n;
	int64_t count, size;

	*bad = all;
	if (avro_getlong(&s, end, &count) < 0 ||
	    avro_getlong(&s, end, &size) < 0)
		return end - s < 10 ? 0 :
		    block_bad(f, "a block with a broken head", why);
	if (count < 0 || size < 0 || (uint64_t)size > in->most)
		return block_bad(f, "a block with a broken head", why);
	if (end - s - AVRO_SYNC < size)
		return 0;
	bad->n = (size_t)(s - all.s) + (size_t)size + AVRO_SYNC;
	if (memcmp(s + size, f->sync, AVRO_SYNC) != 0)
		return block_bad(f, "no mark stands behind a block", why);
	f->open = bad->n;
	f->at = s;
	f->end = s + size;
	f->left = count;
	if (f->skim || strcmp(f->codec->name, "null") == 0)
		return 1;
	f->block.n = 0;
	if (f->codec->decode(&f->block, s, (size_t)size, in->most) < 0) {
		f->lost = count;
		f->left = 0;
		f->open = 0;
		in_skip(in, bad->n);
		snprintf(why_text, sizeof why_text, "a block of %lld records "
		    "that %s cannot unpack", (long long)count, f->codec->name);
		return *why = why_text, -1;
	}
	f->at = f->block.s;
	f->end = f->block.s + f->block.n;
	return 1;
}

static int
file_cut(struct avrofile *f, struct in *in, struct field *bad,
    const char **why)
{
	*bad = in_bytes(in);
	in_skip(in, bad->n);
	*why = "the file is cut off within a block";
	return f->schema != NULL ? -1 : -2;
}

int
avrofile_next(struct avrofile *f, struct in *in, struct field *bad,
    const char **why)
{
	int k;

	f->lost = 0;
	for (;;) {
		if (f->left > 0)
			return 1;
		if (f->open > 0) {
			*bad = (struct field){ f->at, (size_t)(f->end - f->at) };
			in_skip(in, f->open);
			f->open = 0;
			if (bad->n > 0) {
				f->at = f->end;
				*why = "a block has bytes behind its last record";
				return -1;
			}
		}
		if (f->schema != NULL && in_bytes(in).n == 0)
			k = 0;
		else if (f->schema == NULL)
			k = head_read(f, in, why);
		else if (f->seek && !sync_seek(f, in))
			k = 0;
		else if ((k = block_read(f, in, bad, why)) == 1)
			continue;
		if (k != 0)
			return k;
		if (!in->eof) {
			in_starve(in);
			return 3;
		}
		if (f->seek)	/* what is broken has been said */
			in_skip(in, in_bytes(in).n);
		if (f->schema != NULL && in_bytes(in).n == 0)
			return 0;
		if (f->schema == NULL) {
			*why = in_bytes(in).n == 0 && in->off == 0 ?
			    "the file is empty, not an Avro container" :
			    "the file is cut off within its head";
			return -2;
		}
		return file_cut(f, in, bad, why);
	}
}

/* From the file that the other reader reads, from its own place.  -1: errno. */
static int
again_fill(struct in *in, int fd, off_t *at)
{
	size_t n;
	char *to = in_room(in, &n);
	ssize_t k;

	while ((k = pread(fd, to, n, *at)) < 0 && errno == EINTR)
		;
	if (k < 0)
		return -1;
	*at += k;
	in_got(in, (size_t)k);
	return 0;
}

/* Everything in front is stepped over just as it was read then. */
int
avrofile_resume(struct avrofile *f, const struct in *in, int64_t *before,
    const char **why)
{
	struct in again;
	struct field bad;
	off_t at = 0;
	int k = 3;

	in_init(&again, -1, in->from.name);
	again.bytes = f->skim = true;
	for (*before = 0; k == 3 || again.off < in->off;) {
		if (k == 3 && again_fill(&again, in->fd, &at) < 0) {
			*why = errno == ESPIPE ? "a container that is "
			    "compressed as a whole cannot be read on from "
			    "its middle: -z of Avro's own can" :
			    strerror(errno);
			break;
		}
		k = avrofile_next(f, &again, &bad, why);
		if (k == 0 || k == -2 || again.off >= in->off)
			break;
		if (k == 1) {
			*before += f->left;
			f->left = 0;
			f->at = f->end;
		}
	}
	k = again.off == in->off && f->schema != NULL ? 0 : -1;
	if (k < 0 && f->schema != NULL)
		*why = "is not the container that was read before";
	in_free(&again);
	f->skim = f->seek = false;
	f->left = 0;
	f->open = 0;
	f->at = f->end;
	return k;
}
