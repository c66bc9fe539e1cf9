#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "batch.h"
#include "die.h"
#include "durable.h"
#include "epoch.h"

static const char note[] = "done", prefix[] = "epoch-",
    temporary[] = "records.tmp";

static const char *
name_of(struct batch *b, const char *id)
{
	epoch_check(id, "a file can be named by");
	b->name.n = 0;
	buf_adds(&b->name, prefix);
	buf_add(&b->name, id, strlen(id) + 1);
	return b->name.s;
}

/* The epoch that is committed and not done; of one that is done only its file was still to go. */
static void
batch_find(struct batch *b)
{
	char **names = durable_names(b->dir, b->path), **p;
	const char *id;

	for (p = names; *p != NULL; p++) {
		if (strncmp(*p, prefix, sizeof prefix - 1) != 0)
			continue;
		id = *p + sizeof prefix - 1;
		if (b->id != NULL && strcmp(id, b->id) == 0) {
			durable_drop(b->dir, *p, b->path);
			continue;
		}
		if (b->left != NULL)
			errx(EXIT_BAD, "%s: two epochs are not done, %s and "
			    "%s: it has been altered", b->path,
			    show(b->left, strlen(b->left)),
			    show(id, strlen(id)));
		b->left = mem_copy(id, strlen(id));
	}
	durable_forget(names);
}

void
batch_open(struct batch *b, const char *dir, struct spool *s)
{
	int lock;

	*b = (struct batch){ .path = dir };
	b->dir = durable_dir(dir, 0700);
	lock = durable_lock(b->dir, "sbatch or its command", dir);
	/* a command that outlives us must not meet its successor */
	if (fcntl(lock, F_SETFD, 0) < 0)
		die_temp("%s/lock", dir);
	durable_drop(b->dir, temporary, dir);
	b->id = durable_get(b->dir, note, dir);
	batch_find(b);
	if (b->left != NULL) {
		free(b->id);
		b->id = mem_copy(b->left, strlen(b->left));
	}
	spool_keep(s, b->dir, temporary, dir);
}

int
batch_left(const struct batch *b)
{
	struct buf name = { 0 };
	int fd;

	buf_adds(&name, prefix);
	buf_add(&name, b->left, strlen(b->left) + 1);
	if ((fd = openat(b->dir, name.s, O_RDONLY | O_CLOEXEC)) < 0)
		die_temp("%s/%s", b->path, name.s);
	buf_free(&name);
	return fd;
}

int
batch_commit(struct batch *b, const char *id, struct spool *s)
{
	const char *name = name_of(b, id);
	int fd = spool_take(s);

	if (fd < 0) {
		durable_put(b->dir, note, id, b->path);
		return -1;
	}
	durable_sync(b->dir, b->path);
	durable_rename(b->dir, temporary, name, b->path);
	return fd;
}

void
batch_done(struct batch *b, const char *id)
{
	durable_put(b->dir, note, id, b->path);
	durable_drop(b->dir, name_of(b, id), b->path);
	free(b->left);
	b->left = NULL;
}
