/* states - the state directories of a run, held against its pipelines as they are now */
#ifndef STATES_H
#define STATES_H
#include "job.h"

/* dir is the run's directory, open; path its name.  What does not fit: message, exit 1. */
void states_drop(int dir, const char *path, const struct job *, const char *list);	/* TOOL.n,...: those begin anew */
void states_check(int dir, const char *path, const struct job *);	/* none is left that no stage has a use for */
#endif
