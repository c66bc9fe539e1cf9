#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "durable.h"
#include "state.h"
#include "states.h"

/* Whether the directory of a stage holds snapshots; if so, with remove, all that is in it goes. */
static bool
state_look(int dir, const char *path, const char *id, bool remove)
{
	char **names, **p;
	bool any = false;
	int fd;

	if ((fd = openat(dir, id, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0) {
		if (errno == ENOENT || errno == ENOTDIR)
			return false;
		die_temp("%s/%s", path, id);
	}
	names = durable_names(fd, id);
	for (p = names; *p != NULL && !any; p++)
		any = durable_ends(*p, STATE_SUFFIX);
	/* what is no state is not ours to remove */
	for (p = names; any && remove && *p != NULL; p++)
		durable_drop(fd, *p, id);
	durable_forget(names);
	close(fd);
	return any;
}

static void
state_drop(int dir, const char *path, const struct job *j, const char *id,
    const char *committed)
{
	struct buf b = { 0 };
	int fd;

	if (job_task(j, id) == NULL) {
		if (!state_look(dir, path, id, true))
			errx(EXIT_USAGE, "-D: no stage %s, and no state of "
			    "one", show(id, strlen(id)));
		if (unlinkat(dir, id, AT_REMOVEDIR) < 0)
			die_temp("%s/%s", path, id);
		return;
	}
	if (committed == NULL)
		return;
	buf_adds(&b, path);
	buf_addc(&b, '/');
	buf_adds(&b, id);
	buf_addc(&b, '\0');
	fd = durable_dir(b.s, 0700);
	durable_put(fd, "dropped", committed, b.s);
	close(fd);
	buf_free(&b);
}

void
states_drop(int dir, const char *path, const struct job *j, const char *list)
{
	char *id, *committed;
	const char *p, *end;

	if ((committed = durable_get(dir, "committed", path)) == NULL)
		committed = durable_get(dir, "savepoint", path);
	for (p = list;; p = end + 1) {
		end = p + strcspn(p, ",");
		id = mem_copy(p, (size_t)(end - p));
		if (strchr(id, '/') != NULL || *id == '.' || *id == '\0')
			errx(EXIT_USAGE, "-D: not TOOL.n: \"%s\"",
			    show(id, strlen(id)));
		state_drop(dir, path, j, id, committed);
		free(id);
		if (*end == '\0')
			break;
	}
	free(committed);
}

void
states_check(int dir, const char *path, const struct job *j)
{
	char **names = durable_names(dir, path), **p;

	for (p = names; *p != NULL; p++) {
		if (**p == '.' || job_task(j, *p) != NULL)
			continue;
		if (state_look(dir, path, *p, false))
			errx(EXIT_BAD, "%s/%s: is the state of a stage that "
			    "the pipeline has no more; -D %s drops it", path,
			    *p, *p);
	}
	durable_forget(names);
}
