/* outbox - a producer's messages that are under way: sent at once, waited for, and which one was lost */
#ifndef OUTBOX_H
#define OUTBOX_H
#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stdint.h>

struct pollfd;

/*
 * It counts, so every message must be reported, not only those that failed.
 * Reports also wake who waits, and it is then the thread that has made a
 * message that frees it, which spares malloc a lock.
 *
 * A partition of an idempotent producer has one request under way.  Until it
 * comes back, the thread of librdkafka 2.0.2 spins if there are messages older
 * than linger.ms, or during rd_kafka_flush.  So linger.ms should be longer than
 * a full queue takes, and what is not to wait for it goes by outbox_send, which
 * flushes only for a moment and only when that can be of use.
 */
struct outbox {
	rd_kafka_t *rk;
	int64_t sent, back;		/* messages: handed over, by the caller; and reported */
	rd_kafka_resp_err_t lost;	/* why the first that was not delivered was not */
	int64_t id;			/* of that one: its opaque */
	/* the rest is outbox.c's own */
	int64_t seen;			/* back after the last flush; -1: all had come */
	int64_t when;			/* clock of that, ms */
	int wake[2];
};

void outbox_open(struct outbox *, rd_kafka_t *);
void outbox_report(struct outbox *, const rd_kafka_message_t *);	/* from the delivery callback */
/* All of these take reports: look at lost then. */
void outbox_send(struct outbox *);	/* what there is need not linger; soon back */
void outbox_room(struct outbox *);	/* the queue is full: waits a little */
void outbox_drain(struct outbox *);	/* before rd_kafka_flush: waits until few are under way, as long as reports come */
/* For an op's want and ready: there are reports, so outbox_send may do more. */
size_t outbox_want(const struct outbox *, struct pollfd *, int *ms);
void outbox_ready(const struct outbox *);

static inline bool
outbox_empty(const struct outbox *o)
{
	return o->back == o->sent;
}
#endif
