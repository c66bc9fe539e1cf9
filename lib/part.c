#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "durable.h"
#include "epoch.h"
#include "part.h"
#include "rundir.h"
#include "state.h"

void
part_name(struct buf *b, const char *id)
{
	b->n = 0;
	buf_adds(b, id);
	buf_add(b, STATE_SUFFIX, sizeof STATE_SUFFIX);
}

static char *
rest_name(const char *run)
{
	struct buf b = { 0 };

	buf_adds(&b, PART_REST);
	buf_adds(&b, run);
	buf_addc(&b, '\0');
	return b.s;
}

void
part_rest(int dir, const char *path, const char *id)
{
	int64_t seq;
	const char *run = epoch_seq(id, &seq);
	char *name;

	if (run == NULL)
		return;
	name = rest_name(run);
	durable_put(dir, name, id, path);
	free(name);
}

char *
part_find(int dir, const char *path, const char *id)
{
	int64_t seq, last;
	const char *run = epoch_seq(id, &seq);
	struct buf b = { 0 };
	char *name, *rest = NULL;

	part_name(&b, id);
	if (run != NULL && faccessat(dir, b.s, F_OK, 0) < 0) {
		name = rest_name(run);
		rest = durable_get(dir, name, path);
		free(name);
	}
	buf_free(&b);
	if (rest != NULL && epoch_seq(rest, &last) != NULL && last <= seq)
		return rest;
	free(rest);
	return mem_copy(id, strlen(id));
}

static _Noreturn void
part_none(const char *path, const char *id)
{
	const char *stage = rundir_stage(path);

	if (stage != NULL)
		errx(EXIT_BAD, "%s: no snapshot of epoch %s; if the pipeline "
		    "did not have this stage before, -D %s lets it begin "
		    "there", path, id, stage);
	errx(EXIT_BAD, "%s: no snapshot of epoch %s", path, id);
}

void
part_open(struct reading *p, int dir, const char *dirpath, const char *id)
{
	struct buf b = { 0 }, path = { 0 };
	int fd;

	part_name(&b, id);
	buf_adds(&path, dirpath);
	buf_addc(&path, '/');
	buf_add(&path, b.s, b.n);
	if ((fd = openat(dir, b.s, O_RDONLY | O_CLOEXEC)) < 0) {
		if (errno == ENOENT)
			part_none(dirpath, id);
		die_temp("%s", path.s);
	}
	*p = (struct reading){ .id = id, .path = path.s };
	snapread_open(&p->in, fd, path.s);
	buf_free(&b);
}

void
part_close(struct reading *p)
{
	snapread_close(&p->in);
	free(p->path);
}

bool
part_own(const struct rec *r)
{
	return rec_field(r, 0).s[0] == '#';
}

/* A file that has another one's name is whole, but not what is wanted. */
static _Noreturn void
part_other(const struct reading *p)
{
	errx(EXIT_BAD, "%s: the snapshot is damaged: it is not the file that "
	    "was written for epoch %s", p->path, p->id);
}

bool
part_next(struct reading *p, struct rec *r)
{
	struct buf b = { 0 };

	if (!snapread_next(&p->in, r))
		return false;
	if (!part_own(r) || !snap_word(r, "#snapshot"))
		return true;
	snap_getraw(r, 3, &b);
	if (b.n != strlen(p->id) || memcmp(b.s, p->id, b.n) != 0)
		part_other(p);
	buf_free(&b);
	return true;
}

void
part_read(int dir, const char *path, const struct part *part,
    void (*rec)(void *, const struct rec *), void *arg)
{
	struct reading p;
	struct rec r;

	part_open(&p, dir, path, part->id);
	while (part_next(&p, &r))
		if (!part_own(&r))
			rec(arg, &r);
	if (p.in.sum != part->sum)
		part_other(&p);
	part_close(&p);
}
