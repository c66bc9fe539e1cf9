#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "die.h"
#include "dur.h"
#include "epoch.h"
#include "num.h"
#include "plain.h"
#include "rundir.h"
#include "src.h"
#include "state.h"
#include "val.h"

#define TICK_MOST 60000		/* ms; nothing is due later than this without another look */

static void
src_barriers(struct src *src, const char *arg)
{
	size_t n = strlen(arg);

	src->barrier = true;
	src->every = src->everyrec = 0;
	if (n > 1 && arg[n - 1] == 'r') {
		if (num_int(arg, n - 1, &src->everyrec) < 0 || src->everyrec < 1)
			errx(EXIT_USAGE, "-B: not a number of records such as "
			    "10000r: %s", arg);
	} else if (dur_parse(arg, &src->every) < 0 || src->every < 1) {
		errx(EXIT_USAGE, "-B: neither a duration such as 5s nor a "
		    "number of records such as 10000r: %s", arg);
	}
}

int
src_opt(struct src *src, int ch, const char *arg)
{
	switch (ch) {
	case 'A': src->drift = dur_option('A', arg, 0); break;
	case 's': src->format = arg; break;
	case 'f': src->fields = arg; break;
	case 'H': src->header = true; break;
	case 'T': src->time = arg; break;
	case 'w': wmark_parse(&src->wmark, arg); break;
	case 'B': src_barriers(src, arg); break;
	case 'i': src->idle = dur_option('i', arg, 1); break;
	case 'D': src->dead = arg; break;
	case 'c':
		if (num_int(arg, strlen(arg), &src->count) < 0 || src->count < 1)
			errx(EXIT_USAGE, "-c: not a number of records: %s", arg);
		break;
	default:
		return -1;
	}
	return 0;
}

/* SEQ goes on from the ID's. */
static void
src_resume(struct src *src)
{
	const struct state *state = chain_keeps(src->next);
	bool anew;

	if (state == NULL)
		return;
	src->restore = rundir_is() ? rundir_wait() :
	    chain_stopped(src->next);
	anew = src->restore == NULL || state_dropped(state, src->restore);
	if (src->dead != NULL)
		dead_keep(&src->letters);
	if (src->dead != NULL && anew)
		dead_begin(&src->letters, state);
	chain_restore(src->next, src->restore);
	if (src->restore == NULL)
		return;
	if (src->dead != NULL && !src->letters.placed)
		dead_join(&src->letters, state, src->restore);
	if (epoch_seq(src->restore, &src->seq) == NULL)
		errx(EXIT_BAD, "not an epoch of a source: %s", src->restore);
}

void
src_open(struct src *src, struct next *next, const struct op *op, void *st,
    size_t npart, bool live, bool kafka)
{
	src->next = next;
	chain_source(next, op, st, &src->letters.n);
	src->dec = dec_new(&(struct dec_opts){ dec_all, src->format,
	    src->fields, src->header, kafka, src->registry, src->topics });
	if (src->time == NULL)
		src->time = dec_timename(src->dec);
	if (src->time == NULL && !kafka)
		errx(EXIT_USAGE, "-T is needed: the field that holds the event "
		    "time, or @now");
	if (src->time != NULL)
		etime_parse(&src->etime, src->time, true, kafka);
	valve_init(&src->valve, npart, clock_ms());
	src->aheadT = INT64_MAX;
	if (live && !src->barrier)
		src->every = 1000;
	src->due = src->every > 0 ? clock_ms() + src->every : 0;
	src->run = rundir_run();
	if (src->run == NULL && chain_keeps(next) != NULL)
		src->run = epoch_run();
	src->once = getenv("WEIR_ONCE") != NULL;
	if (src->dead != NULL)
		dead_open(&src->letters, src->dead, src->way, src->wayarg);
	src_resume(src);
}

void
src_start(struct src *src)
{
	if (dec_known(src->dec))
		src_bind(src);
}

void
src_bind(struct src *src)
{
	struct head head = { 0 };
	struct buf names = { 0 };
	size_t i;

	if (dec_bind(src->dec, src->etime.name) < 0) {
		dec_head(src->dec, "time", &head);
		for (i = 1; i < head.ncol; i++) {
			buf_addc(&names, ' ');
			buf_adds(&names, head.col[i].name);
		}
		buf_addc(&names, '\0');
		errx(src->fields != NULL ? EXIT_USAGE : EXIT_BAD,
		    "-T: no field %s, there are:%s", src->etime.name, names.s);
	}
	dec_head(src->dec, src->etime.name != NULL ?
	    src->etime.name : "time", &head);
	chain_head(src->next, &head, src->restore);
	head_free(&head);
	src->started = true;
}

