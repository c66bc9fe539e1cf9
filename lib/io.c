#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "die.h"
#include "io.h"

#define IN_SIZE (256 * 1024)	/* one read; smaller ones cost more system calls, larger ones gain nothing */
#define OUT_SIZE (64 * 1024)	/* what a pipe holds */
#define BLOCK 64		/* bytes looked at at a time */

/*
 * What has been put goes out at exit too, so that the output before a failure
 * does not depend on how the input was cut into reads.
 */
static struct out *outs;

static void
outs_flush(void)
{
	struct out *o;

	for (o = outs; o != NULL; o = o->link)
		out_flush(o);
}

int
io_open(const char *path, int flags)
{
	int fd;

	/* a FIFO waits for its other end, and -v has a timer */
	while ((fd = open(path, flags | O_CLOEXEC, 0666)) < 0 && errno == EINTR)
		;
	return fd;
}

void
out_init(struct out *o, int fd, const char *name)
{
	static bool once;

	if (!once && atexit(outs_flush) != 0)
		mem_none();
	once = true;
	*o = (struct out){ .fd = fd, .name = name, .cap = OUT_SIZE, .link = outs };
	o->buf = mem_alloc(o->cap);
	outs = o;
}

/* The end: what could not be written must not be tried again at exit. */
static _Noreturn void
out_fail(struct out *o, const char *what)
{
	o->n = o->nrun = 0;
	die_temp("%s: %s", o->name, what);
}

static void
out_write(struct out *o, const char *s, size_t n)
{
	struct pollfd p = { .fd = o->fd, .events = POLLOUT };
	ssize_t k;

	while (n > 0) {
		if ((k = write(o->fd, s, n)) >= 0) {
			s += k;
			n -= (size_t)k;
		} else if (errno == EAGAIN) {
			/* a descriptor that somebody else made non-blocking */
			if (poll(&p, 1, -1) < 0 && errno != EINTR)
				out_fail(o, "poll");
		} else if (errno != EINTR) {
			out_fail(o, "write");
		}
	}
}

/* Copies into the buffer, writing it out whenever it is full. */
static void
out_copy(struct out *o, const char *s, size_t n)
{
	size_t k;

	while (n > o->cap - o->n) {
		k = o->cap - o->n;
		memcpy(o->buf + o->n, s, k);
		out_write(o, o->buf, o->cap);
		o->n = 0;
		s += k;
		n -= k;
	}
	memcpy(o->buf + o->n, s, n);
	o->n += n;
}

void
out_settle(struct out *o)
{
	size_t n = o->nrun;

	if (n == 0)
		return;
	o->nrun = 0;
	out_copy(o, o->run, n);
}

void
out_put(struct out *o, const char *s, size_t n)
{
	out_settle(o);
	if (n > 0)
		out_copy(o, s, n);
}

void
out_runs(struct out *o, const char *s, size_t n)
{
	out_settle(o);
	o->run = s;
	o->nrun = n;
}

char *
out_room(struct out *o, size_t n)
{
	out_settle(o);
	if (o->cap - o->n < n) {
		out_write(o, o->buf, o->n);
		o->n = 0;
		if (o->cap < n) {
			o->buf = mem_grow(o->buf, n, 1);
			o->cap = n;
		}
	}
	return o->buf + o->n;
}

void
out_flush(struct out *o)
{
	out_settle(o);
	out_write(o, o->buf, o->n);
	o->n = 0;
}

void
out_close(struct out *o)
{
	struct out **p;

	out_flush(o);
	if (close(o->fd) < 0 && errno != EINTR)
		out_fail(o, "close");
	for (p = &outs; *p != o; p = &(*p)->link)
		;
	*p = o->link;
	free(o->buf);
	*o = (struct out){ .fd = -1 };
}

/* The index is made for the worst case, every byte a separator; pages that it does not need are never touched. */
static void
in_size(struct in *in, size_t cap)
{
	in->buf = mem_grow(in->buf, cap + BLOCK, 1);
	memset(in->buf + cap, 0, BLOCK);
	in->at = mem_grow(in->at, cap + 1, sizeof *in->at);
	in->lf = mem_grow(in->lf, cap + 1, sizeof *in->lf);
	in->cap = cap;
}

