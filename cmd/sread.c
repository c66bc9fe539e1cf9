/* sread - makes a stream of files or of standard input */
#include <sys/stat.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "follow.h"
#include "io.h"
#include "src.h"

#define WAIT_MOST 1000		/* ms */

struct file {
	const char *name;	/* NULL: standard input */
	int fd;
	bool live;		/* not a plain file: it may have nothing for now */
};

static const struct op sread_op = {
	.name = "sread",
	.usage = "[-FHhVv] [-B every] [-c count] [-D file] [-f fields] "
	    "[-i silent]\n             [-s format] [-w delay[,step]] "
	    "-T time[=format] [file ...]",
};

static volatile sig_atomic_t stopped;

static void
on_signal(int sig)
{
	(void)sig;
	stopped = 1;
}

/* A second signal ends it at once. */
static void
signals_catch(void)
{
	struct sigaction sa = { .sa_handler = on_signal };

	sigemptyset(&sa.sa_mask);
	sa.sa_flags = (int)SA_RESETHAND;
	if (sigaction(SIGTERM, &sa, NULL) < 0 ||
	    sigaction(SIGINT, &sa, NULL) < 0)
		err(EXIT_TEMP, "signal");
}

static const char *
file_name(const struct file *f)
{
	return f->name != NULL ? f->name : "standard input";
}

/*
 * All are looked at before the first is read, so that nothing is lost by one
 * that is not there; but opened one by one, since there may be many, and
 * opening a FIFO waits for its writer.
 */
static void
file_check(struct file *f, const char *name)
{
	struct stat st;

	*f = (struct file){ .name = name };
	if (name != NULL && strcmp(name, "-") == 0)
		f->name = NULL;
	if (f->name == NULL ? fstat(0, &st) < 0 :
	    stat(f->name, &st) < 0 || access(f->name, R_OK) < 0)
		err(EXIT_BAD, "%s", file_name(f));
	if (S_ISDIR(st.st_mode))
		errx(EXIT_BAD, "%s: is a directory", file_name(f));
	f->live = !S_ISREG(st.st_mode);
}

/*
 * The next file into the reader: the same buffers for all.  False: a signal
 * came while a FIFO waited for its writer.
 */
static bool
file_open(struct file *f, struct in *in, bool first)
{
	while (f->name != NULL &&
	    (f->fd = open(f->name, O_RDONLY | O_CLOEXEC)) < 0) {
		if (errno != EINTR)
			err(EXIT_BAD, "%s", f->name);
		if (stopped)
			return false;
	}
	if (first)
		in_init(in, f->fd, f->name);
	else
		in_reset(in, f->fd, f->name);
	return true;
}

/*
 * A line is ready, or the file has ended; meanwhile what the clock wants is
 * done.  False: a signal says that it is over; what was read is out by then.
 */
static bool
sread_wait(struct src *src, const struct file *f, struct in *in)
{
	struct pollfd p = { .fd = f->fd, .events = POLLIN };
	int ms;

	while (!in_ready(in) && !in->eof) {
		if (stopped)
			return false;
		ms = src_tick(src);
		if (f->live && poll(&p, 1, 0) <= 0) {
			chain_pause(src->next, true);
			/* not for ever: a signal may just have come */
			if (chain_wait(src->next, f->fd, ms < 0 ||
			    ms > WAIT_MOST ? WAIT_MOST : ms) == 0)
				continue;
		}
		in_fill(in);
	}
	return true;
}

/* The lines that are there.  1: all; 0: the file has ended; -1: -c ends it all. */
static int
sread_lines(struct src *src, size_t part, struct in *in)
{
	struct field raw;
	const char *why;
	int k;

	while (!src_full(src)) {
		if (!in_ready(in) && !in->eof)
			return 1;
		if ((k = dec_read(src->dec, in, &raw, &why)) == 2) {
			src_bind(src);
			k = dec_read(src->dec, in, &raw, &why);
		}
		if (k == 0)
			return 0;
		if (k == 1)
			src_rec(src, part, dec_from(src->dec), raw, 0);
		else if (k < 0)
			src_bad(src, dec_from(src->dec), raw, NULL, why);
	}
	return -1;
}

