/* sread - makes a stream of files or of standard input */
#include <err.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "file.h"
#include "follow.h"
#include "io.h"
#include "rundir.h"
#include "src.h"
#include "unpack.h"

#define WAIT_MOST 1000		/* ms */

struct tail {			/* a file that is followed */
	struct follow follow;
	struct lane *lane;
};

struct sread {
	struct src src;
	const char *const *name;	/* of the files, n of them */
	size_t n;
	bool follow;
	struct file *file;	/* without -F; … */
	size_t at;		/* the one that is being read */
	struct in in;
	struct lane *lane;
	struct tail *tail;	/* with -F */
	struct spot *from;	/* with -F: where an earlier run was */
	struct watch watch;
};

static void sread_fits(void *, struct snap *);
static void sread_save(void *, struct snap *);
static void sread_load(void *, const struct rec *);

int sread(int, char **, struct next *);

static const struct op sread_op = {
	.name = "sread",
	.usage = "[-FHhVv] [-B every] [-c count] [-D file] [-f fields] "
	    "[-i silent]\n             [-S dir] [-s format] "
	    "[-w delay[,step]] -T time[=format] [file ...]",
	.fits = sread_fits,
	.save = sread_save,
	.load = sread_load,
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
	rundir_ready();
}

/*
 * A line is ready, or the file has ended; meanwhile what the clock wants is
 * done.  False: a signal says that it is over; what was read is out by then.
 */
