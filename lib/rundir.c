#include <sys/file.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "buf.h"
#include "clock.h"
#include "die.h"
#include "durable.h"
#include "rundir.h"

#define PATIENCE 60000		/* ms until the sink must have been there */
#define PAUSE 5			/* ms between two looks */

static const char *
rundir_path(void)
{
	const char *path = getenv("WEIR_RUNDIR");

	return path != NULL && *path != '\0' ? path : NULL;
}

bool
rundir_is(void)
{
	return rundir_path() != NULL;
}

const char *
rundir_run(void)
{
	const char *run = getenv("WEIR_RUN");

	return run != NULL && *run != '\0' ? run : NULL;
}

const char *
rundir_stage(const char *dir)
{
	const char *run = rundir_path();
	size_t n = run != NULL ? strlen(run) : 0;

	return n > 0 && strncmp(dir, run, n) == 0 && dir[n] == '/' &&
	    strchr(dir + n + 1, '/') == NULL ? dir + n + 1 : NULL;
}

/* It stays open: a process has one. */
static int
rundir_fd(void)
{
	static int fd = -1;

	if (fd < 0 && (fd = open(rundir_path(), O_RDONLY | O_DIRECTORY |
	    O_CLOEXEC)) < 0)
		err(EXIT_BAD, "%s", rundir_path());
	return fd;
}

void
rundir_claim(const char *tool)
{
	char who[256];
	const char *run = rundir_run() != NULL ? rundir_run() : "";
	size_t k;
	ssize_t n;
	bool taken;
	int fd;

	if (!rundir_is())
		return;
	if ((fd = openat(rundir_fd(), "sink", O_RDWR | O_CREAT | O_CLOEXEC,
	    0600)) < 0)
		die_temp("%s/sink", rundir_path());
	if ((taken = flock(fd, LOCK_EX | LOCK_NB) < 0) && errno != EWOULDBLOCK)
		die_temp("%s/sink", rundir_path());
	n = pread(fd, who, sizeof who - 1, 0);
	who[n > 0 ? n : 0] = '\0';
	k = strcspn(who, "\t");
	/* one that has come to its end already counts as well */
	if (taken || (*run != '\0' && who[k] != '\0' &&
	    strcmp(who + k + 1, run) == 0))
		errx(EXIT_BAD, "this run has a committing sink already, %.*s: "
		    "two cannot commit as one; let it end in a topic and a "
		    "second pipeline go on from there", (int)k, who);
	/* the lock is held until the process ends */
	n = snprintf(who, sizeof who, "%s\t%s", tool, run);
	if (n >= (ssize_t)sizeof who)
		errx(EXIT_BAD, "the run's name is too long: %s", run);
	if (ftruncate(fd, 0) < 0 || pwrite(fd, who, (size_t)n, 0) != n)
		die_temp("%s/sink: write", rundir_path());
}

static char *
note_get(const char *name)
{
	return durable_get(rundir_fd(), name, rundir_path());
}

static void
note_put(const char *name, const char *text)
{
	durable_put(rundir_fd(), name, text, rundir_path());
}

/* What the sink found, for the sources of this run. */
static void
start_put(const char *id)
{
	struct buf b = { 0 };

	buf_adds(&b, rundir_run() != NULL ? rundir_run() : "0");
	if (id != NULL) {
		buf_addc(&b, '\t');
		buf_adds(&b, id);
	}
	buf_addc(&b, '\0');
	note_put("start", b.s);
	buf_free(&b);
}

const char *
rundir_begin(const char *id, void (*commit)(void *, const char *), void *arg)
{
	char *noted, *save;

	if (!rundir_is())
		return id;
	noted = note_get("committed");
	save = note_get("savepoint");
	if (save != NULL) {
		if (id != NULL && strcmp(id, save) != 0)
			errx(EXIT_BAD, "the savepoint is of epoch %s, but the "
			    "sink has committed %s", save, id);
		if (id == NULL)
			commit(arg, save);
		id = save;
		note_put("committed", id);
		durable_drop(rundir_fd(), "savepoint", rundir_path());
		durable_sync(rundir_fd(), rundir_path());
	} else if (id == NULL && noted != NULL) {
		errx(EXIT_BAD, "epoch %s was committed, but the sink knows "
		    "nothing of it any more: what was written behind it would "
		    "be written twice", noted);
	} else if (id != NULL && (noted == NULL || strcmp(noted, id) != 0)) {
		/* the end came between the commit and its note */
		note_put("committed", id);
	}
	free(noted);
	start_put(id);
	return id;
}

void
rundir_commit(const char *id)
{
	if (rundir_is())
		note_put("committed", id);
}

void
rundir_check(const char *restore, const char *id)
{
	if (restore == NULL ? id == NULL :
	    id != NULL && strcmp(restore, id) == 0)
		return;
	if (restore == NULL && !rundir_is())
		errx(EXIT_BAD, "epoch %s is committed, and the stream does "
		    "not go on from there but begins anew: records would be "
		    "written twice", id);
	errx(rundir_is() ? EXIT_TEMP : EXIT_BAD, "the stream goes on from %s, "
	    "but what was committed last is %s", restore != NULL ? show(restore, strlen(restore)) :
	    "the beginning", id != NULL ? id : "nothing");
}

const char *
rundir_wait(void)
{
	const struct timespec pause = { .tv_nsec = PAUSE * 1000000L };
	const char *run = rundir_run() != NULL ? rundir_run() : "0";
	int64_t since = clock_ms();
	size_t n = strlen(run);
	char *start;

	for (;;) {
		start = note_get("start");
		if (start != NULL && strncmp(start, run, n) == 0 &&
		    (start[n] == '\0' || start[n] == '\t'))
			return start[n] == '\t' ? start + n + 1 : NULL;
		free(start);
		if (clock_ms() - since >= PATIENCE)
			errx(EXIT_TEMP, "no committing sink has started for "
			    "%d s", PATIENCE / 1000);
		nanosleep(&pause, NULL);
	}
}

const char *
rundir_committed(void)
{
	static char *id;

	if (!rundir_is())
		return NULL;
	free(id);
	id = note_get("committed");
	return id;
}

void
rundir_ready(void)
{
	sigset_t term;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	if (sigprocmask(SIG_UNBLOCK, &term, NULL) < 0)
		err(EXIT_TEMP, "signals");
}
