#include <sys/stat.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "durable.h"
#include "part.h"
#include "state.h"
#include "statecopy.h"

static const char temporary[] = "copy.tmp";

struct copy {
	int from, to;		/* directories: of one state, … */
	const char *frompath, *topath;
	const char *id;
};

static int
file_make(int dir, const char *name, const char *path)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
	    0600);

	if (fd < 0)
		die_temp("%s/%s", path, name);
	return fd;
}

static void
file_done(int fd, const char *name, const char *path)
{
	if (fsync(fd) < 0 || close(fd) < 0)
		die_temp("%s/%s: write", path, name);
}

/* The same file in both; false: it is not there any more. */
static bool
file_link(const struct copy *c, const char *name)
{
	int from, to;

	if (linkat(c->from, name, c->to, name, 0) == 0)
		return true;
	if (errno == ENOENT)
		return false;
	if ((from = openat(c->from, name, O_RDONLY | O_CLOEXEC)) < 0) {
		if (errno == ENOENT)
			return false;
		err(EXIT_BAD, "%s/%s", c->frompath, name);
	}
	/* whole or not at all: a file that is there is not copied again */
	to = file_make(c->to, temporary, c->topath);
	durable_copy(from, to, -1, name);
	close(from);
	file_done(to, temporary, c->topath);
	durable_rename(c->to, temporary, name, c->topath);
	return true;
}

/* Of each snapshot, what was written beside the stream. */
static void
beside_copy(const struct copy *c, const struct rec *r)
{
	struct field word = rec_field(r, 0);
	struct buf path = { 0 }, name = { 0 };
	size_t skip = word.n > 0 && *word.s == '#';
	int from, to;

	snap_getraw(r, 2, &path);
	buf_addc(&path, '\0');
	buf_adds(&name, c->id);
	buf_addc(&name, '.');
	buf_add(&name, word.s + skip, word.n - skip);
	buf_addc(&name, '\0');
	/* a savepoint has it already */
	if (faccessat(c->to, name.s, F_OK, 0) == 0)
		return;
	if ((from = open(path.s, O_RDONLY | O_CLOEXEC)) < 0)
		err(EXIT_BAD, "%s", path.s);
	to = file_make(c->to, temporary, c->topath);
	if (!durable_copy(from, to, snap_getint(r, 1), path.s))
		errx(EXIT_BAD, "%s: is shorter than the snapshot says", path.s);
	close(from);
	file_done(to, temporary, c->topath);
	durable_rename(c->to, temporary, name.s, c->topath);
	buf_free(&path);
	buf_free(&name);
}

/* The snapshot of the epoch with all that it builds on; false: the run has gone on. */
static bool
snap_copy(const struct copy *c)
{
	struct snapread in;
	struct buf name = { 0 };
	struct rec r;
	char *own;
	bool good;
	int fd;

	own = part_find(c->from, c->frompath, c->id);
	part_name(&name, own);
	free(own);
	good = file_link(c, name.s);
	if (good && (fd = openat(c->to, name.s, O_RDONLY | O_CLOEXEC)) < 0)
		die_temp("%s/%s", c->topath, name.s);
	if (!good) {
		buf_free(&name);
		return false;
	}
	snapread_open(&in, fd, name.s);
	while (good && snapread_next(&in, &r)) {
		if (snap_is(&r, "#builds", 3)) {
			struct buf part = { 0 };

			snap_getraw(&r, 1, &part);
			buf_add(&part, STATE_SUFFIX, sizeof STATE_SUFFIX);
			good = file_link(c, part.s);
			buf_free(&part);
		} else if (snap_is(&r, "#late", 2) ||
		    snap_is(&r, "letters", 2)) {
			beside_copy(c, &r);
		}
	}
	snapread_close(&in);
	buf_free(&name);
	return good;
}

/* What sbatch is done with: at the savepoint that is said by its ID. */
static bool
is_past(const struct copy *c, const char *name)
{
	static const char epoch[] = "epoch-";

	return strcmp(name, "done") == 0 ||
	    (strncmp(name, epoch, sizeof epoch - 1) == 0 &&
	    strcmp(name + sizeof epoch - 1, c->id) != 0);
}

/* Notes are small and go along; of the snapshots only one does.  Whether there are any. */
static bool
notes_copy(const struct copy *c)
{
	char **names = durable_names(c->from, c->frompath), **p;
	bool states = false;

	for (p = names; *p != NULL; p++) {
		if (durable_ends(*p, STATE_SUFFIX))
			states = true;
		else if (**p != '.' && !durable_ends(*p, ".tmp") &&
		    strcmp(*p, "lock") != 0 && !is_past(c, *p))
			/* one that goes meanwhile is needed no more */
			file_link(c, *p);
	}
	durable_forget(names);
	return states;
}

struct take { int from, to; const char *frompath, *topath, *id; };

/* A directory of the run that holds states: one of each stage that has any. */
static bool
state_take(const struct take *t, const char *name)
{
	struct buf from = { 0 }, to = { 0 };
	struct copy c = { .id = t->id };
	struct stat st;
	bool good = true;

	if (fstatat(t->from, name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISDIR(st.st_mode))
		return true;
	buf_adds(&from, t->frompath);
	buf_addc(&from, '/');
	buf_add(&from, name, strlen(name) + 1);
	buf_adds(&to, t->topath);
	buf_addc(&to, '/');
	buf_add(&to, name, strlen(name) + 1);
	c.frompath = from.s;
	c.topath = to.s;
	c.from = openat(t->from, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (c.from < 0)
		err(EXIT_BAD, "%s", from.s);
	c.to = durable_dir(to.s, 0700);
	good = !notes_copy(&c) || snap_copy(&c);
	durable_sync(c.to, c.topath);
	close(c.from);
	close(c.to);
	buf_free(&from);
	buf_free(&to);
	return good;
}

bool
states_copy(int from, const char *frompath, int to, const char *topath,
    const char *id)
{
	const struct take t = { from, to, frompath, topath, id };
	char **names = durable_names(from, frompath), **p;
	bool good = true;

	for (p = names; *p != NULL && good; p++)
		good = **p == '.' || state_take(&t, *p);
	durable_forget(names);
	return good;
}
