/* rundir - what the stages of one run tell each other, in the directory that srun names by $WEIR_RUNDIR; see weir(5) */
#ifndef RUNDIR_H
#define RUNDIR_H
#include <stdbool.h>

/*
 * Files of a line: `start`, the run's name and what the sink found committed;
 * `committed`, the ID of the last epoch committed; `savepoint`, the ID that
 * counts as committed until the sink has committed it.
 */
bool rundir_is(void);		/* there is one: the tool runs under srun */
const char *rundir_run(void);	/* $WEIR_RUN, or NULL */
const char *rundir_stage(const char *dir);	/* the stage, as srun -D names it, whose state directory this is; NULL: of no run */

/*
 * For sinks.  rundir_claim: at the start; another committing sink in the run:
 * message, exit 1.  rundir_begin: behind fencing the predecessor, with what
 * was committed last (NULL: nothing); commit is called when a savepoint's ID is to
 * be committed first.  Returns the ID that #restore must name, or NULL.
 * Contradictions: message, exit 1.  Without a run directory they do nothing,
 * and rundir_begin returns what it was given.
 */
void rundir_claim(const char *tool);
const char *rundir_begin(const char *id, void (*commit)(void *, const char *), void *arg);
void rundir_commit(const char *id);	/* noted, after each commit */
/*
 * For sinks: the stream's #restore, NULL if it has none, is not that of what
 * was committed: message, exit 111; outside a run, where nobody could mend it, 1.
 */
void rundir_check(const char *restore, const char *id);

/* For sources.  Waits for the sink; 60 s: exit 111.  The ID to go on from, NULL: from the beginning. */
const char *rundir_wait(void);
void rundir_ready(void);		/* it can take SIGTERM now, which srun starts it without */
const char *rundir_committed(void);	/* last noted, or NULL; static until the next call */
#endif
