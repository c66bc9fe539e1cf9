/* srun - runs pipelines so that their results are exact whatever is killed */
#include <sys/select.h>
#include <sys/wait.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "crew.h"
#include "die.h"
#include "durable.h"
#include "epoch.h"
#include "fifo.h"
#include "job.h"
#include "notify.h"
#include "op.h"
#include "retry.h"
#include "savepoint.h"
#include "states.h"

#define GRACE 500		/* ms in which the others may say what they died of */
#define LOOK 500		/* ms between two looks at what was committed */
#define ONE 1000		/* ms in which signals are one: timeout(1) sends two */

struct srun {
	const char *dir;	/* -S */
	bool once;		/* -1 */
	bool apart;		/* -n */
	const char *share;	/* -P */
	const char *to;		/* -N */
	const char *from;	/* -F */
	const char *drop;	/* -D */
	struct retry retry;
	int fd;			/* of the directory */
	char *path;		/* absolute */
	struct job job;
	struct crew crew;
	char **fifo;		/* of each pipeline; the main one's is NULL */
	char *committed;	/* last known */
	bool moved;		/* it is of this start */
	bool ready;		/* has been told */
	int64_t watchdog, told;	/* ms; clock of the last sign of life */
	bool stopping;		/* the sources have been told */
};

static const struct op srun_op = {
	.name = "srun",
	.usage = "[-1hnVv] [-D tool.n[,...]] [-F savepoint] [-P i/n] "
	    "[-R attempts[/time]]\n            -S dir [name='pipeline' ...] "
	    "'pipeline'\n       srun -S dir -N dest",
};

static volatile sig_atomic_t stops, childs;

static void
on_stop(int sig)
{
	(void)sig;
	stops++;
}

static void
on_child(int sig)
{
	(void)sig;
	childs = 1;
}

/* They come only while it waits. */
static void
signals_set(sigset_t *wait)
{
	static const int sigs[] = { SIGTERM, SIGINT, SIGHUP, SIGCHLD };
	struct sigaction sa = { .sa_handler = on_stop };
	sigset_t block;
	size_t i;

	sigemptyset(&sa.sa_mask);
	sigemptyset(&block);
	for (i = 0; i < sizeof sigs / sizeof sigs[0]; i++) {
		sa.sa_handler = sigs[i] == SIGCHLD ? on_child : on_stop;
		sigaddset(&block, sigs[i]);
		if (sigaction(sigs[i], &sa, NULL) < 0)
			err(EXIT_TEMP, "signals");
	}
	if (sigprocmask(SIG_BLOCK, &block, wait) < 0)
		err(EXIT_TEMP, "signals");
	for (i = 0; i < sizeof sigs / sizeof sigs[0]; i++)
		sigdelset(wait, sigs[i]);
}

static void
srun_wait(const sigset_t *mask, int64_t ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	if (pselect(0, NULL, NULL, NULL, &t, mask) < 0 && errno != EINTR)
		err(EXIT_TEMP, "select");
}

/* What was committed meanwhile; whether it is something new. */
static bool
srun_look(struct srun *s)
{
	char *now = durable_get(s->fd, "committed", s->path), text[320];
	bool fresh = now != NULL &&
	    (s->committed == NULL || strcmp(now, s->committed) != 0);

	if (fresh) {
		free(s->committed);
		s->committed = now;
		s->moved = true;
		snprintf(text, sizeof text, "STATUS=epoch %s is committed", now);
		notify_send(text);
	} else {
		free(now);
	}
	return fresh;
}

/* The sink of this start has been there: the run is under way. */
static bool
srun_begun(const struct srun *s, const char *run)
{
	char *start = durable_get(s->fd, "start", s->path);
	size_t n = strlen(run);
	bool is = start != NULL && strncmp(start, run, n) == 0 &&
	    (start[n] == '\0' || start[n] == '\t');

	free(start);
	return is;
}

/* What a service manager wants to hear: a sign of life only if something moves. */
static void
srun_tell(struct srun *s, const char *run)
{
	bool moved = srun_look(s);

	if (!s->ready && srun_begun(s, run)) {
		s->ready = moved = true;
		notify_send("READY=1");
	}
	if (s->watchdog > 0 && moved)
		notify_send("WATCHDOG=1");
}

/* Until all have ended; then what became of it is in the crew. */
static void
srun_attend(struct srun *s, const sigset_t *mask, const char *run)
{
	struct crew *c = &s->crew;
	int seen = stops;
	int64_t since = 0;

	while (c->left > 0) {
		if (stops > seen) {
			seen = stops;
			if (s->stopping && clock_ms() - since >= ONE) {
				/* it is in a hurry: the next run goes on from the last commit */
				crew_kill(c);
				errx(EXIT_TEMP, "killed before the epoch was "
				    "done");
			}
			if (!s->stopping) {
				since = clock_ms();
				s->stopping = true;
				notify_send("STOPPING=1");
				crew_stop(c);
			}
		}
		if (c->since > 0 && clock_ms() - c->since >= GRACE)
			crew_kill(c);
		if (c->left > 0)
			srun_wait(mask, c->since > 0 ? GRACE / 10 : LOOK);
		if (childs) {
			childs = 0;
			crew_reap(c);
			crew_unread(c);
		}
		srun_tell(s, run);
	}
	/* what the stages have left behind */
	crew_kill(c);
}

