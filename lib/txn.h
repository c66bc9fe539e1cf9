/* txn - Kafka transactions, one an epoch, that commit its ID together with its messages; see weir(5) */
#ifndef TXN_H
#define TXN_H
#include "kafka.h"

/*
 * The ID is the metadata of one offset: of partition 0 of the topic, in the
 * group that is named as the transactional id.  Whoever starts with that id
 * fences off the one before.  What Kafka has not committed is aborted at exit.
 *
 * An error that another try can mend is tried again; others end the program:
 * 1 or 111 as kafka_status says, 111 when fenced.  An epoch that outlasts
 * transaction.timeout.ms because its input is slow: 1, because it would be no
 * shorter the next time.
 */
struct txn {
	const char *name;	/* the transactional id; NULL: no transactions */
	/* the rest is txn.c's own */
	struct kafka *kafka;
	struct kafka second;	/* asks what is committed */
	rd_kafka_t *rk;
	const char *topic;
	rd_kafka_consumer_group_metadata_t *group;
	int64_t timeout;	/* ms, transaction.timeout.ms */
	bool open;
	int64_t since;		/* clock when it was opened, or when the start began; ms */
	int64_t waited;		/* of that, ms in which it was Kafka that took its time */
	void (*lost)(void *);	/* may know better what went wrong; then it does not return */
	void *arg;
};

char *txn_keep(const char *dir);	/* an id made once and kept in that directory, which is locked */
void txn_conf(struct txn *, struct kafka *);	/* before kafka_open */
/* Fences the predecessor off; returns the ID committed last, for the caller to free, or NULL. */
char *txn_start(struct txn *, rd_kafka_t *, const char *topic, void (*lost)(void *), void *);
void txn_begin(struct txn *);
void txn_commit(struct txn *, const char *id);	/* with what was produced since; begins one if there is none */
void txn_check(struct txn *);			/* it can still be committed */
_Noreturn void txn_fail(struct txn *, rd_kafka_resp_err_t, const char *place);	/* producing failed with that error */

static inline void
txn_waits(struct txn *t, int64_t ms)		/* Kafka took so long */
{
	t->waited += ms;
}
#endif
