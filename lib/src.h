/* src - what every source does: event time, watermarks, barriers, dead letters */
#ifndef SRC_H
#define SRC_H
#include "dead.h"
#include "dec.h"
#include "etime.h"
#include "num.h"
#include "op.h"
#include "valve.h"
#include "wmark.h"

#define SRC_OPTS "s:f:HT:w:B:i:c:D:"

struct src {
	/* options; SRC_INIT sets the defaults */
	const char *format, *fields, *time, *dead;
	bool header;
	struct wmark wmark;
	int64_t every;		/* barrier each so many ms (0: none) … */
	int64_t everyrec;	/* … or records (0: none) */
	int64_t idle;		/* ms of silence; 0: never idle */
	int64_t drift;		/* ms that a partition may be ahead; below 0: no limit */
	int64_t count;		/* stop after so many records; 0: no limit */
	bool barrier;		/* -B was given */
	struct registry *registry;	/* of schemas, set before src_open; may be NULL */
	const char *topics;	/* -t, of a source that reads messages */
	const struct deadway *way;	/* of -D, set before src_open; NULL: -D is a file */
	void *wayarg;

	bool once;		/* $WEIR_ONCE: to what is there now, then #stop; src_end does so, src_done waits */
	const char *committed;	/* what was known to be, at the last barrier; NULL: nothing */
	bool ended;		/* the run that it goes on from had come to its #end: nothing is to be read */

	struct next *next;
	struct dec *dec;
	/* the rest is src.c's own */
	struct etime etime;
	bool started;		/* the heading has been written */
	bool allidle;		/* #idle has been written */
	struct valve valve;	/* a port for each partition; a file is the only one */
	int64_t aheadT;		/* a partition that is further than this waits */
	int64_t seq, nrec, nepoch, due;
	int64_t ms;		/* the time that shown says, of a message of its own time */
	char shown[NUM_INTLEN];
	size_t nshown;		/* 0: none yet */
	const char *run;	/* second half of the barriers' ID */
	const char *restore;	/* ID of the epoch that it goes on from, or NULL */
	struct dead letters;
	struct buf line;
	char why[512];
};

#define SRC_INIT(fmt) { .format = (fmt), .wmark = WMARK_INIT, .drift = -1 }	/* fmt: the default format */

/* 0; -1: not a source's option; a bad value: message, exit 2.  A: drift, for sources of several partitions. */
int src_opt(struct src *, int ch, const char *arg);
/*
 * After the options: makes the decoder; then waits for the run's sink, if there
 * is one, and loads what was saved, by the op's load with st.  live: barriers by the clock unless
 * -B says otherwise; kafka: meta columns and @kafka are known, the default
 * time is @kafka.
 */
void src_open(struct src *, struct next *, const struct op *, void *st, size_t npart, bool live, bool kafka);
/*
 * One record, its fields in dec_fields(src->dec), out into the chain; ms is
 * the time when the time is @kafka, else unused.  Writes watermarks and
 * barriers that are due by it.  0; -1: its time is bad, *why says so (valid
 * until the next call), and nothing was written.
 */
int src_rec(struct src *, size_t part, int64_t ms, const char **why);
/* The lines that are there, up to the first that cannot go on as it stands; up to -c. */
void src_lines(struct src *, size_t part, struct in *);
/* A bad one: to -D, counted; without -D "place: why", its first bytes, and exit 1. */
void src_bad(struct src *, const struct letter *, const char *why);
void src_start(struct src *);		/* the source can begin: writes the heading if the columns are known */
void src_bind(struct src *);		/* columns are known: writes the heading */
bool src_full(const struct src *);	/* -c reached */
void src_done(struct src *, size_t part);	/* the partition is finished */
/*
 * Flink's watermark alignment: src_align settles how far a partition may go,
 * and returns whether that has changed; one that src_waits is not to be read.
 */
bool src_align(struct src *);
bool src_waits(struct src *, size_t part);
void src_empty(struct src *, size_t part);	/* it has no record now */
/* By the clock: barriers and idleness that are due.  Returns ms until the next call is, -1: never. */
int src_tick(struct src *);
void src_barrier(struct src *);		/* now */
void src_end(struct src *);		/* #end, report */
void src_stop(struct src *);		/* #barrier, #stop, report */
/*
 * For the tool's fits, save and load.  A partition's part is two more fields
 * of the record in which the tool keeps its place, the one at i and behind.
 */
void src_fits(const struct src *, struct snap *);
void src_save(struct src *, struct snap *);
bool src_load(struct src *, const struct rec *);	/* false: it is another record */
void src_saveport(const struct src *, size_t part, struct snap *);
void src_loadport(struct src *, size_t part, const struct rec *, size_t i);
#endif
