#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "buf.h"
#include "clock.h"
#include "die.h"
#include "durable.h"
#include "num.h"
#include "txn.h"

#define STEP 10000		/* ms, one call; it is made again until it is done */
#define PAUSE 20		/* ms between two calls */
#define REPORT 100		/* ms */
#define FLUSH 1000		/* ms */
#define ABORT 5000		/* ms; who cannot be told learns of it by fencing */
#define BYTES 16		/* of chance in an id that is made */

static const char note[] = "transactional.id";

static struct txn *running;	/* what exit aborts */

static void
txn_pause(void)
{
	const struct timespec pause = { .tv_nsec = PAUSE * 1000000L };

	nanosleep(&pause, NULL);
}

char *
txn_keep(const char *path)
{
	int dir = durable_dir(path, 0700);
	char text[sizeof "weir-" + 2 * BYTES], *id;
	unsigned char chance[BYTES];
	size_t i;

	durable_lock(dir, "kout", path);
	if ((id = durable_get(dir, note, path)) == NULL) {
		if (getentropy(chance, sizeof chance) < 0)
			die_temp("random bytes");
		strcpy(text, "weir-");
		for (i = 0; i < sizeof chance; i++)
			snprintf(text + strlen(text), 3, "%02x", chance[i]);
		id = mem_copy(text, strlen(text));
		durable_put(dir, note, id, path);
	}
	close(dir);
	return id;
}

/*
 * The transaction has had its time, and Kafka has aborted it or will.  Whose
 * fault was it?  A slow input will be as slow the next time.
 */
static void
txn_late(struct txn *t)
{
	int64_t took = clock_ms() - t->since;

	if (!t->open || took < t->timeout)
		return;
	if (took - t->waited >= t->timeout && kafka_gone(t->kafka) == 0)
		errx(EXIT_BAD, "the epoch has lasted longer than "
		    "transaction.timeout.ms=%" PRId64 ": its source must "
		    "write barriers more often (-B), or the time be longer "
		    "(-X transaction.timeout.ms=..., at most the broker's "
		    "transaction.max.timeout.ms)", t->timeout);
	errx(EXIT_TEMP, "Kafka has not taken the epoch within "
	    "transaction.timeout.ms=%" PRId64, t->timeout);
}

static bool
is_fence(rd_kafka_resp_err_t e)
{
	return e == RD_KAFKA_RESP_ERR__FENCED ||
	    e == RD_KAFKA_RESP_ERR_PRODUCER_FENCED ||
	    e == RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH;
}

/* The client will do nothing more: from its callback, and for txn_judge. */
static void
txn_fatal(void *arg, rd_kafka_resp_err_t e, const char *why)
{
	struct txn *t = arg;

	txn_late(t);
	if (is_fence(e))
		errx(EXIT_TEMP, "another process has started with the "
		    "transactional id %s, or Kafka has given it up: this one "
		    "is fenced off", t->name);
	if (e == RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT)
		errx(EXIT_BAD, "transaction.timeout.ms=%" PRId64 " is more "
		    "than the broker's transaction.max.timeout.ms: set a "
		    "shorter one by -X", t->timeout);
	errx(kafka_status(e), "transaction: %s", why);
}

/* A call for which the transaction has failed already does not say why; one that needs none does. */
static rd_kafka_error_t *
txn_cause(struct txn *t, rd_kafka_error_t *error)
{
	rd_kafka_error_t *cause;

	if (!t->open || rd_kafka_error_code(error) != RD_KAFKA_RESP_ERR__STATE ||
	    (cause = rd_kafka_begin_transaction(t->rk)) == NULL)
		return error;
	rd_kafka_error_destroy(error);
	return cause;
}

/* Returns if the same call may be made again; takes the error. */
static void
txn_judge(struct txn *t, rd_kafka_error_t *error, const char *what)
{
	rd_kafka_resp_err_t e;
	bool fatal, dead, again;
	char why[512];

	error = txn_cause(t, error);
	e = rd_kafka_error_code(error);
	fatal = rd_kafka_error_is_fatal(error) != 0;
	dead = rd_kafka_error_txn_requires_abort(error) != 0;
	again = rd_kafka_error_is_retriable(error) != 0;
	snprintf(why, sizeof why, "%s", rd_kafka_error_string(error));
	rd_kafka_error_destroy(error);
	if (!fatal && !dead && again) {
		rd_kafka_poll(t->rk, 0);
		if (t->open)
			txn_late(t);
		else if (clock_ms() - t->since >= KAFKA_PATIENCE)
			errx(EXIT_TEMP, "transactional id %s: not ready for "
			    "%d s: %s", t->name, KAFKA_PATIENCE / 1000, why);
		txn_pause();
		return;
	}
	/* a delivery report may be on its way */
	rd_kafka_poll(t->rk, REPORT);
	if (t->lost != NULL)
		t->lost(t->arg);
	if (fatal)
		txn_fatal(t, e, why);
	errx(kafka_status(e), "transaction, %s: %s", what, why);
}

/*
 * So that readers need not wait for the transaction's end.  What has been
 * handed over goes out first: the client does not abort cleanly what the
 * broker has not heard of.
 */