static bool
sread_wait(struct src *src, struct file *f, struct in *in)
{
	struct pollfd p = { .events = POLLIN };
	int ms;

	while (!(f->looked && in_ready(in)) && !in->eof) {
		if (stopped)
			return false;
		ms = src_tick(src);
		p.fd = file_fd(f);
		if (f->live && poll(&p, 1, 0) <= 0) {
			chain_pause(src->next, true);
			/* not for ever: a signal may just have come */
			if (chain_wait(src->next, p.fd, ms < 0 ||
			    ms > WAIT_MOST ? WAIT_MOST : ms) == 0)
				continue;
		}
		file_fill(f, in);
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

	for (;;) {
		src_lines(src, part, in);
		if (src_full(src))
			return -1;
		if (!in_ready(in) && !in->eof)
			return 1;
		if ((k = dec_read(src->dec, in, &raw, &why)) == 2) {
			src_bind(src);
			k = dec_read(src->dec, in, &raw, &why);
		}
		if (k == 0)
			return 0;
		if (k == 1)
			k = src_rec(src, part, 0, &why);
		if (k < 0)
			src_bad(src, &(struct letter){ .data = raw,
			    .from = dec_from(src->dec) }, why);
	}
}

/*
 * Another time the file may have more: what has no line end yet is not a
 * record, and is left for then.
 */
static bool
file_rest(const struct in *in, const struct lane *l)
{
	int64_t offset, line;

	if (!in->eof || in_ready(in))
		return false;
	dec_place(l, in, &offset, &line);
	if (offset < in->base + (int64_t)in->w)
		warnx("%s: the last line has no end yet: left for the next run",
		    in->from.name);
	return true;
}

/* False: -c or a signal ends it all. */
static bool
sread_file(struct sread *s, struct file *f)
{
	bool last = s->src.once && s->at == s->n - 1;
	int k;

	for (;;) {
		if (last && file_rest(&s->in, s->lane))
			return true;
		if ((k = sread_lines(&s->src, 0, &s->in)) != 1)
			return k == 0;
		if (!sread_wait(&s->src, f, &s->in))
			return false;
	}
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
sread_files(struct sread *s)
{
	struct file *f;
	bool first = true, more = true;

	dec_use(s->src.dec, s->lane);
	for (; more; first = false) {
		f = &s->file[s->at];
		if (!file_open(f, &s->in, first, &stopped))
			break;
		in_setup(&s->in, &s->src);
		more = sread_file(s, f) && s->at + 1 < s->n;
		if (more) {
			if (f->fd != 0)
				close(f->fd);
			s->at++;
		}
	}
}

/* What a file has for now; false: nothing. */
static bool
tail_read(struct tail *t, size_t part, struct src *src, struct watch *w)
{
	enum follow_what k = follow_read(&t->follow, w);
	int64_t offset, line;

	if (k == FOLLOW_AGAIN)
		dec_restart(src->dec, t->lane);
	if (k != FOLLOW_MORE)
		return k == FOLLOW_AGAIN;
	if (t->follow.in.from.pos == 0 &&
	    unpack_known(t->follow.in.buf, t->follow.in.w) == 1)
		errx(EXIT_BAD, "%s: is compressed: only plain text can be "
		    "followed", t->follow.name);
	dec_use(src->dec, t->lane);
	if (sread_lines(src, part, &t->follow.in) == 0) {
		dec_place(t->lane, &t->follow.in, &offset, &line);
		follow_spot(&t->follow, offset, line);
		follow_close(&t->follow, w);
	}
	return true;
}

static void
sread_tails(struct sread *s)
{
	struct tail *t = mem_alloc(s->n * sizeof *t);
	size_t i;

	watch_init(&s->watch);
	for (i = 0; i < s->n; i++) {
		follow_init(&t[i].follow, s->name[i], &s->watch);
		in_setup(&t[i].follow.in, &s->src);
		t[i].lane = dec_lane(s->src.dec);
		follow_resume(&t[i].follow, &s->from[i]);
	}
	s->tail = t;
}

/* All ends here: what nobody has seen may be a name that is wrong. */
static void
tails_missing(const struct sread *s)
{
	const struct follow *f;
	size_t i;

	for (i = 0; i < s->n; i++) {
		f = &s->tail[i].follow;
		if (f->fd < 0 && f->spot.offset < 0)
			warnx("%s: is not there: nothing is read of it",
			    f->name);
	}
}

/* All files at a time, until a signal or -c; or to what is there now. */
static void
sread_follow(struct sread *s)
{
	struct src *src = &s->src;
	bool any;
	size_t i;
	int ms;

	while (!stopped && !src_full(src)) {
		for (i = 0, any = false; i < s->n && !src_full(src); i++)
			any |= tail_read(&s->tail[i], i, src, &s->watch);
		ms = src_tick(src);
		if (any)
			continue;
		if (src->once) {
			tails_missing(s);
			return;
		}
		chain_pause(src->next, true);
		if (ms < 0 || ms > watch_most(&s->watch))
			ms = watch_most(&s->watch);
		chain_wait(src->next, s->watch.fd, ms);
		watch_clear(&s->watch);
	}
}

static void
sread_fits(void *st, struct snap *snap)
{
	const struct sread *s = st;

	src_fits(&s->src, snap);
	snap_fit(snap, "-F", s->follow ? "yes" : "no");
}

static void
tail_save(struct sread *s, size_t i, struct snap *snap)
{
	struct tail *t = s->tail != NULL ? &s->tail[i] : NULL;
	int64_t offset, line;

	if (t != NULL && t->follow.fd >= 0) {
		dec_place(t->lane, &t->follow.in, &offset, &line);
		follow_spot(&t->follow, offset, line);
	}
	snap_rec(snap, "tail");
	spot_save(t != NULL ? &t->follow.spot : &s->from[i], s->name[i], snap);
	src_saveport(&s->src, i, snap);
}

static void
sread_save(void *st, struct snap *snap)
{
	struct sread *s = st;
	struct file *f;
	size_t i;

	src_save(&s->src, snap);
	if (s->follow) {
		for (i = 0; i < s->n; i++)
			tail_save(s, i, snap);
		return;
	}
	f = &s->file[s->at];
	if (f->fd >= 0)
		file_spot(f, &s->in, s->lane);
	snap_rec(snap, "file");
	snap_int(snap, (int64_t)s->at);
	spot_save(&f->spot, f->name, snap);
	src_saveport(&s->src, 0, snap);
}

/* A file that is read now as it was then. */
static size_t
name_find(const struct sread *s, const char *name, const struct rec *r)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (strcmp(s->name[i], name) == 0)
			return i;
	errx(EXIT_BAD, "%s: %s was being read, and is not among the files now",
	    r->from->name, name);
}

static void
sread_load(void *st, const struct rec *r)
{
	struct sread *s = st;
	struct buf name = { 0 };
	struct spot spot;
	size_t i;

	if (r == NULL || src_load(&s->src, r))
		return;
	if (s->follow && snap_is(r, "tail", SPOT_FIELDS + 2)) {
		spot_load(&spot, r, 1, &name);
		i = name_find(s, name.s, r);
		s->from[i] = spot;
		src_loadport(&s->src, i, r, SPOT_FIELDS + 1);
	} else if (!s->follow && snap_is(r, "file", SPOT_FIELDS + 3)) {
		spot_load(&spot, r, 2, &name);
		s->at = snap_getsize(r, 1);
		if (s->at >= s->n || strcmp(s->name[s->at], name.s) != 0)
			s->at = name_find(s, name.s, r);
		s->file[s->at].spot = spot;
		src_loadport(&s->src, 0, r, SPOT_FIELDS + 2);
	} else {
		snap_bad(r);
	}
	buf_free(&name);
}

/* A pipe cannot be read again after a restart. */
static void
file_again(const struct file *f)
{
	if (f->live)
		errx(EXIT_USAGE, "%s: cannot be read again: with a state "
		    "directory a source reads plain files or a topic",
		    file_name(f));
}

static void
sread_open(struct sread *s, struct next *next)
{
	bool live = s->follow;
	size_t i;

	if (s->follow) {
		s->from = mem_alloc(s->n * sizeof *s->from);
		for (i = 0; i < s->n; i++)
			s->from[i].offset = -1;
	} else {
		s->file = mem_alloc(s->n * sizeof *s->file);
		for (i = 0; i < s->n; i++) {
			file_check(&s->file[i], s->name[i]);
			live |= s->file[i].live;
		}
	}
	src_open(&s->src, next, &sread_op, s,
	    s->follow ? s->n : 1, live, false);
	if (s->follow)
		sread_tails(s);
	else
		s->lane = dec_lane(s->src.dec);
	for (i = 0; !s->follow && i < s->n; i++)
		if (chain_keeps(s->src.next) != NULL)
			file_again(&s->file[i]);
	src_start(&s->src);
}

/* What comes behind it in the same process is in next. */
int
sread(int argc, char **argv, struct next *next)
{
	static const char *const standard[] = { "-" };
	struct sread s = { .src = SRC_INIT("csv") };
	int ch;

	while ((ch = opt_next(&sread_op, argc, argv, SRC_OPTS "F")) != -1)
		if (ch == 'F')
			s.follow = true;
		else if (src_opt(&s.src, ch, optarg) < 0)
			opt_usage(&sread_op);
	s.name = (const char *const *)argv + optind;
	s.n = (size_t)(argc - optind);
	if (s.follow && s.n == 0)
		opt_usage(&sread_op);
	for (size_t i = 0; s.follow && i < s.n; i++)
		if (strcmp(s.name[i], "-") == 0)
			errx(EXIT_USAGE, "-F: standard input has no name by "
			    "which to follow it");
	if (s.n == 0) {
		s.name = standard;
		s.n = 1;
	}
	sread_open(&s, next);
	signals_catch();
	if (!s.src.ended && s.follow)
		sread_follow(&s);
	else if (!s.src.ended)
		sread_files(&s);
	if (stopped) {
		src_stop(&s.src);
	} else {
		if (!s.follow)
			src_done(&s.src, 0);
		src_end(&s.src);
	}
	return 0;
}

int
main(int argc, char **argv)
{
	return sread(argc, argv, chain_open(NULL, NULL, NULL, 0));
}
