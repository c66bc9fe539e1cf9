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
	.usage = "[-HhVv] [-B every] [-c count] [-D file] [-f fields] "
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

/* False: -c or a signal ends it all. */
static bool
sread_file(struct src *src, const struct file *f, struct in *in)
{
	struct field raw;
	const char *why;
	int k;

	while (!src_full(src)) {
		if (!in_ready(in) && !sread_wait(src, f, in))
			return false;
		if ((k = dec_read(src->dec, in, &raw, &why)) == 2) {
			src_bind(src);
			k = dec_read(src->dec, in, &raw, &why);
		}
		if (k == 0)
			return true;
		if (k == 1)
			src_rec(src, 0, dec_from(src->dec), raw, 0);
		else if (k < 0)
			src_bad(src, dec_from(src->dec), raw, NULL, why);
	}
	return false;
}

int
main(int argc, char **argv)
{
	struct src src = SRC_INIT("csv");
	struct in in;
	struct file *file;
	size_t i, n;
	bool live = false, more = true;
	int ch;

	while ((ch = opt_next(&sread_op, argc, argv, SRC_OPTS)) != -1)
		if (src_opt(&src, ch, optarg) < 0)
			opt_usage(&sread_op);
	n = optind < argc ? (size_t)(argc - optind) : 1;
	file = mem_alloc(n * sizeof *file);
	for (i = 0; i < n; i++) {
		file_check(&file[i], argv[optind + (int)i]);
		live |= file[i].live;
	}
	src_open(&src, chain_open(NULL, NULL, NULL, 0), 1, live, false);
	signals_catch();
	for (i = 0; more && i < n; i++) {
		if (!file_open(&file[i], &in, i == 0))
			break;
		in.csv = dec_csv(src.dec);
		in.sep = in.csv ? ',' : '\t';
		in.pause = chain_pause;
		in.arg = src.next;
		more = sread_file(&src, &file[i], &in);
		if (file[i].fd != 0)
			close(file[i].fd);
	}
	if (stopped) {
		src_stop(&src);
	} else {
		src_done(&src, 0);
		src_end(&src);
	}
	return 0;
}
