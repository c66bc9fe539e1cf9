/* assign - the partitions that kcat-in reads: from where, how far, and where it is */
#ifndef ASSIGN_H
#define ASSIGN_H
#include "kafka.h"
#include "snap.h"

struct place {			/* a partition */
	const char *topic;
	int32_t partition;
	int64_t next;		/* offset of the next record */
	int64_t end;		/* it is finished there; INT64_MAX: never */
	int64_t lo, hi;		/* offsets that there were at the start; hi: the next one */
	bool kept;		/* next is from a snapshot */
	bool done;		/* it is finished */
};

struct assign {
	struct place *place;
	size_t n;
	rd_kafka_queue_t **queue;	/* one for all, or for each place */
	size_t nqueue;
	bool bounded;		/* -e: up to the ends as they are at the start */
	/* the rest is assign.c's own */
	enum { FROM_BEGINNING, FROM_END, FROM_STORED, FROM_OFFSET, FROM_TAIL, FROM_TIME } from;
	int64_t arg;		/* of the last three */
	int32_t *part;		/* -p; NULL: all */
	size_t npart;
	int32_t share, nshare;	/* of $WEIR_PART, share of nshare, from 0; nshare 0: all */
	struct topic *topic;
	size_t ntopic;
	rd_kafka_queue_t *answers;	/* to assign_tell */
	size_t untold;		/* that are still to come */
};

/* Options; a bad value: message, exit 2. */
void assign_from(struct assign *, const char *);	/* -o */
void assign_parts(struct assign *, const char *);	/* -p */
/*
 * Looks the topics up ("a,b,^regex") and what they hold; what is not there:
 * exit 1; no answer within KAFKA_PATIENCE: exit 111.
 */
void assign_make(struct assign *, struct kafka *, rd_kafka_t *, const char *topics);
/* From a snapshot, a record that assign_save wrote; its place's index. */
size_t assign_load(struct assign *, const struct rec *);
void assign_save(const struct assign *, size_t, struct snap *);	/* begins the record; ASSIGN_FIELDS */
#define ASSIGN_FIELDS 3
/*
 * Where each place starts that was not in a snapshot: as -o says; or, if
 * others were in one, at its beginning, since it is new.  Exits as above.
 */
void assign_set(struct assign *, rd_kafka_t *);
/*
 * Fills the queues; a byte goes to fd when one is no longer empty.  apart: a
 * queue for each place, so that one can be left alone: the client stops
 * fetching for it when it holds queued.max.messages.kbytes.
 */
void assign_start(struct assign *, rd_kafka_t *, int fd, bool apart);
size_t assign_find(const rd_kafka_message_t *);		/* its place's index */
void assign_commit(const struct assign *, rd_kafka_t *);	/* where it is, to the group */
/*
 * These positions (NULL: where it is) to the group, for who looks at lag: not
 * waited for, and that it fails is nobody's loss.  assign_told, at the end:
 * waits a little for those that are under way.
 */
void assign_tell(struct assign *, rd_kafka_t *, const int64_t *next);
void assign_told(struct assign *);
#endif
