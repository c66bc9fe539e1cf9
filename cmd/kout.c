/* kout - a stream into a Kafka topic */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "die.h"
#include "epoch.h"
#include "kafka.h"
#include "msgenc.h"
#include "op.h"
#include "opt.h"
#include "regclient.h"
#include "rundir.h"
#include "txn.h"

#define AUTOCREATE 10000	/* ms until a topic that does not exist is there */
#define BATCH 1024		/* records between two looks for errors */
#define SEND 3			/* ms to wait for what is sent at once */

struct kout {
	struct kafka kafka;		/* first: see on_delivery */
	struct msgenc msg;
	const char *topic;
	rd_kafka_t *rk;
	rd_kafka_topic_t *rkt;
	unsigned n;
	rd_kafka_resp_err_t lost;	/* why the first message that was not delivered was not */
	long long line;			/* whose it was */
	struct txn txn;
	struct buf id;			/* of the epoch committed last, with a NUL */
};

static const struct kafka_prop usual[] = {
	{ "batch.num.messages", "100000" },
	{ "client.id", "kout" },
	{ "enable.idempotence", "true" },
	{ "linger.ms", "5" },
	{ "partitioner", "murmur2_random" },	/* as the Java clients; */
	{ "queue.buffering.max.kbytes", "131072" },
	{ "queue.buffering.max.messages", "200000" },
	{ "reconnect.backoff.max.ms", "1000" },	/* this too */
	{ "transaction.timeout.ms", "900000" },	/* the most that brokers allow by themselves */
	{ NULL, NULL }
};

static const struct kafka_prop fixed[] = {
	{ "delivery.report.only.error", "true" },
	{ NULL, NULL }
};

/* Remembered: from within the client's callback nothing can be aborted. */
static void
on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *m, void *arg)
{
	/* the client knows its struct kafka, which stands first */
	struct kout *k = arg;

	(void)rk;
	if (k->lost == RD_KAFKA_RESP_ERR_NO_ERROR) {
		k->lost = m->err;
		k->line = (long long)(intptr_t)m->_private;
	}
}

/* What could not be delivered ends the program: its input cannot be rewound. */
static void
kout_lost(void *v)
{
	const struct kout *k = v;
	const char *hint = "";

	if (k->lost == RD_KAFKA_RESP_ERR_NO_ERROR)
		return;
	if (k->lost == RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP)
		hint = " (message.timestamp.before.max.ms, "
		    "message.timestamp.after.max.ms)";
	else if (k->lost == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)
		hint = " (max.message.bytes)";
	errx(kafka_status(k->lost), "line %lld: not delivered: %s%s", k->line,
	    rd_kafka_err2str(k->lost), hint);
}

/* Errors and delivery reports. */
static void
kout_poll(struct kout *k, int ms)
{
	rd_kafka_poll(k->rk, ms);
	kout_lost(k);
	txn_check(&k->txn);
}

static void
kout_codec(struct kout *k, const char *name)
{
	const char *const names[] = { "gzip", "snappy", "lz4", "zstd", "none" };
	char why[512];
	size_t i;

	for (i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(names[i], name) == 0) {
			if (rd_kafka_conf_set(k->kafka.conf, "compression.codec",
			    name, why, sizeof why) != RD_KAFKA_CONF_OK)
				errx(EXIT_USAGE, "-z %s: %s", name, why);
			return;
		}
	errx(EXIT_USAGE, "-z: not gzip, snappy, lz4, zstd or none: %s", name);
}

static void
kout_connect(struct kout *k)
{
	const struct rd_kafka_metadata *md;

	if (k->txn.name != NULL)
		txn_conf(&k->txn, &k->kafka);
	rd_kafka_conf_set_dr_msg_cb(k->kafka.conf, on_delivery);
	k->rk = kafka_open(&k->kafka, RD_KAFKA_PRODUCER);
	if ((k->rkt = rd_kafka_topic_new(k->rk, k->topic, NULL)) == NULL)
		kafka_die(rd_kafka_last_error(), "topic %s", k->topic);
	md = kafka_metadata(&k->kafka, k->rk, k->rkt, AUTOCREATE);
	rd_kafka_metadata_destroy(md);
	msgenc_topic(&k->msg, k->rkt);
}

/* From a savepoint: its ID is committed, with nothing. */
static void
kout_adopt(void *v, const char *id)
{
	struct kout *k = v;

	txn_commit(&k->txn, id);
}

/* Fences the predecessor off and learns what it has committed. */
static void
kout_start(struct kout *k)
{
	char *id = txn_start(&k->txn, k->rk, k->topic, kout_lost, k);
	const char *from = rundir_begin(id, kout_adopt, k);

	if (from != NULL)
		epoch_next(&k->id, from);
	free(id);
}

