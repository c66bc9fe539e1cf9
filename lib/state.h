/* state - a tool's state directory: its lock, its snapshots, which of them are kept; see weir(5) */
#ifndef STATE_H
#define STATE_H
#include "snap.h"

#define STATE_SUFFIX ".snap"	/* a snapshot's file is its ID and this */

struct state;

/*
 * The directory is made when it is missing, 0700, and locked while the process
 * lives.  Another has it: message that names the holder, exit 111; it cannot
 * be made: exit 1.
 */
struct state *state_open(const char *dir, const char *tool);
int state_dir(const struct state *);		/* open, for notes of the tool's own */
const char *state_path(const struct state *);

/*
 * A snapshot: state_begin, then the first record (#snapshot and the settings),
 * state_builds, the other records, state_end.  deltas: the tool can write what
 * has changed since the last one; snap.whole then says whether it is to.  So a
 * snapshot builds on files that there are, which have at most twice the bytes
 * that all of the state would take: as many as when it was last written whole,
 * in proportion to size, which is the tool's measure then and now (-1: none).
 * Small files are joined, so that there are never many.
 * Behind state_end it is safe on the disk.  An error ends the program, 111.
 */
struct snap *state_begin(struct state *, const char *id, bool deltas, int64_t size);
void state_builds(struct state *);
void state_end(struct state *);

/*
 * The snapshot of that ID: records in order, those of the files it builds on
 * first.  Other snapshots are removed once it has been read to the end.  Not
 * there: exit 1.
 */
void state_restore(struct state *, const char *id, void (*rec)(void *, const struct rec *), void *arg);
/* srun -D: the tool begins anew at that epoch, although the run goes on from it. */
bool state_dropped(const struct state *, const char *id);
void state_clear(struct state *);	/* the run starts from the beginning: removes all snapshots */
/* That epoch is committed: what is older is not needed any more. */
void state_committed(struct state *, const char *id);
const char *state_last(const struct state *);	/* ID of the last one; there must be one */
void state_rest(const struct state *);	/* its input is at its end or stopped: epochs of others may follow */
void state_stopped(struct state *);	/* it ended well; if nobody says what is committed, only the last one is needed */
#endif
