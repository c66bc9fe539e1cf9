/* msgenc - a record as a Kafka message: payload, key, headers, timestamp */
#ifndef MSGENC_H
#define MSGENC_H
#include <librdkafka/rdkafka.h>

#include "enc.h"
#include "op.h"

/* What a message is made of, in rd_kafka_produceva's terms. */
enum { VU_TOPIC, VU_COPY, VU_TIME, VU_LINE, VU_VALUE, VU_KEY, VU_HEADERS, VU_N };

struct msgenc {
	/* options, set before msgenc_open; keys NULL: the stream's own key */
	const char *keys, *format, *fields, *stamp;
	const char *topic;	/* which names the schemas' subjects: TOPIC-value, TOPIC-key */
	struct registry *registry;	/* may be NULL */

	rd_kafka_vu_t vu[VU_N];
	size_t nvu;
	/* the rest is msgenc.c's own */
	char *subject, *keysubject;
	struct enc *enc;
	struct envelope *env;	/* -s envelope: what the message is made of; else NULL */
	struct enc *keyenc;	/* a key of several names */
	ptrdiff_t line;		/* format line: its column */
	ptrdiff_t key;		/* a key of one name: its column; -1: none */
	struct header *header;
	size_t nheader;
	struct buf val, keytext, tmp;
};

void msgenc_open(struct msgenc *);	/* bad options: message, exit 2 */
void msgenc_topic(struct msgenc *, rd_kafka_topic_t *);
void msgenc_head(struct msgenc *, const struct head *);	/* binds the names */
/*
 * Fills vu; its bytes are borrowed until the next call, its headers become
 * those of the message.  Cannot be a message: message, exit 1.
 */
void msgenc_rec(struct msgenc *, struct rec *);
#endif