static int
kout_opt(struct kout *k, int ch)
{
	switch (ch) {
	case 'f': k->msg.fields = optarg; return 0;
	case 'k': k->msg.keys = optarg; return 0;
	case 's': k->msg.format = optarg; return 0;
	case 't': k->topic = optarg; return 0;
	case 'T': k->msg.stamp = optarg; return 0;
	case 'x': k->txn.name = optarg; return 0;
	case 'z': kout_codec(k, optarg); return 0;
	default: return kafka_opt(&k->kafka, ch, optarg);
	}
}

extern const struct op kout_op;

static void *
kout_open(int argc, char **argv)
{
	struct kout *k = mem_alloc(sizeof *k);
	const char *dir;
	int ch;

	k->msg.format = "line";
	kafka_init(&k->kafka, usual, fixed);
	while ((ch = opt_next(&kout_op, argc, argv,
	    KAFKA_OPTS "f:k:s:t:T:x:z:")) != -1)
		if (kout_opt(k, ch) == -1)
			return NULL;
	if (optind != argc) {
		warnx("not an option: %s", argv[optind]);
		return NULL;
	}
	if (k->topic == NULL) {
		warnx("-t is needed: the topic");
		return NULL;
	}
	k->msg.registry = regclient_new(&k->kafka.registry);
	k->msg.topic = k->topic;
	msgenc_open(&k->msg);
	dir = opt_state();
	if (k->txn.name == NULL && dir != NULL)
		k->txn.name = txn_keep(dir);
	if (k->txn.name == NULL && rundir_is())
		errx(EXIT_USAGE, "a run's sink commits: -x or a state "
		    "directory (-S) is needed");
	if (k->txn.name != NULL)
		rundir_claim("kout");
	kout_connect(k);
	if (k->txn.name != NULL)
		kout_start(k);
	return k;
}

static void
kout_head(void *v, const struct head *in, struct head *out)
{
	struct kout *k = v;

	(void)out;
	msgenc_head(&k->msg, in);
}

/* Outside transactions there is nothing that was committed. */
static void
kout_restore(void *v, const char *id)
{
	struct kout *k = v;

	if (k->txn.name != NULL)
		rundir_check(id, k->id.s);
}

static _Noreturn void
kout_refused(struct kout *k, const struct rec *r, rd_kafka_resp_err_t code)
{
	char place[512];

	kout_poll(k, 0);
	origin_show(r->from, place, sizeof place);
	if (k->txn.name != NULL)
		txn_fail(&k->txn, code, place);
	kafka_die(code, "%s", place);
}

/* Waits while the queue is full. */
static void
kout_produce(struct kout *k, const struct rec *r)
{
	rd_kafka_error_t *e;
	rd_kafka_resp_err_t code;
	int64_t start;

	while ((e = rd_kafka_produceva(k->rk, k->msg.vu, k->msg.nvu)) != NULL) {
		code = rd_kafka_error_code(e);
		rd_kafka_error_destroy(e);
		if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL)
			kout_refused(k, r, code);
		start = clock_ms();
		kout_poll(k, 100);
		txn_waits(&k->txn, clock_ms() - start);
	}
}

static void
kout_data(void *v, struct rec *r, struct next *nx)
{
	struct kout *k = v;

	(void)nx;
	if (k->txn.name != NULL && !k->txn.open)
		txn_begin(&k->txn);
	msgenc_rec(&k->msg, r);
	kout_produce(k, r);
	if (++k->n % BATCH == 0)
		kout_poll(k, 0);
}

/* What an epoch brought has been delivered when the next one begins. */
static void
kout_epoch(void *v, const char *id, struct next *nx)
{
	struct kout *k = v;

	(void)nx;
	if (k->txn.name != NULL) {
		epoch_next(&k->id, id);
		txn_commit(&k->txn, k->id.s);
		rundir_commit(k->id.s);
		return;
	}
	while (rd_kafka_flush(k->rk, 1000) != RD_KAFKA_RESP_ERR_NO_ERROR)
		kout_lost(k);
	kout_lost(k);
	kafka_up(&k->kafka);
}

/* Nothing more to read: what there is need not linger. */
static void
kout_flush(void *v)
{
	struct kout *k = v;

	rd_kafka_flush(k->rk, SEND);
	kout_poll(k, 0);
}

const struct op kout_op = {
	.name = "kout",
	.usage = "[-hVv] [-b brokers] [-f fields] [-k names] [-S dir] "
	    "[-s format]\n            [-T format] [-x id] "
	    "[-X prop=value | -X @file] ... [-z codec]\n            -t topic",
	.sink = true,
	.keeps = true,
	.open = kout_open,
	.head = kout_head,
	.restore = kout_restore,
	.data = kout_data,
	.epoch = kout_epoch,
	.flush = kout_flush,
};

int
main(int argc, char *argv[])
{
	return run(&kout_op, argc, argv);
}