/* The watermark may have entered a new step. */
static void
src_step(struct src *src)
{
	if (wmark_step(&src->wmark, src->valve.T))
		chain_mark(src->next, src->valve.T);
}

static void
src_counted(struct src *src)
{
	src->nrec++;
	if (src->everyrec > 0 && ++src->nepoch >= src->everyrec)
		src_barrier(src);
}

static inline void
src_pass(struct src *src, size_t part, struct rec *r)
{
	int64_t T = wmark_of(&src->wmark, r->time);

	chain_data(src->next, r);
	valve_move(&src->valve, part, T);
	src->allidle = false;
	src_step(src);
	src_counted(src);
}

/* The text of a time; many messages of a batch have the same. */
static struct field
src_shown(struct src *src, int64_t ms)
{
	if (ms != src->ms || src->nshown == 0)
		src->nshown = num_putint(src->shown, src->ms = ms);
	return (struct field){ src->shown, src->nshown };
}

int
src_rec(struct src *src, size_t part, int64_t ms, const char **why)
{
	struct rec r = { .timed = true };	/* it has no line in a stream yet */

	*why = src->why;
	if (src->etime.name != NULL) {
		if (etime_read(&src->etime, dec_time(src->dec), &r.time,
		    src->why, sizeof src->why) < 0)
			return -1;
		/* as it stands, if it is what would be written */
		r.text = src->etime.ms && int_canonical(dec_time(src->dec));
	} else {
		r.time = src->etime.now ? clock_wall() : ms;
		if (!etime_fits(r.time)) {
			*why = "the event time is out of range";
			return -1;
		}
		dec_fields(src->dec)[0] = src_shown(src, r.time);
		r.text = true;
	}
	r.f = dec_fields(src->dec);
	r.nf = dec_ncol(src->dec) + 1;
	src_pass(src, part, &r);
	return 0;
}

void
src_lines(struct src *src, size_t part, struct in *in)
{
	const struct plain *p;
	struct rec r;

	if (!src->etime.ms || (p = dec_plain(src->dec, in)) == NULL)
		return;
	while (!src_full(src) && plain_take(p, in, &r))
		src_pass(src, part, &r);
}

void
src_bad(struct src *src, const struct letter *l, const char *why)
{
	char place[512];

	if (src->dead == NULL) {
		origin_show(l->from, place, sizeof place);
		warnx("%s: %s", place, why);
		show_dump(l->data.s, l->data.n);
		exit(EXIT_BAD);
	}
	dead_put(&src->letters, l, why);
	src_counted(src);
}

bool
src_full(const struct src *src)
{
	return src->count > 0 && src->nrec >= src->count;
}

void
src_done(struct src *src, size_t part)
{
	/* another time it goes on, and must not be late then */
	if (src->once)
		return;
	valve_done(&src->valve, part);
	if (src->started && wmark_moved(&src->wmark, src->valve.T))
		src_step(src);
}

bool
src_align(struct src *src)
{
	int64_t old = src->aheadT, least;

	if (src->drift < 0)
		return false;
	least = valve_least(&src->valve);
	if (least == INT64_MIN)
		src->aheadT = least;
	else if (__builtin_add_overflow(least, src->drift, &src->aheadT))
		src->aheadT = INT64_MAX;
	return src->aheadT != old;
}

bool
src_waits(struct src *src, size_t part)
{
	if (src->valve.port[part].max <= src->aheadT)
		return false;
	valve_hold(&src->valve, part);
	return true;
}

void
src_empty(struct src *src, size_t part)
{
	valve_empty(&src->valve, part);
}

static void
src_silence(struct src *src, int64_t now)
{
	bool moved = valve_silence(&src->valve, now, src->idle);

	if (!src->started)
		return;
	if (moved)
		src_step(src);
	/* again after a record that was too far behind to count */
	if (!src->allidle && !valve_counts(&src->valve)) {
		chain_line(src->next, "#idle", 5);
		src->allidle = true;
	}
}

int
src_tick(struct src *src)
{
	int64_t now, wait = TICK_MOST;

	if (src->every == 0 && src->idle == 0)
		return -1;
	now = clock_ms();
	if (src->idle > 0) {
		src_silence(src, now);
		wait = src->idle / 4 + 1;
	}
	if (src->every > 0) {
		if (now >= src->due) {
			if (src->started)
				src_barrier(src);
			src->due += (now - src->due) / src->every * src->every +
			    src->every;
		}
		if (src->due - now < wait)
			wait = src->due - now;
	}
	return (int)(wait < TICK_MOST ? wait : TICK_MOST);
}

