#include <sys/stat.h>
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "durable.h"
#include "epoch.h"
#include "part.h"
#include "rundir.h"
#include "state.h"

#define SMALL (64 * 1024)	/* bytes: to write so many costs hardly more than to write none */
#define SHARE 128		/* files of less than that part of the state, or SMALL, are joined */
#define KEEP 10			/* snapshots outside of a run, where nobody says what is committed */

static const char temporary[] = "new.tmp";

struct shot {			/* a snapshot: part[0] is whole, the last one is its own */
	struct part *part;
	size_t n;
	int64_t size;		/* the tool's measure of part[0]; -1: it has none */
};

struct state {
	int dir;		/* open */
	char *path;
	const char *tool;
	struct shot *shot;	/* oldest first */
	size_t n;
	const char *run;	/* of the epoch that the run started from; NULL: none */
	bool fixed;		/* shot[0] is the one that the run started from */
	bool told;		/* what is committed has been said, or will be */
	struct shot next;	/* the one being written */
	size_t join;		/* it takes in the records of the last one's parts from here on */
	int64_t shared;		/* bytes in it that are there already */
	int64_t news;		/* bytes that were new in the last one */
	struct snap snap;
	char *snappath;
};

struct state *
state_open(const char *dir, const char *tool)
{
	struct state *s = mem_alloc(sizeof *s);

	s->dir = durable_dir(dir, 0700);
	s->path = mem_copy(dir, strlen(dir));
	s->tool = tool;
	/* in a run all are needed until it says what is committed */
	s->told = rundir_is();
	durable_lock(s->dir, tool, dir);
	return s;
}

int
state_dir(const struct state *s)
{
	return s->dir;
}

const char *
state_path(const struct state *s)
{
	return s->path;
}

static void
part_add(struct shot *h, const char *id, int64_t bytes, uint64_t sum)
{
	h->part = mem_grow(h->part, h->n + 1, sizeof *h->part);
	h->part[h->n++] = (struct part){ mem_copy(id, strlen(id)), bytes, sum };
}

static void
shot_free(struct shot *h)
{
	size_t i;

	for (i = 0; i < h->n; i++)
		free(h->part[i].id);
	free(h->part);
	*h = (struct shot){ 0 };
}

static const char *
shot_id(const struct shot *h)
{
	return h->part[h->n - 1].id;
}

static bool
part_needed(const struct state *s, const char *id)
{
	size_t i, k;

	for (i = 0; i < s->n; i++)
		for (k = 0; k < s->shot[i].n; k++)
			if (strcmp(s->shot[i].part[k].id, id) == 0)
				return true;
	return false;
}

/* The bytes of all of the state, as far as that is known. */
static int64_t
state_bytes(const struct shot *last, int64_t size)
{
	int64_t bytes = last->part[0].bytes;

	if (size < 0 || last->size <= 0)
		return bytes;
	return (int64_t)((double)bytes * (double)size / (double)last->size);
}

/*
 * What of the last snapshot the next one builds on.  Files are joined as the
 * digits of a counter carry: each record is written again a few times only,
 * and the files are few.
 */
static void
state_plan(struct state *s, int64_t size)
{
	const struct shot *last = &s->shot[s->n - 1];
	int64_t bytes = state_bytes(last, size), sum = s->news;
	int64_t carry = s->news > SMALL ? s->news : SMALL;
	int64_t most = bytes / SHARE > SMALL ? bytes / SHARE : SMALL;
	size_t i, n = last->n;

	for (i = 0; i < n; i++)
		sum += last->part[i].bytes;
	if (last->part[0].bytes <= SMALL || sum / 2 > bytes)
		return;
	while (n > 1 && last->part[n - 1].bytes <= carry &&
	    last->part[n - 1].bytes < most)
		carry += last->part[--n].bytes;
	for (i = 0; i < n; i++)
		part_add(&s->next, last->part[i].id, last->part[i].bytes,
		    last->part[i].sum);
	s->join = n;
	s->next.size = last->size;
}

struct snap *
state_begin(struct state *s, const char *id, bool deltas, int64_t size)
{
	struct buf b = { 0 };
	int fd;

	epoch_check(id, "a snapshot can have");
	if (part_needed(s, id))
		errx(EXIT_BAD, "%s: the epoch %s is there already: an ID is "
		    "used once", s->path, id);
	shot_free(&s->next);
	s->next.size = size;
	if (deltas && s->n > 0)
		state_plan(s, size);
	if ((fd = openat(s->dir, temporary, O_WRONLY | O_CREAT | O_TRUNC |
	    O_CLOEXEC, 0600)) < 0)
		die_temp("%s/%s", s->path, temporary);
	buf_adds(&b, s->path);
	buf_addc(&b, '/');
	buf_add(&b, temporary, sizeof temporary);
	s->snappath = b.s;
	snap_init(&s->snap, fd, s->snappath);
	s->snap.whole = s->next.n == 0;
	part_add(&s->next, id, 0, 0);
	snap_rec(&s->snap, "#snapshot");
	snap_text(&s->snap, s->tool, strlen(s->tool));
	snap_int(&s->snap, SNAP_VERSION);
	snap_text(&s->snap, id, strlen(id));
	return &s->snap;
}

static void
copy_rec(void *snap, const struct rec *r)
{
	snap_line(snap, r);
}

void
state_builds(struct state *s)
{
	const struct part *p = s->next.part;
	const struct shot *last;
	size_t i;

	if (s->next.size >= 0) {
		snap_rec(&s->snap, "#size");
		snap_int(&s->snap, s->next.size);
	}
	for (i = 0; i + 1 < s->next.n; i++) {
		snap_rec(&s->snap, "#builds");
		snap_text(&s->snap, p[i].id, strlen(p[i].id));
		snap_int(&s->snap, p[i].bytes);
		snap_int(&s->snap, (int64_t)p[i].sum);
	}
	if (!s->snap.whole) {
		last = &s->shot[s->n - 1];
		for (i = s->join; i < last->n; i++)
			part_read(s->dir, s->path, &last->part[i], copy_rec,
			    &s->snap);
	}
	s->shared = s->snap.bytes + (int64_t)s->snap.b.n;
}

