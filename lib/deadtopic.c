#include <err.h>
#include <stdio.h>
#include <string.h>

#include "deadtopic.h"
#include "die.h"
#include "num.h"

#define AUTOCREATE 5000		/* ms until a topic that does not exist is there */
#define BATCH 1024		/* letters between two looks for errors */

struct deadtopic {
	struct kafka kafka;
	const char *topic;
	rd_kafka_t *rk;
	rd_kafka_topic_t *rkt;
	unsigned n;
};

static const struct kafka_prop usual[] = {
	{ "enable.idempotence", "true" },
	{ "linger.ms", "5" },
	{ "partitioner", "murmur2_random" },	/* as kout */
	/* a broker slower than the reading costs time, not memory */
	{ "queue.buffering.max.kbytes", "32768" },
	{ "queue.buffering.max.messages", "10000" },
	{ NULL, NULL }
};

static const struct kafka_prop fixed[] = {
	{ "delivery.report.only.error", "true" },
	{ NULL, NULL }
};

static void
on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *m, void *arg)
{
	(void)rk;
	(void)arg;
	errx(kafka_status(m->err), "-D " DEADTOPIC "%s: not delivered: %s",
	    rd_kafka_topic_name(m->rkt), rd_kafka_err2str(m->err));
}

struct deadtopic *
deadtopic_new(struct kafka *k, const char *topic)
{
	struct deadtopic *d = mem_alloc(sizeof *d);

	if (*topic == '\0')
		errx(EXIT_USAGE, "-D: the topic is missing behind " DEADTOPIC);
	d->topic = topic;
	kafka_again(&d->kafka, k, usual, fixed);
	rd_kafka_conf_set_dr_msg_cb(d->kafka.conf, on_delivery);
	return d;
}

void
deadtopic_open(struct deadtopic *d)
{
	d->rk = kafka_open(&d->kafka, RD_KAFKA_PRODUCER);
	if ((d->rkt = rd_kafka_topic_new(d->rk, d->topic, NULL)) == NULL)
		kafka_die(rd_kafka_last_error(), "-D: topic %s", d->topic);
	rd_kafka_metadata_destroy(kafka_metadata(&d->kafka, d->rk, d->rkt,
	    AUTOCREATE));
}

const char *
deadtopic_name(const struct deadtopic *d)
{
	return d->topic;
}

/* A header that says where the letter came from. */
static void
place_add(rd_kafka_headers_t *h, const char *name, const char *s, size_t n)
{
	/* those of an earlier time, if it comes out of such a topic */
	rd_kafka_header_remove(h, name);
	rd_kafka_header_add(h, name, -1, s, (ssize_t)n);
}

static rd_kafka_headers_t *
letter_headers(const struct letter *l, const char *why)
{
	rd_kafka_headers_t *h = rd_kafka_headers_new(l->nheader + 4);
	const struct pair *p;
	char num[NUM_INTLEN];
	size_t i;

	for (i = 0; i < l->nheader; i++) {
		p = &l->header[i];
		rd_kafka_header_add(h, p->name.s, (ssize_t)p->name.n,
		    p->value.s, (ssize_t)p->value.n);
	}
	place_add(h, "dead.topic", l->from->name, strlen(l->from->name));
	place_add(h, "dead.partition", num,
	    num_putint(num, l->from->partition));
	place_add(h, "dead.offset", num, num_putint(num, l->from->pos));
	place_add(h, "dead.reason", why, strlen(why));
	return h;
}

/* What librdkafka is told, in its terms. */
static size_t
letter_args(const struct deadtopic *d, const struct letter *l,
    rd_kafka_headers_t *h, rd_kafka_vu_t *vu)
{
	size_t n = 0;

	vu[n].vtype = RD_KAFKA_VTYPE_RKT;
	vu[n++].u.rkt = d->rkt;
	vu[n].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
	vu[n++].u.i = RD_KAFKA_MSG_F_COPY;
	vu[n].vtype = RD_KAFKA_VTYPE_VALUE;
	vu[n].u.mem.ptr = (void *)(uintptr_t)l->data.s;
	vu[n++].u.mem.size = l->data.n;
	vu[n].vtype = RD_KAFKA_VTYPE_KEY;
	vu[n].u.mem.ptr = (void *)(uintptr_t)l->key.s;
	vu[n++].u.mem.size = l->key.n;
	vu[n].vtype = RD_KAFKA_VTYPE_HEADERS;
	vu[n++].u.headers = h;
	if (l->tstype != NULL) {
		vu[n].vtype = RD_KAFKA_VTYPE_TIMESTAMP;
		vu[n++].u.i64 = l->ts;
	}
	return n;
}

static void
deadtopic_put(void *arg, const struct letter *l, const char *why)
{
	struct deadtopic *d = arg;
	rd_kafka_headers_t *h = letter_headers(l, why);
	rd_kafka_vu_t vu[6];
	size_t n = letter_args(d, l, h, vu);
	rd_kafka_error_t *e;
	rd_kafka_resp_err_t code;
	char place[512];
	bool empty = false;

	while ((e = rd_kafka_produceva(d->rk, vu, n)) != NULL) {
		code = rd_kafka_error_code(e);
		rd_kafka_error_destroy(e);
		/* what an empty queue does not take never goes */
		if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL || empty) {
			origin_show(l->from, place, sizeof place);
			kafka_die(code, "-D " DEADTOPIC "%s: %s", d->topic,
			    place);
		}
		empty = rd_kafka_outq_len(d->rk) == 0;
		if (!empty)
			rd_kafka_poll(d->rk, 100);
	}
	if (++d->n % BATCH == 0)
		rd_kafka_poll(d->rk, 0);
}

static void
deadtopic_settle(void *arg)
{
	struct deadtopic *d = arg;

	while (rd_kafka_flush(d->rk, 1000) != RD_KAFKA_RESP_ERR_NO_ERROR)
		;
	kafka_up(&d->kafka);
}

static void
deadtopic_close(void *arg)
{
	struct deadtopic *d = arg;

	rd_kafka_topic_destroy(d->rkt);
	rd_kafka_destroy(d->rk);
}

const struct deadway deadtopic_way = {
	.put = deadtopic_put,
	.settle = deadtopic_settle,
	.close = deadtopic_close,
};