void
in_reset(struct in *in, int fd, const char *name)
{
	in->from = (struct origin){ name, -1, 0 };
	in->fd = fd;
	in->eof = in->special = in->mark = false;
	in->w = in->done = 0;
	in->base = 0;
	in->at[0] = UINT32_MAX;
	in->nat = 1;
	in->nlf = in->i = in->prev = 0;
	in->fresh = false;
	in->used = 0;
	in->off = 0;
}

void
in_seek(struct in *in, int64_t offset, int64_t line)
{
	if (lseek(in->fd, offset, SEEK_SET) < 0)
		die_temp("%s", in->from.name);
	in_stands(in, offset, line);
}

void
in_stands(struct in *in, int64_t offset, int64_t line)
{
	in_reset(in, in->fd, in->from.name);
	in->base = in->off = offset;
	in->from.pos = line;
}

int64_t
in_offset(const struct in *in)
{
	if (in->bytes)
		return in->off;
	return in->base + (uint32_t)(in->at[in->prev] + 1);
}

void
in_init(struct in *in, int fd, const char *name)
{
	*in = (struct in){ .sep = '\t', .most = IN_MOST };
	in_size(in, IN_SIZE);
	in_reset(in, fd, name);
}

void
in_free(struct in *in)
{
	free(in->buf);
	free(in->at);
	free(in->lf);
	*in = (struct in){ .fd = -1 };
}

/* Compiled once for each kind of reader; without this gcc makes one slow function of both. */
#define FAST static inline __attribute__((always_inline))

/* Which of the 64 bytes at p are c. */
#ifdef __SSE2__
FAST uint64_t
block_16(const char *p, __m128i want)
{
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);

	return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(v, want));
}

FAST uint64_t
block_find(const char *p, char c)
{
	__m128i want = _mm_set1_epi8(c);

	return block_16(p, want) | block_16(p + 16, want) << 16 |
	    block_16(p + 32, want) << 32 | block_16(p + 48, want) << 48;
}
#else
FAST uint64_t
block_find(const char *p, char c)
{
	uint64_t m = 0;
	int i;

	for (i = 0; i < BLOCK; i++)
		m |= (uint64_t)(p[i] == c) << i;
	return m;
}
#endif

/*
 * Whether the block has one of the bytes that may make a CSV line special:
 * quote, backslash, or a control but LF.
 */
FAST bool
block_odd(const char *p)
{
#ifdef __SSE2__
	__m128i v, odd = _mm_setzero_si128();
	int i;

	for (i = 0; i < BLOCK; i += 16) {
		v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
		odd = _mm_or_si128(odd, _mm_andnot_si128(
		    _mm_cmpeq_epi8(v, _mm_set1_epi8('\n')),
		    _mm_cmpeq_epi8(v, _mm_min_epu8(v, _mm_set1_epi8(0x1f)))));
		odd = _mm_or_si128(odd, _mm_or_si128(
		    _mm_cmpeq_epi8(v, _mm_set1_epi8('"')),
		    _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))));
	}
	return _mm_movemask_epi8(odd) != 0;
#else
	(void)p;
	return true;
#endif
}

/*
 * The bytes that make a CSV line special: quote, TAB, backslash, NUL, and CR
 * unless LF follows.  lfnext: the byte behind the block is LF; if it has not
 * been read yet a CR before it is special, which only costs time.
 */
FAST uint64_t
block_special(const char *p, uint64_t lf, bool lfnext)
{
	uint64_t cr;

	if (!block_odd(p))
		return 0;
	cr = block_find(p, '\r');
	if (cr != 0)
		cr &= ~(lf >> 1 | (uint64_t)lfnext << 63);
	return cr | block_find(p, '"') | block_find(p, '\t') |
	    block_find(p, '\\') | block_find(p, '\0');
}

