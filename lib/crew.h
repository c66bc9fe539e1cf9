/* crew - the processes of a run: started together, watched, ended together */
#ifndef CREW_H
#define CREW_H
#include <sys/types.h>

#include "job.h"

struct crew {
	const struct job *job;
	pid_t *pid;		/* of each process; 0: it has ended */
	int *held;		/* of each: a pipe that is open until it has a reader for its FIFO; -1: it has none */
	size_t left;		/* that have not ended */
	pid_t group;
	size_t bad;		/* the process whose end decides; valid if status != 0 */
	int status;		/* 0: all well so far; EXIT_TEMP: worth another try; else what one of them said */
	char why[256];		/* and how */
	bool killed;		/* by crew_kill */
	size_t piped;		/* number of one whose pipe broke, from 1; counts if nothing else failed */
	int64_t since;		/* clock when the first one failed, ms; 0: none has */
};

/*
 * fifo: the path of a named pipeline's FIFO; run: the run's name; once: they
 * process what is there now.  They do not outlive this process.  An error of
 * the system: message, exit 111.
 */
void crew_start(struct crew *, const struct job *, char *const *fifo, const char *run, bool once);
void crew_reap(struct crew *);		/* those that have ended, without waiting */
/* None is left but those that wait for somebody to read what they make: message, and the run has failed. */
void crew_unread(struct crew *);
void crew_free(struct crew *);
void crew_stop(struct crew *);		/* the sources finish their epoch */
void crew_kill(struct crew *);		/* SIGKILL, and waits until all are gone, their children too */
#endif
