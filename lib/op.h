/* op - an operator, the chain it stands in, and the runner that drives it */
#ifndef OP_H
#define OP_H
#include "head.h"
#include "rec.h"

#define OP_FDS 2

struct bulk;
struct pollfd;
struct snap;
struct state;
struct next;			/* where an operator's output goes: the next operator, or the writer */

/*
 * A tool is its operator: a struct of state and at most these callbacks.  No
 * mutable file-scope state, so that several run in one process.  A callback
 * that is NULL has nothing to do (data: must be there).
 */
struct op {
	const char *name;
	const char *usage;		/* SYNOPSIS, without the name */
	bool late;			/* it may drop late records: -L is accepted */
	bool sink;			/* it has no next: nothing goes on */
	bool keeps;			/* -S is accepted: opt_state; where there is save it is anyhow */
	bool deltas;			/* save can write what has changed since the last time */
	/* Options, by opt_next.  NULL: bad usage (the message, if any, is out). */
	void *(*open)(int argc, char **argv);
	/* Bind names to columns; out starts as a copy of in: change it to what will be emitted. */
	void (*head)(void *, const struct head *in, struct head *out);
	void (*data)(void *, struct rec *, struct next *);
	/*
	 * The quick way of a tool that is alone, in place of data: writes the lines
	 * that the records become, at most one each, and returns where they end.
	 * Records that it leaves come to data.
	 */
	char *(*bulk)(void *, struct bulk *, char *to);
	/*
	 * The watermark moved to T, or the input ended (INT64_MAX): emit what is
	 * complete.  Returns the watermark to forward: T, or less while older rows
	 * may still come.
	 */
	int64_t (*mark)(void *, int64_t T, struct next *);
	/*
	 * A barrier or the end, after mark: emit what an output mode owes.  The ID
	 * is as it stands in the line; the end may have none: "".
	 */
	void (*epoch)(void *, const char *id, struct next *);
	/* A control line that nobody acts on, such as #idle.  NULL: it goes on at once. */
	void (*line)(void *, const char *, size_t, struct next *);
	/* #stop, after epoch: nothing closes, the run goes on another time. */
	void (*stop)(void *, struct next *);
	/*
	 * An operator that waits for more than its input: what for, at most
	 * OP_FDS; returns how many.  ready is called when one of them is there.
	 */
	size_t (*want)(void *, struct pollfd *);
	void (*ready)(void *, struct next *);
	/*
	 * State over a restart, for what has any; all three or none.  fits: the
	 * settings that it depends on, by snap_fit, always the same in the same
	 * order.  save: at a barrier, behind epoch; records as load wants them,
	 * of words that do not start with '#': all of the state if snap->whole,
	 * else what makes it of the state saved before.  load: behind head, each
	 * record in turn, and NULL when that was all.
	 */
	void (*fits)(void *, struct snap *);
	void (*save)(void *, struct snap *);
	void (*load)(void *, const struct rec *);
	/* With deltas: how much there is to save, in whatever grows and shrinks as that does.  NULL: always about the same. */
	int64_t (*size)(const void *);
	/* Sinks, behind head: the epoch that the stream goes on from, NULL: from the beginning. */
	void (*restore)(void *, const char *id);
	/* Sinks: the input would block, so what was written must be seen; also before every exit but one for bad data. */
	void (*flush)(void *);
};

/* For open: getopt(3) with -h -V -v (and -L where late, -S where there is state) taken care of. */
int opt_next(const struct op *, int argc, char **argv, const char *opts);

_Noreturn void opt_usage(const struct op *);	/* the usage line, exit 2: for sources; open returns NULL */

/* For data, mark and epoch.  `next` is always the one that the callback got. */
void emit(struct next *, struct rec *);
void emit_mark(struct next *, int64_t T);	/* a watermark that was held back, from epoch */
void drop_late(struct next *, struct rec *);	/* counts it, writes it to -L */
void reject(struct next *);			/* counts a record that is neither emitted nor kept */

/*
 * The chain: n operators and a writer on standard output (none behind a sink).
 * A source drives one by itself; run() does it from standard input.
 */
struct next *chain_open(const struct op *const *, char ***argv, const int *argc, size_t n);
/*
 * A source drives it, which has been through opt_next before chain_open.  Its
 * fits, save and load are called as an operator's, with st; load by
 * chain_restore, before the heading is known.
 */
void chain_source(struct next *, const struct op *, void *st, const int64_t *nbad);
const struct state *chain_keeps(const struct next *);	/* the source's state directory, or NULL */
char *chain_stopped(const struct next *);	/* outside a run: the ID with which the source's last one stopped, or NULL */
void chain_restore(struct next *, const char *id);	/* loads the source's state; NULL: forgets it */
void *chain_state(struct next *);	/* what the first operator's open returned */
void chain_head(struct next *, const struct head *, const char *restore);	/* restore: ID or NULL */
void chain_data(struct next *, struct rec *);
bool chain_bulks(const struct next *);	/* whether there may be chain_bulk */
void chain_bulk(struct next *, struct bulk *);	/* many records, of which the last ones may be left */
void chain_mark(struct next *, int64_t T);		/* also for an operator that makes its own watermarks */
void chain_barrier(struct next *, const char *args);	/* what stands behind "#barrier\t", escaped */
void chain_line(struct next *, const char *, size_t);	/* a control line no one acts on; also for an operator that kept it */
void chain_stop(struct next *);
void chain_none(struct next *);		/* #stop before there was a heading: nothing is done */
void chain_end(struct next *, const char *args);	/* "" or what stands behind "#end\t" */
void chain_pause(void *next, bool blocking);		/* for struct in: settle, and flush if blocking */
/*
 * Waits for the input and for what operators want, at most ms (-1: no limit).
 * 1: the input is there, or it is all that there is to wait for; 0: not yet.
 */
int chain_wait(struct next *, int fd, int ms);
void chain_report(struct next *);			/* flushes; late counts, -v totals on standard error */

/*
 * Several tools in one process, with the messages of each: after chain_several
 * a chain knows whose callback runs, and a bad record's place is the line that
 * it would have in the pipe.
 */
void chain_several(void);		/* before chain_open */
const char *chain_who(void);		/* the tool at work; NULL: none, such as the source */

int run_chain(struct next *);				/* reads a stream from standard input and drives it */
int run(const struct op *, int argc, char **argv);	/* a whole tool */
#endif