static void
txn_abort(void)
{
	struct txn *t = running;
	char why[512];

	if (!t->open)
		return;
	t->open = false;
	/* why the program ends has been said */
	t->kafka->ended = true;
	rd_kafka_flush(t->rk, FLUSH);
	if (rd_kafka_fatal_error(t->rk, why, sizeof why) != 0)
		return;
	rd_kafka_set_log_level(t->rk, 0);
	rd_kafka_error_destroy(rd_kafka_abort_transaction(t->rk, ABORT));
}

void
txn_conf(struct txn *t, struct kafka *k)
{
	const struct kafka_prop props[] = {
		{ "enable.auto.commit", "false" },
		{ "group.id", t->name },
		{ "isolation.level", "read_committed" },
		{ NULL, NULL }
	};
	const char *ms;
	char why[512];

	kafka_again(&t->second, k, NULL, props);
	if (rd_kafka_conf_set(k->conf, "transactional.id", t->name, why,
	    sizeof why) != RD_KAFKA_CONF_OK)
		errx(EXIT_USAGE, "transactional id: %s", why);
	ms = kafka_get(k, "transaction.timeout.ms");
	if (num_int(ms, strlen(ms), &t->timeout) < 0)
		errx(EXIT_BAD, "transaction.timeout.ms=%s: not a number", ms);
	t->kafka = k;
	k->fatal = txn_fatal;
	k->arg = t;
}

/* One that is still to be committed is _TIMED_OUT. */
static rd_kafka_resp_err_t
offset_ask(rd_kafka_t *rk, rd_kafka_topic_partition_list_t *list)
{
	rd_kafka_resp_err_t e = rd_kafka_committed(rk, list, STEP);

	return e != RD_KAFKA_RESP_ERR_NO_ERROR ? e : list->elems[0].err;
}

/* The admin call for it needs no consumer, but crashes in librdkafka 2.0.2 while Kafka looks for the group's broker. */
static char *
txn_committed(struct txn *t)
{
	rd_kafka_topic_partition_list_t *list =
	    rd_kafka_topic_partition_list_new(1);
	const rd_kafka_topic_partition_t *p =
	    rd_kafka_topic_partition_list_add(list, t->topic, 0);
	rd_kafka_t *rk = kafka_open(&t->second, RD_KAFKA_CONSUMER);
	rd_kafka_resp_err_t e;
	char *id = NULL;

	while ((e = offset_ask(rk, list)) != RD_KAFKA_RESP_ERR_NO_ERROR) {
		rd_kafka_poll(rk, 0);
		if (kafka_status(e) == EXIT_BAD ||
		    clock_ms() - t->since >= KAFKA_PATIENCE)
			kafka_die(e, "what group %s has committed", t->name);
		txn_pause();
	}
	if (p->offset >= 0 && p->metadata_size == 0)
		errx(EXIT_BAD, "group %s: its offset of %s names no epoch: it "
		    "is somebody else's", t->name, t->topic);
	if (p->offset >= 0)
		id = mem_copy(p->metadata, p->metadata_size);
	rd_kafka_topic_partition_list_destroy(list);
	rd_kafka_destroy(rk);
	return id;
}

char *
txn_start(struct txn *t, rd_kafka_t *rk, const char *topic,
    void (*lost)(void *), void *arg)
{
	rd_kafka_error_t *error;

	t->rk = rk;
	t->topic = topic;
	t->since = clock_ms();
	while ((error = rd_kafka_init_transactions(rk, STEP)) != NULL)
		txn_judge(t, error, "init");
	kafka_up(t->kafka);
	t->lost = lost;
	t->arg = arg;
	t->group = rd_kafka_consumer_group_metadata_new(t->name);
	running = t;
	if (atexit(txn_abort) != 0)
		mem_none();
	return txn_committed(t);
}

void
txn_begin(struct txn *t)
{
	rd_kafka_error_t *error;

	while ((error = rd_kafka_begin_transaction(t->rk)) != NULL)
		txn_judge(t, error, "begin");
	t->open = true;
	t->since = clock_ms();
	t->waited = 0;
}

void
txn_check(struct txn *t)
{
	if (t->open)
		txn_late(t);
}

void
txn_commit(struct txn *t, const char *id)
{
	rd_kafka_topic_partition_list_t *list =
	    rd_kafka_topic_partition_list_new(1);
	rd_kafka_topic_partition_t *p =
	    rd_kafka_topic_partition_list_add(list, t->topic, 0);
	rd_kafka_error_t *error;

	p->offset = 0;
	p->metadata = mem_copy(id, strlen(id));
	p->metadata_size = strlen(id);
	if (!t->open)
		txn_begin(t);
	txn_late(t);
	/* from here on it is not the input that takes its time */
	t->waited = INT64_MAX / 2;
	while ((error = rd_kafka_send_offsets_to_transaction(t->rk, list,
	    t->group, STEP)) != NULL)
		txn_judge(t, error, "offsets");
	while ((error = rd_kafka_commit_transaction(t->rk, STEP)) != NULL)
		txn_judge(t, error, "commit");
	t->open = false;
	kafka_up(t->kafka);
	rd_kafka_topic_partition_list_destroy(list);
}

void
txn_fail(struct txn *t, rd_kafka_resp_err_t e, const char *place)
{
	if (e == RD_KAFKA_RESP_ERR__STATE)
		txn_judge(t, rd_kafka_error_new(e, "%s", rd_kafka_err2str(e)),
		    place);
	kafka_die(e, "%s", place);
}
