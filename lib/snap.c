#include <err.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "num.h"
#include "snap.h"
#include "xxh.h"
#include "zframe.h"

#define BLOCK ((size_t)64 * 1024)	/* bytes of records between two checksums, at least */
#define SUM_LEN 80

void
snap_init(struct snap *s, int fd, const char *path)
{
	const char *zstd = getenv("WEIR_STATE_ZSTD");

	*s = (struct snap){ .whole = true, .fd = fd, .path = path,
	    .pack = zstd != NULL && *zstd != '\0' };
}

static void
snap_write(struct snap *s)
{
	struct buf *b = &s->b;
	const char *p;
	ssize_t k;

	if (s->pack) {
		zframe_add(&s->frame, b->s, b->n);
		b->n = 0;
		b = &s->frame;
	}
	s->bytes += (int64_t)b->n;
	for (p = b->s; b->n > 0; p += k, b->n -= (size_t)k)
		while ((k = write(s->fd, p, b->n)) < 0)
			if (errno != EINTR)
				die_temp("%s: write", s->path);
}

/* The line behind a block of records. */
static size_t
sum_line(char *to, const char *word, int64_t n, uint64_t sum)
{
	return (size_t)snprintf(to, SUM_LEN, "%s\t%lld\t%016llx\n", word,
	    (long long)n, (unsigned long long)sum);
}

static void
snap_block(struct snap *s, const char *word)
{
	char line[SUM_LEN];

	s->sum = xxh64(s->b.s, s->b.n, s->sum);
	buf_add(&s->b, line, sum_line(line, word, s->n, s->sum));
	snap_write(s);
}

static void
snap_close(struct snap *s)
{
	if (s->open)
		buf_addc(&s->b, '\n');
	s->open = false;
	if (s->fd >= 0 && s->b.n >= BLOCK)
		snap_block(s, "#sum");
}

void
snap_rec(struct snap *s, const char *word)
{
	snap_close(s);
	buf_adds(&s->b, word);
	s->open = true;
	s->n++;
}

void
snap_put(struct snap *s, struct field f)
{
	buf_addc(&s->b, '\t');
	buf_add(&s->b, f.s, f.n);
}

void
snap_text(struct snap *s, const char *t, size_t n)
{
	buf_addc(&s->b, '\t');
	esc_add(&s->b, t, n);
}

void
snap_int(struct snap *s, int64_t v)
{
	buf_addc(&s->b, '\t');
	buf_addint(&s->b, v);
}

void
snap_float(struct snap *s, double v)
{
	char text[40];
	int n = isnan(v) ? snprintf(text, sizeof text, "nan") :
	    snprintf(text, sizeof text, "%a", v);

	buf_addc(&s->b, '\t');
	buf_add(&s->b, text, (size_t)n);
}

void
snap_line(struct snap *s, const struct rec *r)
{
	struct field line = rec_line(r);

	snap_close(s);
	buf_add(&s->b, line.s, line.n);
	s->open = true;
	s->n++;
}

void
snap_fit(struct snap *s, const char *name, const char *value)
{
	buf_addc(&s->b, '\t');
	esc_add(&s->b, name, strlen(name));
	buf_addc(&s->b, '=');
	esc_add(&s->b, value, strlen(value));
}

int64_t
snap_end(struct snap *s)
{
	if (s->open)
		buf_addc(&s->b, '\n');
	s->open = false;
	snap_block(s, "#end");
	if (fsync(s->fd) < 0)
		die_temp("%s: fsync", s->path);
	if (close(s->fd) < 0)
		die_temp("%s: close", s->path);
	return s->bytes;
}

void
snap_free(struct snap *s)
{
	buf_free(&s->frame);
	buf_free(&s->b);
}

void
snapread_open(struct snapread *s, int fd, const char *path)
{
	*s = (struct snapread){ .fd = fd,
	    .from = { .name = path, .partition = -1 } };
}

void
snapread_close(struct snapread *s)
{
	close(s->fd);
	buf_free(&s->b);
	buf_free(&s->frames);
	free(s->sep);
}

static _Noreturn void
snapread_damaged(const struct snapread *s)
{
	errx(EXIT_BAD, "%s: the snapshot is damaged: it is not as it was "
	    "written", s->from.name);
}

/* False: end of file. */
static bool
snapread_read(struct snapread *s, struct buf *b)
{
	ssize_t k;

	while ((k = read(s->fd, buf_room(b, BLOCK), BLOCK)) < 0)
		if (errno != EINTR)
			die_temp("%s: read", s->from.name);
	b->n += (size_t)k;
	return k > 0;
}

/* More of the text; false: there is none. */
static bool
snapread_fill(struct snapread *s)
{
	ptrdiff_t k;

	if (!s->looked) {
		s->looked = true;
		snapread_read(s, &s->frames);
		s->packed = zframe_is(s->frames.s, s->frames.n);
		if (!s->packed) {
			buf_add(&s->b, s->frames.s, s->frames.n);
			return s->frames.n > 0;
		}
	}
	if (!s->packed)
		return snapread_read(s, &s->b);
	while ((k = zframe_take(&s->b, s->frames.s, s->frames.n)) == 0)
		if (!snapread_read(s, &s->frames)) {
			if (s->frames.n > 0)
				snapread_damaged(s);
			return false;
		}
	if (k < 0)
		snapread_damaged(s);
	s->frames.n -= (size_t)k;
	memmove(s->frames.s, s->frames.s + k, s->frames.n);
	return true;
}

