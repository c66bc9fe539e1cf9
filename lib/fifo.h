/* fifo - what a named pipeline of a run is read by: a FIFO of that name in the working directory */
#ifndef FIFO_H
#define FIFO_H
#include "job.h"

/*
 * Of each pipeline, in the run's directory dir and under its name; that of the
 * main one is NULL.  Something else has the name: message, exit 1.
 */
char **fifo_make(const struct job *, const char *dir);
void fifo_remove(const struct job *, char *const *fifo);
int fifo_open(const char *fifo, const char *name);	/* to write; waits for a reader, but not for ever without a word */
#endif
