#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "durable.h"
#include "savepoint.h"
#include "statecopy.h"

#define TRIES 100		/* snapshots of a run that goes on vanish when the next epoch is committed */

static const char unfinished[] = "unfinished";	/* as long as it is there, all else may go */

/* Nothing is in it but what stands there before the first note. */
static bool
is_empty(int dir, const char *path)
{
	char **names = durable_names(dir, path), **p = names;
	bool empty;

	while (*p != NULL && (strcmp(*p, "lock") == 0 ||
	    strcmp(*p, "unfinished.tmp") == 0))
		p++;
	empty = *p == NULL;
	durable_forget(names);
	return empty;
}

/* What a copy that did not come to its end has left. */
static void
state_wipe(int dir, const char *path, const char *name)
{
	char **names, **p;
	int fd;

	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		durable_drop(dir, name, path);
		return;
	}
	names = durable_names(fd, name);
	for (p = names; *p != NULL; p++)
		durable_drop(fd, *p, name);
	durable_forget(names);
	close(fd);
	if (unlinkat(dir, name, AT_REMOVEDIR) < 0)
		die_temp("%s/%s: remove", path, name);
}

/* A copy of all states; false: the run has gone on meanwhile. */
static bool
copy_try(const char *dir, const char *to, const char *id, int in, int out)
{
	char **names = durable_names(out, to), **p;

	for (p = names; *p != NULL; p++)
		if (strcmp(*p, "lock") != 0 && strcmp(*p, unfinished) != 0)
			state_wipe(out, to, *p);
	durable_forget(names);
	return states_copy(in, dir, out, to, id);
}

static void
copy_done(int out, const char *to)
{
	durable_drop(out, unfinished, to);
	durable_sync(out, to);
}

static int
dir_open(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		err(EXIT_BAD, "%s", path);
	return fd;
}

/* A failed attempt before this one may have left something. */
static void
take_check(int out, const char *to)
{
	if (!is_empty(out, to) && (faccessat(out, unfinished, F_OK, 0) < 0 ||
	    faccessat(out, "savepoint", F_OK, 0) == 0))
		errx(EXIT_BAD, "%s: is not empty", to);
}

const char *
savepoint_take(const char *dir, const char *to)
{
	int in = dir_open(dir), out, lock, tries;
	char *id, *now;

	if ((id = durable_get(in, "committed", dir)) == NULL)
		errx(EXIT_BAD, "%s: nothing has been committed yet", dir);
	out = durable_dir(to, 0700);
	take_check(out, to);
	lock = durable_lock(out, "srun -N", to);
	/* another one may have been at it until now */
	take_check(out, to);
	durable_put(out, unfinished, id, to);
	for (tries = 0; !copy_try(dir, to, id, in, out); tries++) {
		now = durable_get(in, "committed", dir);
		if (tries == TRIES || now == NULL || strcmp(now, id) == 0)
			errx(EXIT_BAD, "%s: the snapshots of epoch %s are not "
			    "all there", dir, id);
		free(id);
		id = now;
	}
	durable_put(out, "savepoint", id, to);
	copy_done(out, to);
	close(lock);
	close(in);
	close(out);
	return id;
}

void
savepoint_start(const char *dir, const char *from)
{
	int in = dir_open(from), out = durable_dir(dir, 0700);
	char *id, *was;

	if ((id = durable_get(in, "savepoint", from)) == NULL)
		errx(EXIT_BAD, "%s: is not a savepoint", from);
	if ((was = durable_get(out, "from", dir)) != NULL) {
		if (strcmp(was, id) != 0)
			errx(EXIT_BAD, "%s: was started from a savepoint of "
			    "epoch %s, not %s", dir, was, id);
	} else {
		if (!is_empty(out, dir) &&
		    faccessat(out, unfinished, F_OK, 0) < 0)
			errx(EXIT_BAD, "%s: holds a run already: -F starts "
			    "one in an empty directory", dir);
		durable_put(out, unfinished, id, dir);
		if (!copy_try(from, dir, id, in, out))
			errx(EXIT_BAD, "%s: the savepoint is not complete",
			    from);
		durable_put(out, "savepoint", id, dir);
		durable_put(out, "from", id, dir);
	}
	copy_done(out, dir);
	free(id);
	free(was);
	close(in);
	close(out);
}

void
savepoint_check(int dir, const char *path)
{
	if (faccessat(dir, unfinished, F_OK, 0) == 0)
		errx(EXIT_BAD, "%s: a start from a savepoint has not come to "
		    "its end here: start from it again, by -F", path);
}