/* Forgets shot[i]; files that no other snapshot needs are removed. */
static void
shot_drop(struct state *s, size_t i)
{
	struct shot h = s->shot[i];
	struct buf b = { 0 };
	size_t k;

	memmove(&s->shot[i], &s->shot[i + 1],
	    (s->n - i - 1) * sizeof *s->shot);
	s->n--;
	for (k = 0; k < h.n; k++) {
		if (part_needed(s, h.part[k].id))
			continue;
		part_name(&b, h.part[k].id);
		durable_drop(s->dir, b.s, s->path);
	}
	shot_free(&h);
	buf_free(&b);
}

static void
shot_add(struct state *s, struct shot h)
{
	s->shot = mem_grow(s->shot, s->n + 1, sizeof *s->shot);
	s->shot[s->n++] = h;
}

void
state_end(struct state *s)
{
	struct part *p = &s->next.part[s->next.n - 1];
	struct buf b = { 0 };

	p->bytes = snap_end(&s->snap);
	p->sum = s->snap.sum;
	s->news = s->snap.whole ? 0 : p->bytes - s->shared;
	snap_free(&s->snap);
	free(s->snappath);
	part_name(&b, shot_id(&s->next));
	durable_rename(s->dir, temporary, b.s, s->path);
	buf_free(&b);
	shot_add(s, s->next);
	s->next = (struct shot){ 0 };
	if (!s->told && s->n > KEEP + (size_t)s->fixed)
		shot_drop(s, s->fixed);
}

/* The note of a stage at rest, of another run than that from which this one goes on. */
static bool
rest_stale(const struct state *s, const char *name)
{
	return strncmp(name, PART_REST, strlen(PART_REST)) == 0 &&
	    (s->run == NULL || strcmp(name + strlen(PART_REST), s->run) != 0);
}

/* Removes the files of snapshots that are not known. */
static void
state_sweep(struct state *s)
{
	char **names = durable_names(s->dir, s->path), **p;
	struct buf b = { 0 };

	for (p = names; *p != NULL; p++) {
		if (rest_stale(s, *p))
			durable_drop(s->dir, *p, s->path);
		if (!durable_ends(*p, STATE_SUFFIX))
			continue;
		b.n = 0;
		buf_add(&b, *p, strlen(*p) - strlen(STATE_SUFFIX));
		buf_addc(&b, '\0');
		if (!part_needed(s, b.s))
			durable_drop(s->dir, *p, s->path);
	}
	durable_forget(names);
	buf_free(&b);
}

bool
state_dropped(const struct state *s, const char *id)
{
	char *dropped = durable_get(s->dir, "dropped", s->path);
	bool is = dropped != NULL && strcmp(dropped, id) == 0;

	free(dropped);
	return is;
}

void
state_clear(struct state *s)
{
	while (s->n > 0)
		shot_drop(s, s->n - 1);
	state_sweep(s);
	durable_sync(s->dir, s->path);
}

static void
builds_load(struct shot *h, const struct rec *r)
{
	struct buf b = { 0 };

	snap_getraw(r, 1, &b);
	buf_addc(&b, '\0');
	part_add(h, b.s, snap_getint(r, 2), (uint64_t)snap_getint(r, 3));
	buf_free(&b);
}

void
state_restore(struct state *s, const char *id,
    void (*rec)(void *, const struct rec *), void *arg)
{
	struct shot h = { .size = -1 };
	struct reading p;
	struct stat st;
	struct rec r;
	size_t done = 0;
	char *own;

	epoch_check(id, "a snapshot can have");
	own = part_find(s->dir, s->path, id);
	part_open(&p, s->dir, s->path, own);
	while (part_next(&p, &r)) {
		if (part_own(&r) && snap_is(&r, "#builds", 3)) {
			builds_load(&h, &r);
			continue;
		}
		if (part_own(&r) && snap_is(&r, "#size", 1)) {
			h.size = snap_getint(&r, 1);
			continue;
		}
		/* the heading stands before all others */
		for (; !part_own(&r) && done < h.n; done++)
			part_read(s->dir, s->path, &h.part[done], rec, arg);
		rec(arg, &r);
	}
	for (; done < h.n; done++)
		part_read(s->dir, s->path, &h.part[done], rec, arg);
	if (fstat(p.in.fd, &st) < 0)
		die_temp("%s", p.path);
	part_add(&h, own, st.st_size, p.in.sum);
	part_close(&p);
	free(own);
	shot_add(s, h);
	s->fixed = true;
	s->run = id + strcspn(id, ".");
	s->run += *s->run == '.';
	state_sweep(s);
	durable_sync(s->dir, s->path);
}

void
state_committed(struct state *s, const char *id)
{
	size_t i;

	s->told = true;
	for (i = 0; i < s->n && strcmp(shot_id(&s->shot[i]), id) != 0; i++)
		;
	if (i == s->n)
		return;
	while (i-- > 0)
		shot_drop(s, 0);
	s->fixed = false;
}

void
state_stopped(struct state *s)
{
	if (!s->told)
		while (s->n > 1)
			shot_drop(s, 0);
}

const char *
state_last(const struct state *s)
{
	return shot_id(&s->shot[s->n - 1]);
}

void
state_rest(const struct state *s)
{
	if (s->n > 0 && rundir_is())
		part_rest(s->dir, s->path, state_last(s));
}
