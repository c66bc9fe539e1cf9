#include <err.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "in.h"

#define IN_SIZE (256 * 1024)	/* one read; smaller ones cost more system calls, larger ones gain nothing */
#define IN_PART (16 * 1024)	/* and so much of it is looked at at a time */

/* The index is made for the worst case, every byte a separator; pages that it does not need are never touched. */
static void
in_size(struct in *in, size_t cap)
{
	in->buf = mem_grow(in->buf, cap + IN_BLOCK, 1);
	memset(in->buf + cap, 0, IN_BLOCK);
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
	in->w = in->done = in->whole = 0;
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
	*in = (struct in){ .most = IN_MOST };
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
	in->whole -= in->whole < from ? in->whole : from;
	in->base += from;
}

bool
in_ready(const struct in *in)
{
	return in->bytes ? in->fresh : in->i < in->nlf || in->done < in->whole;
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
	size_t end;

	if (n == 0) {
		in->eof = true;
		return;
	}
	if (in->bytes)
		in->fresh = true;
	in->w += n;
	for (end = in->w; end > in->w - n; end--)
		if (in->buf[end - 1] == '\n') {
			in->whole = end;
			break;
		}
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

/* What lies before the line that comes next leaves the index. */
static void
in_forget(struct in *in)
{
	memmove(in->at, in->at + in->prev,
	    (in->nat - in->prev) * sizeof *in->at);
	in->nat -= in->prev;
	in->prev = in->i = in->nlf = 0;
}

bool
in_index(struct in *in)
{
	if (in->i == in->nlf && in->prev > 0)
		in_forget(in);
	while (in->i == in->nlf && in->done < in->w)
		in_scan(in, in->w - in->done > IN_PART ?
		    in->done + IN_PART : in->w);
	return in->i < in->nlf;
}

int
in_wait(struct in *in, struct rec *r)
{
	while (!in_index(in))
		if (!in_fill(in)) {
			if (in->w == (uint32_t)(in->at[in->prev] + 1))
				return 0;
			/* torn: enter an end, so that the rest can be seen */
			in_shift(in);
			in->at[in->nat] = (uint32_t)in->w;
			in->lf[in->nlf++] = (uint32_t)in->nat++ |
			    (in->mark ? IN_SPECIAL : 0);
			in->buf[in->w] = '\n';
			in->done = ++in->w;
			in->base--;	/* it is not in the file */
			in_take(in, r);
			return -1;
		}
	in_take(in, r);
	return 1;
}
