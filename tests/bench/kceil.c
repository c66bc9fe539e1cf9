/*
 * kceil - the seed's first half in C and nothing else: the ceiling of Kafka
 *
 * kceil BROKERS IN OUT		reads partition 0 of IN (key,int) up to its end,
 *				writes the values over 10 to OUT as JSON, with
 *				key and timestamp
 *
 * No stream, no escapes, no error but the fatal: what librdkafka costs.
 */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct half {
	rd_kafka_t	*to;
	rd_kafka_topic_t *topic;
	bool		 done;
};

static void
set(rd_kafka_conf_t *conf, const char *name, const char *value)
{
	char why[256];

	if (rd_kafka_conf_set(conf, name, value, why, sizeof(why)) != 0)
		errx(1, "%s", why);
}

static rd_kafka_t *
client(rd_kafka_type_t type, rd_kafka_conf_t *conf)
{
	char why[256];
	rd_kafka_t *rk = rd_kafka_new(type, conf, why, sizeof(why));

	if (rk == NULL)
		errx(1, "%s", why);
	return rk;
}

static void
delivered(rd_kafka_t *rk, const rd_kafka_message_t *m, void *opaque)
{
	(void)rk, (void)opaque;
	if (m->err)
		errx(1, "%s", rd_kafka_err2str(m->err));
}

static void
message(rd_kafka_message_t *m, void *opaque)
{
	struct half *h = opaque;
	rd_kafka_timestamp_type_t type;
	rd_kafka_resp_err_t e;
	const char *s = m->payload, *comma;
	char json[256];
	size_t key;
	int64_t v;
	int n;

	if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
		h->done = true;
		return;
	}
	if (m->err)
		errx(1, "%s", rd_kafka_message_errstr(m));
	if ((comma = memchr(s, ',', m->len)) == NULL)
		errx(1, "no comma");
	key = (size_t)(comma - s);
	for (v = 0; ++comma < s + m->len;)
		v = v * 10 + *comma - '0';
	if (v <= 10)
		return;
	n = snprintf(json, sizeof(json),
	    "{\"key\":\"%.*s\",\"value\":%" PRId64 "}", (int)key, s, v);
	while ((e = rd_kafka_producev(h->to, RD_KAFKA_V_RKT(h->topic),
	    RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
	    RD_KAFKA_V_KEY(s, key), RD_KAFKA_V_VALUE(json, (size_t)n),
	    RD_KAFKA_V_TIMESTAMP(rd_kafka_message_timestamp(m, &type)),
	    RD_KAFKA_V_END)) == RD_KAFKA_RESP_ERR__QUEUE_FULL)
		rd_kafka_poll(h->to, 100);
	if (e)
		errx(1, "%s", rd_kafka_err2str(e));
}

int
main(int argc, char **argv)
{
	rd_kafka_conf_t *in = rd_kafka_conf_new(), *out = rd_kafka_conf_new();
	rd_kafka_queue_t *queue;
	rd_kafka_topic_t *topic;
	rd_kafka_t *from;
	struct half h = { .done = false };

	if (argc != 4)
		errx(2, "usage: kceil brokers in out");
	set(in, "bootstrap.servers", argv[1]);
	set(in, "enable.partition.eof", "true");
	set(in, "queued.min.messages", "1000000");
	from = client(RD_KAFKA_CONSUMER, in);
	set(out, "bootstrap.servers", argv[1]);
	set(out, "linger.ms", "5");
	set(out, "queue.buffering.max.messages", "2000000");
	rd_kafka_conf_set_dr_msg_cb(out, delivered);
	h.to = client(RD_KAFKA_PRODUCER, out);
	if ((h.topic = rd_kafka_topic_new(h.to, argv[3], NULL)) == NULL ||
	    (topic = rd_kafka_topic_new(from, argv[2], NULL)) == NULL)
		errx(1, "topic");
	queue = rd_kafka_queue_new(from);
	if (rd_kafka_consume_start_queue(topic, 0, RD_KAFKA_OFFSET_BEGINNING,
	    queue) != 0)
		errx(1, "%s", argv[2]);
	while (!h.done) {
		if (rd_kafka_consume_callback_queue(queue, 100, message, &h) < 0)
			errx(1, "consume");
		rd_kafka_poll(h.to, 0);
	}
	while (rd_kafka_outq_len(h.to) > 0)
		rd_kafka_flush(h.to, 1000);
	rd_kafka_consume_stop(topic, 0);
	rd_kafka_queue_destroy(queue);
	rd_kafka_topic_destroy(topic);
	rd_kafka_topic_destroy(h.topic);
	rd_kafka_destroy(h.to);
	rd_kafka_destroy(from);
	return 0;
}