/* False: -c or a signal ends it all. */
static bool
sread_file(struct src *src, const struct file *f, struct in *in)
{
	int k;

	while ((k = sread_lines(src, 0, in)) == 1)
		if (!sread_wait(src, f, in))
			return false;
	return k == 0;
}

static void
in_setup(struct in *in, const struct src *src)
{
	dec_setup(src->dec, in);
	in->pause = chain_pause;
	in->arg = src->next;
}

/* The files in order, each to its end. */
static void
sread_files(struct src *src, struct file *file, size_t n)
{
	struct in in;
	bool more = true;
	size_t i;

	for (i = 0; more && i < n; i++) {
		if (!file_open(&file[i], &in, i == 0))
			break;
		in_setup(&in, src);
		more = sread_file(src, &file[i], &in);
		if (file[i].fd != 0)
			close(file[i].fd);
	}
}

struct tail {			/* a file that is followed */
	struct follow follow;
	struct lane *lane;
};

/* What a file has for now; false: nothing. */
static bool
tail_read(struct tail *t, size_t part, struct src *src, struct watch *w)
{
	enum follow_what k = follow_read(&t->follow, w);

	if (k == FOLLOW_AGAIN)
		dec_restart(src->dec, t->lane);
	if (k != FOLLOW_MORE)
		return k == FOLLOW_AGAIN;
	dec_use(src->dec, t->lane);
	if (sread_lines(src, part, &t->follow.in) == 0)
		follow_close(&t->follow, w);
	return true;
}

/* All files at a time, until a signal or -c. */
static void
sread_follow(struct src *src, char *const *name, size_t n)
{
	struct tail *t = mem_alloc(n * sizeof *t);
	struct watch w;
	bool any;
	size_t i;
	int ms;

	watch_init(&w);
	for (i = 0; i < n; i++) {
		follow_init(&t[i].follow, name[i], &w);
		in_setup(&t[i].follow.in, src);
		t[i].lane = dec_lane(src->dec);
	}
	while (!stopped && !src_full(src)) {
		for (i = 0, any = false; i < n && !src_full(src); i++)
			any |= tail_read(&t[i], i, src, &w);
		ms = src_tick(src);
		if (any)
			continue;
		chain_pause(src->next, true);
		if (ms < 0 || ms > watch_most(&w))
			ms = watch_most(&w);
		chain_wait(src->next, w.fd, ms);
		watch_clear(&w);
	}
}

int
main(int argc, char **argv)
{
	struct src src = SRC_INIT("sread", "csv");
	struct file *file = NULL;
	bool live = false, follow = false;
	size_t i, n;
	int ch;

	while ((ch = opt_next(&sread_op, argc, argv, SRC_OPTS "F")) != -1)
		if (ch == 'F')
			follow = true;
		else if (src_opt(&src, ch, optarg) < 0)
			opt_usage(&sread_op);
	argv += optind;
	n = (size_t)(argc - optind);
	if (follow && n == 0)
		opt_usage(&sread_op);
	for (i = 0; follow && i < n; i++)
		if (strcmp(argv[i], "-") == 0)
			errx(EXIT_USAGE, "-F: standard input has no name by "
			    "which to follow it");
	if (!follow) {
		n = n > 0 ? n : 1;
		file = mem_alloc(n * sizeof *file);
		for (i = 0; i < n; i++) {
			/* argv ends with NULL: standard input */
			file_check(&file[i], argv[i]);
			live |= file[i].live;
		}
	}
	src_open(&src, chain_open(NULL, NULL, NULL, 0), follow ? n : 1,
	    live || follow, false);
	signals_catch();
	if (follow)
		sread_follow(&src, argv, n);
	else
		sread_files(&src, file, n);
	if (stopped) {
		src_stop(&src);
	} else {
		if (!follow)
			src_done(&src, 0);
		src_end(&src);
	}
	return 0;
}