/* Says how it ended; the exit status, or -1 for another try. */
static int
srun_verdict(struct srun *s)
{
	const struct crew *c = &s->crew;
	const char *id = s->job.proc[c->bad].name;

	if (c->status == 0)
		return 0;
	if (c->status != EXIT_TEMP) {
		warnx("%s: %s: a new start would not mend it", id, c->why);
		return c->status == EXIT_USAGE ? EXIT_USAGE : EXIT_BAD;
	}
	if (s->stopping) {
		warnx("%s: %s: the next run goes on from the last commit", id,
		    c->why);
		return EXIT_TEMP;
	}
	return -1;
}

static int
srun_again(struct srun *s, const sigset_t *mask)
{
	const struct crew *c = &s->crew;
	const char *id = s->job.proc[c->bad].name;
	int64_t ms = retry_next(&s->retry, clock_ms()), until;
	struct buf text = { 0 };

	if (ms < 0) {
		warnx("%s: %s: that was the last start that -R allows", id,
		    c->why);
		return EXIT_TEMP;
	}
	warnx("%s: %s: starts again in %" PRId64 ".%" PRId64 " s", id, c->why,
	    ms / 1000, ms % 1000 / 100);
	buf_adds(&text, "STATUS=");
	buf_adds(&text, id);
	buf_adds(&text, ": ");
	buf_adds(&text, c->why);
	buf_add(&text, ": starts again", sizeof ": starts again");
	notify_send(text.s);
	buf_free(&text);
	for (until = clock_ms() + ms; ms > 0; ms = until - clock_ms()) {
		srun_wait(mask, ms);
		if (stops == 0)
			continue;
		warnx("stopped before the new start: the next run goes on "
		    "from the last commit");
		return EXIT_TEMP;
	}
	return -1;
}

static int
srun_run(struct srun *s)
{
	const char *run;
	sigset_t mask;
	int k;

	signals_set(&mask);
	s->watchdog = notify_watchdog();
	s->committed = durable_get(s->fd, "committed", s->path);
	s->fifo = fifo_make(&s->job, s->path);
	do {
		run = epoch_run();
		s->moved = false;
		crew_start(&s->crew, &s->job, s->fifo, run, s->once);
		srun_attend(s, &mask, run);
		if (s->moved)
			retry_well(&s->retry);
		k = srun_verdict(s);
		crew_free(&s->crew);
	} while (k < 0 && (k = srun_again(s, &mask)) < 0);
	fifo_remove(&s->job, s->fifo);
	return k;
}

/* The directory is this run's as long as one of its processes lives. */
static void
srun_lock(struct srun *s)
{
	int fd;

	s->fd = durable_dir(s->dir, 0700);
	if ((s->path = realpath(s->dir, NULL)) == NULL)
		err(EXIT_BAD, "%s", s->dir);
	fd = durable_lock(s->fd, "srun", s->dir);
	if (fcntl(fd, F_SETFD, 0) < 0)
		err(EXIT_TEMP, "%s", s->dir);
}

static void
srun_options(struct srun *s, int argc, char **argv)
{
	int ch;

	while ((ch = opt_next(&srun_op, argc, argv, "1D:F:N:nP:R:S:")) != -1)
		switch (ch) {
		case '1': s->once = true; break;
		case 'D': s->drop = optarg; break;
		case 'F': s->from = optarg; break;
		case 'N': s->to = optarg; break;
		case 'n': s->apart = true; break;
		case 'P': s->share = optarg; break;
		case 'R': retry_parse(&s->retry, optarg); break;
		case 'S': s->dir = optarg; break;
		default: opt_usage(&srun_op);
		}
	if (s->dir == NULL) {
		warnx("-S is needed: the directory of the run's state");
		opt_usage(&srun_op);
	}
	if ((s->to != NULL) != (optind == argc))
		opt_usage(&srun_op);
}

int
main(int argc, char **argv)
{
	struct srun s = { 0 };

	srun_options(&s, argc, argv);
	if (s.to != NULL) {
		printf("%s\n", savepoint_take(s.dir, s.to));
		if (fclose(stdout) != 0)
			die_temp("standard output");
		return 0;
	}
	srun_lock(&s);
	job_make(&s.job, argv + optind, (size_t)(argc - optind), s.path,
	    !s.apart);
	if (s.from != NULL)
		savepoint_start(s.dir, s.from);
	savepoint_check(s.fd, s.dir);
	if (s.drop != NULL)
		states_drop(s.fd, s.path, &s.job, s.drop);
	states_check(s.fd, s.path, &s.job);
	if (s.share != NULL && setenv("WEIR_PART", s.share, 1) < 0)
		err(EXIT_TEMP, "environment");
	return srun_run(&s);
}