/* Enters the separators and line ends of buf[done, w) into the index. */
FAST void
in_scan(struct in *in, char sep, bool csv)
{
	const char *buf = in->buf;
	uint32_t *at = in->at, *lfs = in->lf;
	size_t p, nat = in->nat, nlf = in->nlf, w = in->w;
	uint64_t lf, all, valid, odd;

	for (p = in->done; p < w; p += BLOCK) {
		valid = w - p >= BLOCK ? UINT64_MAX : ((uint64_t)1 << (w - p)) - 1;
		lf = block_find(buf + p, '\n');
		all = (block_find(buf + p, sep) | lf) & valid;
		odd = 0;
		if (csv)
			odd = valid & block_special(buf + p, lf & valid,
			    w - p > BLOCK && buf[p + BLOCK] == '\n');
		if (csv && (odd != 0 || in->mark)) {
			for (all |= odd; all != 0; all &= all - 1) {
				unsigned b = (unsigned)__builtin_ctzll(all);

				if (odd >> b & 1) {
					in->mark = true;
					continue;
				}
				at[nat] = (uint32_t)(p + b);
				if (lf >> b & 1) {
					lfs[nlf++] = (uint32_t)nat | (in->mark ? IN_SPECIAL : 0);
					in->mark = false;
				}
				nat++;
			}
			continue;
		}
		for (; all != 0; all &= all - 1) {
			unsigned b = (unsigned)__builtin_ctzll(all);

			at[nat] = (uint32_t)(p + b);
			lfs[nlf] = (uint32_t)nat++;
			nlf += lf >> b & 1;
		}
	}
	in->done = w;
	in->nat = nat;
	in->nlf = nlf;
}

/* Moves what has not been handed out yet to the front of the buffer. */
static void
in_shift(struct in *in)
{
	uint32_t from = in->at[in->prev] + 1;
	size_t k;

	if (in->bytes) {
		memmove(in->buf, in->buf + in->used, in->w - in->used);
		in->w -= in->used;
		in->used = 0;
		return;
	}
	if (from == 0)
		return;
	memmove(in->buf, in->buf + from, in->w - from);
	for (k = in->prev + 1; k < in->nat; k++)
		in->at[k - in->prev] = in->at[k] - from;
	for (k = in->i; k < in->nlf; k++)
		in->lf[k - in->i] = in->lf[k] - (uint32_t)in->prev;
	in->at[0] = UINT32_MAX;
	in->nat -= in->prev;
	in->nlf -= in->i;
	in->prev = in->i = 0;
	in->w -= from;
	in->done -= from;
	in->base += from;
}

bool
in_ready(const struct in *in)
{
	return in->bytes ? in->fresh : in->i < in->nlf;
}

char *
in_room(struct in *in, size_t *n)
{
	in_shift(in);
	if (in->w == in->cap) {
		if (in->cap >= in->most)
			errx(EXIT_BAD, "%s%s%s %lld is longer than %zu bytes",
			    in->from.name != NULL ? in->from.name : "",
			    in->from.name != NULL ? ": " : "",
			    in->bytes ? "record" : "line",
			    (long long)in->from.pos + 1, in->most);
		in_size(in, in->cap * 2);
	}
	*n = in->cap - in->w;
	return in->buf + in->w;
}

void
in_got(struct in *in, size_t n)
{
	if (n == 0) {
		in->eof = true;
		return;
	}
	in->w += n;
	if (in->bytes)
		in->fresh = true;
	else if (in->csv)
		in_scan(in, ',', true);
	else if (in->sep == '\t')
		in_scan(in, '\t', false);
	else
		in_scan(in, in->sep, false);
}

bool
in_fill(struct in *in)
{
	struct pollfd p = { .fd = in->fd, .events = POLLIN };
	char *to;
	size_t n;
	ssize_t k;

	if (in->eof)
		return false;
	if (in->pause != NULL)
		in->pause(in->arg, poll(&p, 1, 0) <= 0);
	to = in_room(in, &n);
	while ((k = read(in->fd, to, n)) < 0) {
		if (errno == EAGAIN)
			(void)poll(&p, 1, -1);
		else if (errno != EINTR)
			die_temp("%s: read", in->from.name != NULL ?
			    in->from.name : "standard input");
		if (in->pause != NULL)
			in->pause(in->arg, true);
	}
	in_got(in, (size_t)k);
	return k > 0;
}

int
in_wait(struct in *in, struct rec *r)
{
	while (in->i == in->nlf)
		if (!in_fill(in)) {
			if (in->w == (uint32_t)(in->at[in->prev] + 1))
				return 0;
			/* torn: enter an end, so that the rest can be seen */
			in_shift(in);
			in->at[in->nat] = (uint32_t)in->w;
			in->lf[in->nlf++] = (uint32_t)in->nat++ |
			    (in->mark ? IN_SPECIAL : 0);
			in->buf[in->w] = '\n';
			in->w++;
			in->base--;	/* it is not in the file */
			in_take(in, r);
			return -1;
		}
	in_take(in, r);
	return 1;
}
