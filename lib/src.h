/* src - what every source does: event time, watermarks, barriers, dead letters */
#ifndef SRC_H
#define SRC_H
#include "dead.h"
#include "dec.h"
#include "etime.h"
#include "op.h"
#include "valve.h"
#include "wmark.h"

#define SRC_OPTS "s:f:HT:w:B:i:c:D:"

struct src {
	const char *name;	/* the tool's, for -v */
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

	struct next *next;
	struct dec *dec;
	/* the rest is src.c's own */
	struct etime etime;
	bool started;		/* the heading has been written */
	bool allidle;		/* #idle has been written */
	struct valve valve;	/* a port for each partition; a file is the only one */
	int64_t aheadT;		/* a partition that is further than this waits */
	int64_t seq, nrec, nepoch, due;
	const char *run;	/* second half of the barriers' ID, $WEIR_RUN */
	struct dead letters;
	struct buf line;
};

#define SRC_INIT(tool, fmt) { .name = (tool), .format = (fmt), .wmark = WMARK_INIT, .drift = -1 }	/* fmt: the default format */

/* 0; -1: not a source's option; a bad value: message, exit 2.  A: drift, for sources of several partitions. */
int src_opt(struct src *, int ch, const char *arg);
/*
 * After the options: makes the decoder.  live: barriers by the clock unless
 * -B says otherwise; kafka: meta columns and @kafka are known, the default
 * time is @kafka.
 */
void src_open(struct src *, struct next *, size_t npart, bool live, bool kafka);
/*
 * One record, its fields in dec_fields(src->dec), out into the chain; ms is
 * the time when the time is @kafka, else unused.  raw is the record as it
 * came.  Writes watermarks and barriers that are due by it.
 */
void src_rec(struct src *, size_t part, const struct origin *, struct field raw, int64_t ms);
/* A bad one: to -D, counted; without -D "place: why" and exit 1.  key may be NULL. */
void src_bad(struct src *, const struct origin *, struct field raw, const struct field *key, const char *why);
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
#endif