/* Is the line the one that ends a block, and true? */
static bool
snapread_sum(struct snapread *s, size_t from, size_t to, int64_t n)
{
	char line[SUM_LEN];
	uint64_t sum;
	size_t k;

	if (to - from < 5 || (memcmp(s->b.s + from, "#sum\t", 5) != 0 &&
	    memcmp(s->b.s + from, "#end\t", 5) != 0))
		return false;
	s->ended = s->b.s[from + 1] == 'e';
	sum = xxh64(s->b.s, from, s->sum);
	k = sum_line(line, s->ended ? "#end" : "#sum", n, sum);
	if (to - from != k || memcmp(s->b.s + from, line, k) != 0)
		snapread_damaged(s);
	s->sum = sum;
	return true;
}

/* The next block, to its checksum, is in the buffer. */
static void
snapread_block(struct snapread *s)
{
	size_t at = 0, seen = 0;
	int64_t n = s->n;
	char *lf;

	if (s->next > 0) {
		memmove(s->b.s, s->b.s + s->next, s->b.n - s->next);
		s->b.n -= s->next;
	}
	for (;;) {
		lf = s->b.n > seen ?
		    memchr(s->b.s + seen, '\n', s->b.n - seen) : NULL;
		if (lf == NULL) {
			seen = s->b.n;
			if (!snapread_fill(s))
				snapread_damaged(s);
			continue;
		}
		seen = (size_t)(lf - s->b.s) + 1;
		if (snapread_sum(s, at, seen, n))
			break;
		n++;
		at = seen;
	}
	s->at = 0;
	s->block = at;
	s->next = seen;
	s->n = n;
	if (s->ended && (s->b.n > s->next || snapread_fill(s)))
		snapread_damaged(s);
}

bool
snapread_next(struct snapread *s, struct rec *r)
{
	char *p, *end, *from;
	size_t nf = 0;

	while (s->at == s->block) {
		if (s->ended)
			return false;
		if (s->next > 0)
			s->from.pos++;
		snapread_block(s);
	}
	from = p = s->b.s + s->at;
	end = memchr(p, '\n', s->block - s->at);
	for (;; p++) {
		if (nf + 2 > s->cap) {
			s->cap = 2 * s->cap + 16;
			s->sep = mem_grow(s->sep, s->cap, sizeof *s->sep);
		}
		p = memchr(p, '\t', (size_t)(end - p));
		p = p != NULL ? p : end;
		s->sep[++nf] = (uint32_t)(p - from);
		if (p == end)
			break;
	}
	s->sep[0] = UINT32_MAX;
	s->at += (size_t)(end - from) + 1;
	s->from.pos++;
	*r = (struct rec){ .base = from, .sep = s->sep + 1, .nf = nf,
	    .from = &s->from };
	return true;
}

void
snap_bad(const struct rec *r)
{
	struct field f = rec_line(r);

	rec_bad(r, "not what this tool saves: \"%s\"", show(f.s, f.n));
}

bool
snap_word(const struct rec *r, const char *word)
{
	struct field f = rec_field(r, 0);

	return f.n == strlen(word) && memcmp(f.s, word, f.n) == 0;
}

bool
snap_is(const struct rec *r, const char *word, size_t nf)
{
	if (!snap_word(r, word))
		return false;
	if (r->nf != nf + 1)
		snap_bad(r);
	return true;
}

struct field
snap_field(const struct rec *r, size_t i)
{
	if (i >= r->nf)
		snap_bad(r);
	return rec_field(r, i);
}

int64_t
snap_getint(const struct rec *r, size_t i)
{
	struct field f = snap_field(r, i);
	int64_t v;

	if (num_int(f.s, f.n, &v) < 0)
		snap_bad(r);
	return v;
}

size_t
snap_getsize(const struct rec *r, size_t i)
{
	int64_t v = snap_getint(r, i);

	if (v < 0)
		snap_bad(r);
	return (size_t)v;
}

double
snap_getfloat(const struct rec *r, size_t i)
{
	struct field f = snap_field(r, i);
	char text[40], *end;
	double v;

	if (f.n == 0 || f.n >= sizeof text)
		snap_bad(r);
	memcpy(text, f.s, f.n);
	text[f.n] = '\0';
	v = strtod(text, &end);
	if (*end != '\0')
		snap_bad(r);
	return v;
}

void
snap_getraw(const struct rec *r, size_t i, struct buf *b)
{
	struct field f = snap_field(r, i), raw;
	struct buf tmp = { 0 };

	if (esc_undo(f, &tmp, &raw) < 0)
		snap_bad(r);
	buf_add(b, raw.s, raw.n);
	buf_free(&tmp);
}
