#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "die.h"
#include "queue.h"

#define CHUNK ((size_t)64 * 1024)	/* what a pipe holds */

struct queue_chunk {
	struct queue_chunk *link;	/* the next younger one */
	size_t from, to;
	char s[CHUNK];
};

static void
queue_open(struct queue *q)
{
	const char *dir = getenv("TMPDIR");
	struct buf b = { 0 };

	buf_adds(&b, dir != NULL && *dir != '\0' ? dir : "/tmp");
	buf_adds(&b, "/weir.XXXXXX");
	buf_addc(&b, '\0');
	if ((q->fd = mkstemp(b.s)) < 0)
		die_temp("%s", b.s);
	if (unlink(b.s) < 0)
		die_temp("%s: unlink", b.s);
	buf_free(&b);
	q->open = true;
}

/* The youngest chunk goes to the end of the file. */
static void
queue_spill(struct queue *q, struct queue_chunk *c)
{
	ssize_t k;

	if (!q->open)
		queue_open(q);
	while (c->from < c->to) {
		k = pwrite(q->fd, c->s + c->from, c->to - c->from, q->to);
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			die_temp("temporary file: write");
		c->from += (size_t)k;
		q->to += k;
	}
	c->from = c->to = 0;
}

char *
queue_room(struct queue *q, size_t *n)
{
	struct queue_chunk *c = q->last;

	if (c == NULL || c->to == CHUNK) {
		c = mem_grow(NULL, 1, sizeof *c);
		c->link = NULL;
		c->from = c->to = 0;
		*(q->last != NULL ? &q->last->link : &q->first) = c;
		q->last = c;
	}
	*n = CHUNK - c->to;
	return c->s + c->to;
}

void
queue_got(struct queue *q, size_t n)
{
	struct queue_chunk *c = q->last;

	c->to += n;
	q->n += n;
	q->inmem += n;
	/*
	 * The youngest chunk lies behind the file: it goes there when it is
	 * full, and once the file is empty it is one of the older ones.
	 */
	if (c->to == CHUNK && (q->from < q->to ||
	    q->inmem > (q->most != 0 ? q->most : QUEUE_MEMORY))) {
		q->inmem -= c->to - c->from;
		queue_spill(q, c);
	}
}

static size_t
queue_read(struct queue *q, char *to, size_t n)
{
	ssize_t k;

	if ((off_t)n > q->to - q->from)
		n = (size_t)(q->to - q->from);
	while ((k = pread(q->fd, to, n, q->from)) < 0)
		if (errno != EINTR)
			die_temp("temporary file: read");
	if (k == 0)
		errx(EXIT_TEMP, "temporary file: it is shorter than it was");
	q->from += k;
	if (q->from == q->to) {
		q->from = q->to = 0;
		if (ftruncate(q->fd, 0) < 0)
			die_temp("temporary file: truncate");
	}
	return (size_t)k;
}

size_t
queue_take(struct queue *q, char *to, size_t n)
{
	struct queue_chunk *c = q->first;

	if (n > q->n)
		n = q->n;
	if (n == 0)
		return 0;
	/* the youngest chunk is younger than what is in the file */
	if (q->from < q->to && c == q->last) {
		n = queue_read(q, to, n);
		q->n -= n;
		return n;
	}
	if (n > c->to - c->from)
		n = c->to - c->from;
	memcpy(to, c->s + c->from, n);
	c->from += n;
	q->n -= n;
	q->inmem -= n;
	if (c->from == c->to && c != q->last) {
		q->first = c->link;
		free(c);
	} else if (c->from == c->to) {
		c->from = c->to = 0;
	}
	return n;
}

void
queue_free(struct queue *q)
{
	struct queue_chunk *c, *link;

	for (c = q->first; c != NULL; c = link) {
		link = c->link;
		free(c);
	}
	if (q->open)
		(void)close(q->fd);
	*q = (struct queue){ .most = q->most };
}
