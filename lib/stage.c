/* What a stage of a chain keeps over a restart: its operator's state, its watermark, its late output. */
#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "beside.h"
#include "die.h"
#include "durable.h"
#include "next.h"
#include "rundir.h"

static const char stopped[] = "stopped";

void
stage_open(struct next *nx, const char *dir)
{
	int fd, cut = dir != NULL ? 0 : O_TRUNC;

	if (dir != NULL)
		nx->state = state_open(dir, nx->op->name);
	if (nx->latename == NULL)
		return;
	if ((fd = io_open(nx->latename, O_WRONLY | O_CREAT | cut)) < 0)
		err(EXIT_BAD, "%s", nx->latename);
	out_init(&nx->late, fd, nx->latename);
	if (nx->state != NULL)
		beside_keep(fd, nx->latename);
}

/* Two settings "name=value"; the other may be missing. */
static _Noreturn void
fits_not(const struct next *nx, const struct rec *r, struct field was,
    struct field now)
{
	static const struct field none = { "nothing", 7 };
	const char *stage = rundir_stage(state_path(nx->state));

	was = was.n > 0 ? was : none;
	now = now.n > 0 ? now : none;
	errx(EXIT_BAD, "%s: the state does not fit: it was made with %s, now "
	    "there is %s%s%s%s", r->from->name, show(was.s, was.n),
	    show(now.s, now.n), stage != NULL ? "; -D " : "",
	    stage != NULL ? stage : "", stage != NULL ? " drops it" : "");
}

/* The first record: the tool, and the settings that it had. */
static void
stage_fits(struct next *nx, const struct rec *r)
{
	struct snap now;
	struct field was, is;
	const char *p, *end;
	size_t i;

	if (r->nf < 4 || snap_getint(r, 2) != SNAP_VERSION)
		errx(EXIT_BAD, "%s: not a snapshot of this version",
		    r->from->name);
	was = snap_field(r, 1);
	if (was.n != strlen(nx->op->name) ||
	    memcmp(was.s, nx->op->name, was.n) != 0)
		errx(EXIT_BAD, "%s: is of %s, not of %s", r->from->name,
		    show(was.s, was.n), nx->op->name);
	snap_init(&now, -1, "");
	if (nx->op->fits != NULL)
		nx->op->fits(nx->st, &now);
	p = now.b.s;
	end = p + now.b.n;
	for (i = 4; i < r->nf || p < end; i++) {
		was = is = (struct field){ "", 0 };
		if (i < r->nf)
			was = rec_field(r, i);
		if (p < end) {
			is.s = ++p;
			while (p < end && *p != '\t')
				p++;
			is.n = (size_t)(p - is.s);
		}
		if (was.n != is.n || memcmp(was.s, is.s, is.n) != 0)
			fits_not(nx, r, was, is);
	}
	snap_free(&now);
}

static void
stage_rec(void *arg, const struct rec *r)
{
	struct next *nx = arg;

	if (rec_field(r, 0).s[0] != '#') {
		nx->op->load(nx->st, r);
	} else if (rec_field(r, 0).n == strlen("#snapshot")) {
		stage_fits(nx, r);
	} else if (snap_is(r, "#watermark", 2)) {
		nx->T = snap_getint(r, 1);
		nx[1].T = snap_getint(r, 2);
	} else if (snap_is(r, "#late", 2)) {
		nx->lateat = snap_getint(r, 1);
		if (nx->latename != NULL)
			beside_load(nx->late.fd, nx->latename, r, nx->state,
			    nx->restore);
	} else {
		snap_bad(r);
	}
}

void
stage_start(struct next *nx, const char *restore)
{
	if (nx->state == NULL)
		return;
	nx->restore = restore;
	if (restore != NULL && !state_dropped(nx->state, restore)) {
		state_restore(nx->state, restore, stage_rec, nx);
		nx->op->load(nx->st, NULL);
	} else {
		state_clear(nx->state);
	}
	if (nx->latename != NULL && nx->lateat == 0)
		beside_cut(nx->late.fd, nx->latename, 0);
}

void
stage_save(struct next *nx, const char *id)
{
	struct snap *s;

	if (nx->state == NULL || *id == '\0')
		return;
	s = state_begin(nx->state, id, nx->op->deltas,
	    nx->op->size != NULL ? nx->op->size(nx->st) : -1);
	if (nx->op->fits != NULL)
		nx->op->fits(nx->st, s);
	state_builds(nx->state);
	snap_rec(s, "#watermark");
	snap_int(s, nx->T);
	snap_int(s, nx[1].T);
	if (nx->latename != NULL) {
		out_flush(&nx->late);
		beside_save(nx->late.fd, nx->latename, "#late", s);
	}
	nx->op->save(nx->st, s);
	state_end(nx->state);
}

/* An argument committed=ID. */
void
stage_committed(struct next *nx, const char *args)
{
	static const char name[] = "\tcommitted=";
	const char *s;
	char *id;

	if (nx->state == NULL || (s = strstr(args, name)) == NULL)
		return;
	s += sizeof name - 1;
	id = mem_copy(s, strcspn(s, "\t"));
	state_committed(nx->state, id);
	free(id);
}

void
stage_stopped(struct next *nx, const char *args)
{
	(void)args;
	if (nx->state == NULL)
		return;
	state_stopped(nx->state);
	state_rest(nx->state);
	/* a source that nobody tells what was committed goes on from here */
	if (nx->nbad != NULL && !rundir_is())
		durable_put(state_dir(nx->state), stopped,
		    state_last(nx->state), state_path(nx->state));
}

void
stage_ended(struct next *nx, const char *args)
{
	(void)args;
	if (nx->state != NULL)
		state_rest(nx->state);
}

char *
chain_stopped(const struct next *nx)
{
	const struct state *s = nx[-1].state;

	return s != NULL ?
	    durable_get(state_dir(s), stopped, state_path(s)) : NULL;
}
