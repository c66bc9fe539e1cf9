/* savepoint - a run's state as it was at one commit, to start from elsewhere */
#ifndef SAVEPOINT_H
#define SAVEPOINT_H

/*
 * All name the directory of a whole run.  Snapshots are linked, or copied to
 * another file system; late and dead-letter files are copied as far as the
 * snapshot has them.  What is not as it must be: message, exit 1.
 *
 * savepoint_take may be called while the run goes on; it returns the ID.  A
 * copy that does not come to its end is taken for one by nobody: the next
 * attempt begins it anew, and savepoint_check refuses to run on it.
 */
const char *savepoint_take(const char *dir, const char *to);
void savepoint_start(const char *dir, const char *from);	/* dir is empty, or was started from this one */
void savepoint_check(int dir, const char *path);
#endif
