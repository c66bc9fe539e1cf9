/*
 * pace - how long a stage takes for one record
 *
 * pace -1 TEXT COMMAND ...		microseconds from starting COMMAND to the
 *					first record that it writes; TEXT is
 *					its input, which does not end
 * pace [-n count] [-r rate] HEAD COMMAND ...
 *					p50, p99 and the longest time, in
 *					microseconds, that a record needs through
 *					COMMAND at so many a second
 * pace -g				the longest pause, in microseconds,
 *					between two reads of standard input
 *
 * In TEXT and HEAD \t and \n are written out.  COMMAND writes a record, a line
 * that does not start with '#', for each it reads, in their order.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE		/* ppoll */
#endif
#include <sys/wait.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct stage {
	pid_t	pid;
	int	in, out;
	bool	middle;		/* of a line */
	bool	record;		/* which is a record */
};

static int64_t
now(void)		/* ns */
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static long
positive(const char *s)
{
	char *end;
	long v = strtol(s, &end, 10);

	if (*s == '\0' || *end != '\0' || v <= 0)
		errx(2, "%s: not a number", s);
	return v;
}

/* \t and \n as bytes, in place. */
static void
unescape(char *s)
{
	char *to = s;

	for (; *s != '\0'; s++)
		*to++ = *s != '\\' ? *s : *++s == 't' ? '\t' : '\n';
	*to = '\0';
}

static void
put(struct stage *st, const char *s, size_t n)
{
	if (write(st->in, s, n) != (ssize_t)n)
		err(1, "the command's input");
}

static void
start(struct stage *st, const char *text, char **command)
{
	int in[2], out[2];

	if (pipe(in) != 0 || pipe(out) != 0)
		err(1, "pipe");
	*st = (struct stage){ .in = in[1], .out = out[0] };
	put(st, text, strlen(text));
	if ((st->pid = fork()) < 0)
		err(1, "fork");
	if (st->pid == 0) {
		if (dup2(in[0], 0) < 0 || dup2(out[1], 1) < 0)
			err(127, "dup2");
		close(in[0]), close(in[1]), close(out[0]), close(out[1]);
		execvp(*command, command);
		err(127, "%s", *command);
	}
	close(in[0]), close(out[1]);
	signal(SIGPIPE, SIG_IGN);
}

/* How many records have come; blocks if there is nothing. */
static long
records(struct stage *st)
{
	static char buf[1 << 16];
	ssize_t i, n = read(st->out, buf, sizeof(buf));
	long count = 0;

	if (n <= 0)
		errx(1, "the command ended");
	for (i = 0; i < n; i++) {
		if (!st->middle)
			st->record = buf[i] != '#';
		st->middle = buf[i] != '\n';
		count += st->record && !st->middle;
	}
	return count;
}

/* It ends by the end of its input, and its status does not matter. */
static void
stop(struct stage *st)
{
	int status;

	kill(st->pid, SIGKILL);
	close(st->in), close(st->out);
	if (waitpid(st->pid, &status, 0) < 0)
		err(1, "waitpid");
}

static int
ascending(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static void
first(char *text, char **command)
{
	struct stage st;
	int64_t begun;

	unescape(text);
	begun = now();
	start(&st, text, command);
	while (records(&st) == 0)
		continue;
	printf("%.1f\n", (double)(now() - begun) / 1e3);
	stop(&st);
}

static void
steady(char *head, char **command, long rate, long count)
{
	int64_t *sent = calloc((size_t)count, sizeof(*sent)), begun, wait;
	struct pollfd p;
	struct stage st;
	struct timespec t;
	char line[64];
	long i = 0, got = 0, more;

	if (sent == NULL)
		err(1, "calloc");
	unescape(head);
	start(&st, head, command);
	p = (struct pollfd){ .fd = st.out, .events = POLLIN };
	begun = now() + 200000000;	/* it starts meanwhile */
	while (got < count) {
		wait = begun + i * (1000000000 / rate) - now();
		if (i < count && wait <= 0) {
			int n = snprintf(line, sizeof(line),
			    "%ld\tuser%ld\t%ld\n", 1700000000000 + i, i % 100, i);

			sent[i++] = now();
			put(&st, line, (size_t)n);
			continue;
		}
		t = (struct timespec){ .tv_nsec = i < count ? wait : 999999999 };
		if (ppoll(&p, 1, &t, NULL) < 0 && errno != EINTR)
			err(1, "ppoll");
		if ((p.revents & (POLLIN | POLLHUP)) == 0)
			continue;
		for (more = records(&st); more > 0 && got < i; more--, got++)
			sent[got] = now() - sent[got];
		if (more > 0)
			errx(1, "more records came out than went in");
	}
	stop(&st);
	qsort(sent, (size_t)count, sizeof(*sent), ascending);
	printf("%.1f %.1f %.1f\n", (double)sent[count / 2] / 1e3,
	    (double)sent[count * 99 / 100] / 1e3, (double)sent[count - 1] / 1e3);
	free(sent);
}

static void
pauses(void)
{
	static char buf[1 << 16];
	int64_t last = 0, t, longest = 0;
	ssize_t n;

	while ((n = read(0, buf, sizeof(buf))) > 0) {
		t = now();
		if (last != 0 && t - last > longest)
			longest = t - last;
		last = t;
	}
	if (n < 0)
		err(1, "standard input");
	printf("%.1f\n", (double)longest / 1e3);
}

int
main(int argc, char **argv)
{
	long rate = 1000, count = 2000;
	bool one = false, gaps = false;
	int c;

	while ((c = getopt(argc, argv, "+1gn:r:")) != -1)
		switch (c) {
		case '1': one = true; break;
		case 'g': gaps = true; break;
		case 'n': count = positive(optarg); break;
		case 'r': rate = positive(optarg); break;
		default: return 2;
		}
	if (gaps ? argc != optind : argc - optind < 2)
		errx(2, "usage: pace -1 text command ... | pace [-n count] "
		    "[-r rate] head command ... | pace -g");
	if (gaps)
		pauses();
	else if (one)
		first(argv[optind], argv + optind + 1);
	else
		steady(argv[optind], argv + optind + 1, rate, count);
	if (fflush(stdout) != 0)
		err(1, "standard output");
	return 0;
}