/* SEQ.RUN */
static const char *
src_id(struct src *src)
{
	src->line.n = 0;
	buf_addint(&src->line, ++src->seq);
	buf_addc(&src->line, '.');
	buf_adds(&src->line, src->run != NULL ? src->run : "0");
	buf_addc(&src->line, '\0');
	return src->line.s;
}

void
src_barrier(struct src *src)
{
	int64_t T;

	src->nepoch = 0;
	if (src->dead != NULL)
		dead_safe(&src->letters);
	if (wmark_barrier(&src->wmark, src->valve.T, &T))
		chain_mark(src->next, T);
	src_id(src);
	if ((src->committed = rundir_committed()) != NULL) {
		src->line.n--;
		buf_adds(&src->line, "\tcommitted=");
		buf_adds(&src->line, src->committed);
		buf_addc(&src->line, '\0');
	}
	chain_barrier(src->next, src->line.s);
}

static void
src_report(struct src *src)
{
	chain_report(src->next);
	if (src->dead == NULL)
		return;
	if (src->letters.n > 0)
		warnx("%" PRId64 " bad records written to %s", src->letters.n,
		    src->dead);
	dead_close(&src->letters);
}

/* Of an input without a record nothing is known but the time. */
static void
src_nothing(struct src *src)
{
	struct head head = { 0 };

	if (src->started)
		return;
	if (src->header)
		errx(EXIT_BAD, "no header line: the input is empty");
	head_add(&head, src->etime.name != NULL ? src->etime.name : "time", TYPE_TIME);
	chain_head(src->next, &head, src->restore);
	head_free(&head);
	src->started = true;
}

void
src_end(struct src *src)
{
	if (src->once && !src->ended) {
		src_stop(src);
		return;
	}
	if (src->ended && src->restore != NULL)
		warnx("the run had come to its end at epoch %s: nothing was "
		    "read", src->restore);
	src->ended = true;
	if (src->dead != NULL)
		dead_safe(&src->letters);
	src_nothing(src);
	chain_end(src->next, src->run != NULL ? src_id(src) : "");
	src_report(src);
}

void
src_stop(struct src *src)
{
	src->nrec = 0;
	if (!src->started) {
		/* what tells the columns has not come yet: another time */
		chain_none(src->next);
		src_report(src);
		return;
	}
	src_barrier(src);
	/* Spark's rule: when the last epoch moved time, one more without records */
	if (wmark_owes(&src->wmark))
		src_barrier(src);
	chain_stop(src->next);
	src_report(src);
}

void
src_fits(const struct src *src, struct snap *s)
{
	snap_fit(s, "-s", src->format);
	snap_fit(s, "-H", src->header ? "yes" : "no");
	snap_fit(s, "-f", src->fields != NULL ? src->fields : "");
	snap_fit(s, "-T", src->time != NULL ? src->time : "");
}

void
src_save(struct src *src, struct snap *s)
{
	snap_rec(s, "read");
	snap_int(s, src->nrec);
	snap_int(s, src->valve.T);
	wmark_save(&src->wmark, s);
	dec_save(src->dec, s);
	if (src->dead != NULL)
		dead_save(&src->letters, s);
	if (src->ended)
		snap_rec(s, "ended");
}

void
src_saveport(const struct src *src, size_t part, struct snap *s)
{
	const struct port *p = &src->valve.port[part];

	snap_int(s, p->max);
	snap_int(s, p->counts || p->done);
}

void
src_loadport(struct src *src, size_t part, const struct rec *r, size_t i)
{
	src->valve.port[part].max = snap_getint(r, i);
	src->valve.port[part].counts = snap_getint(r, i + 1) != 0;
}

bool
src_load(struct src *src, const struct rec *r)
{
	if (wmark_load(&src->wmark, r) || dec_load(src->dec, r))
		return true;
	if (snap_is(r, "read", 2)) {
		src->nrec = snap_getint(r, 1);
		src->valve.T = snap_getint(r, 2);
	} else if (snap_is(r, "letters", 2)) {
		if (src->dead != NULL)
			dead_load(&src->letters, r, chain_keeps(src->next),
			    src->restore);
	} else if (snap_is(r, "ended", 0)) {
		src->ended = true;
	} else {
		return false;
	}
	return true;
}
