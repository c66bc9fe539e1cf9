#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "die.h"
#include "feed.h"

/*
 * A FIFO is opened without waiting for its writer, or two that are opened in
 * another order at the other end would wait for ever.  It is never read before
 * poll(2) says so: until a writer came, read(2) gives 0 as at the end.
 */
static void
input_open(struct feed_input *v, const char *name, struct feed *f)
{
	struct stat st;
	int fd = 0;

	if (strcmp(name, "-") != 0 &&
	    (fd = open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC)) < 0)
		err(EXIT_BAD, "%s", name);
	v->name = fd != 0 ? name : "standard input";
	if (fstat(fd, &st) < 0)
		err(EXIT_BAD, "%s", v->name);
	if (S_ISDIR(st.st_mode))
		errx(EXIT_BAD, "%s: is a directory", v->name);
	v->file = S_ISREG(st.st_mode);
	stream_init(&v->s, fd, fd != 0 ? name : NULL);
	v->s.in.pause = f->pause;
	v->s.in.arg = f->arg;
	v->want = true;
}

void
feed_open(struct feed *f, const char *const *names, size_t n,
    void (*pause)(void *, bool), void *arg)
{
	size_t i;

	*f = (struct feed){ .n = n, .pause = pause, .arg = arg };
	f->v = mem_alloc(n * sizeof *f->v);
	f->p = mem_alloc(n * sizeof *f->p);
	for (i = 0; i < n; i++)
		input_open(&f->v[i], names[i], f);
}

static bool
input_ready(const struct feed_input *v)
{
	return stream_holds(&v->s) || in_ready(&v->s.in) || v->s.in.eof;
}

/* From the queue into the reader.  False: there is nothing in it. */
static bool
input_refill(struct feed_input *v)
{
	char *to;
	size_t n;

	if (v->q.n == 0 && !v->eof)
		return false;
	to = in_room(&v->s.in, &n);
	in_got(&v->s.in, queue_take(&v->q, to, n));
	return true;
}

/* One read, into the reader or, if it is not wanted now, into the queue. */
static void
input_read(struct feed_input *v)
{
	struct in *in = &v->s.in;
	size_t n;
	char *to = v->want ? in_room(in, &n) : queue_room(&v->q, &n);
	ssize_t k = read(in->fd, to, n);

	if (k < 0 && errno != EINTR && errno != EAGAIN)
		die_temp("%s: read", v->name);
	if (k < 0)
		return;
	v->eof = k == 0;
	if (!v->want)
		queue_got(&v->q, (size_t)k);
	else
		in_got(in, (size_t)k);
}

/* Asks what can be read, of all; returns how many of those that are wanted can. */
static size_t
feed_poll(struct feed *f, int timeout)
{
	const struct feed_input *v = f->v;
	size_t i, n = 0;

	for (i = 0; i < f->n; i++) {
		f->p[i] = (struct pollfd){ .fd = -1, .events = POLLIN };
		if (!v[i].eof && (v[i].want || !v[i].file))
			f->p[i].fd = v[i].s.in.fd;
	}
	if (poll(f->p, f->n, timeout) < 0) {
		if (errno != EINTR)
			die_temp("poll");
		for (i = 0; i < f->n; i++)
			f->p[i].revents = 0;
	}
	for (i = 0; i < f->n; i++)
		n += v[i].want && f->p[i].revents != 0;
	return n;
}

/* Whether an input that is not wanted has something that waits. */
static bool
feed_keeps(const struct feed *f)
{
	const struct feed_input *v;

	for (v = f->v; v < f->v + f->n; v++)
		if (!v->want && (feed_has(f, (size_t)(v - f->v)) ||
		    (v->file && !v->eof)))
			return true;
	return false;
}

static void
feed_tell(struct feed *f)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (f->v[i].want && !f->v[i].told) {
			f->v[i].told = true;
			warnx("%s: nothing came for 10 s, and what other "
			    "inputs have waits for it", f->v[i].name);
		}
}

/* The ones that are wanted have nothing in memory: gets something for one. */
static void
feed_read(struct feed *f)
{
	int64_t since = clock_ms(), left;
	bool told = false;
	size_t i, n;

	f->pause(f->arg, false);
	for (n = feed_poll(f, 0); n == 0;) {
		f->pause(f->arg, true);
		left = -1;
		if (!told && feed_keeps(f)) {
			left = since + FEED_PATIENCE - clock_ms();
			if ((told = left <= 0)) {
				feed_tell(f);
				left = -1;
			}
		}
		n = feed_poll(f, (int)left);
		for (i = 0; i < f->n; i++)
			if (!f->v[i].want && f->p[i].revents != 0)
				input_read(&f->v[i]);
	}
	for (i = 0; i < f->n; i++)
		if (f->v[i].want && f->p[i].revents != 0)
			input_read(&f->v[i]);
}

size_t
feed_wait(struct feed *f)
{
	size_t i, k;
	bool some;

	for (;;) {
		some = false;
		for (k = 0; k < f->n; k++) {
			i = (f->turn + k) % f->n;
			if (!f->v[i].want)
				continue;
			some = true;
			if (input_ready(&f->v[i]))
				return f->turn = i;
		}
		if (!some)
			errx(EXIT_BAD, "no input is waited for");
		f->pause(f->arg, false);
		some = false;
		for (i = 0; i < f->n; i++)
			if (f->v[i].want && input_refill(&f->v[i]))
				some = true;
		if (!some)
			feed_read(f);
	}
}
