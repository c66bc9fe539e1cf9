#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "die.h"
#include "out.h"

#define OUT_SIZE (64 * 1024)	/* what a pipe holds */

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
out_more(struct out *o, size_t n)
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
