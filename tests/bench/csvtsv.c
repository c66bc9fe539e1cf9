/*
 * csvtsv - CSV to a stream's columns by libcsv alone: the peer of sread
 *
 * What libcsv's callbacks hand over is escaped and written, nothing else.
 */
#include <csv.h>
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct out {
	size_t	used;
	int	begun;		/* a field of this row is written */
	char	buf[1 << 16];
};

static void
flush(struct out *o)
{
	size_t done = 0;
	ssize_t n;

	for (; done < o->used; done += (size_t)n)
		if ((n = write(1, o->buf + done, o->used - done)) < 0)
			err(1, "standard output");
	o->used = 0;
}

static void
put(struct out *o, const char *s, size_t n)
{
	size_t k;

	for (; n > 0; s += k, n -= k) {
		if (o->used == sizeof(o->buf))
			flush(o);
		k = sizeof(o->buf) - o->used;
		if (k > n)
			k = n;
		memcpy(o->buf + o->used, s, k);
		o->used += k;
	}
}

/* Runs of what stays as it is are copied at once. */
static void
field(void *text, size_t n, void *to)
{
	static const char as[256] = {
		['\\'] = '\\', ['\t'] = 't', ['\n'] = 'n', ['\r'] = 'r'
	};
	struct out *o = to;
	const char *s = text, *end = s + n, *p;
	char c;

	if (o->begun)
		put(o, "\t", 1);
	o->begun = 1;
	for (p = s; p < end; p++)
		if ((c = as[(unsigned char)*p]) != 0) {
			put(o, s, (size_t)(p - s));
			put(o, (char[]){ '\\', c }, 2);
			s = p + 1;
		}
	put(o, s, (size_t)(end - s));
}

static void
row(int c, void *to)
{
	struct out *o = to;

	(void)c;
	put(o, "\n", 1);
	o->begun = 0;
}

static int
blank(unsigned char c)
{
	(void)c;
	return 0;		/* RFC 4180: they belong to the field */
}

int
main(void)
{
	static struct csv_parser p;
	static struct out o;
	static char in[1 << 16];
	ssize_t n;

	if (csv_init(&p, 0) != 0)
		errx(1, "libcsv");
	csv_set_space_func(&p, blank);
	while ((n = read(0, in, sizeof(in))) > 0)
		if (csv_parse(&p, in, (size_t)n, field, row, &o) != (size_t)n)
			errx(1, "%s", csv_strerror(csv_error(&p)));
	if (n < 0)
		err(1, "standard input");
	if (csv_fini(&p, field, row, &o) != 0)
		errx(1, "%s", csv_strerror(csv_error(&p)));
	flush(&o);
	csv_free(&p);
	return 0;
}
