/* kout - a stream into a Kafka topic */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "enc.h"
#include "kafka.h"
#include "op.h"

#define AUTOCREATE 5000	/* ms until a topic that does not exist is there */
#define BATCH 1024		/* records between two looks for errors */
#define SEND 3			/* ms to wait for what is sent at once */
#define HEADER "_header."

struct header { size_t col; const char *name; };

/* What a message is made of, in rd_kafka_produceva's terms. */
enum { VU_TOPIC, VU_COPY, VU_TIME, VU_LINE, VU_VALUE, VU_KEY, VU_HEADERS, VU_N };

struct kout {
	struct kafka kafka;
	const char *topic, *keys, *format, *fields, *stamp;
	rd_kafka_t *rk;
	rd_kafka_topic_t *rkt;
	struct enc *enc;
	struct enc *keyenc;	/* a key of several names */
	ptrdiff_t line;		/* format line: its column */
	ptrdiff_t key;		/* a key of one name: its column; -1: none */
	struct header *header;
	size_t nheader;
	struct buf val, keytext, tmp;
	rd_kafka_vu_t vu[VU_N];
	unsigned n;
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
	{ NULL, NULL }
};

static const struct kafka_prop fixed[] = {
	{ "delivery.report.only.error", "true" },
	{ NULL, NULL }
};

/* What could not be delivered ends the program: its input cannot be rewound. */
static void
on_delivery(rd_kafka_t *rk, const rd_kafka_message_t *m, void *arg)
{
	const char *hint = "";

	(void)rk;
	(void)arg;
	if (m->err == RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP)
		hint = " (message.timestamp.before.max.ms, "
		    "message.timestamp.after.max.ms)";
	else if (m->err == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE)
		hint = " (max.message.bytes)";
	errx(kafka_status(m->err), "line %lld: not delivered: %s%s",
	    (long long)(intptr_t)m->_private, rd_kafka_err2str(m->err), hint);
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

	rd_kafka_conf_set_dr_msg_cb(k->kafka.conf, on_delivery);
	k->rk = kafka_open(&k->kafka, RD_KAFKA_PRODUCER);
	if ((k->rkt = rd_kafka_topic_new(k->rk, k->topic, NULL)) == NULL)
		kafka_die(rd_kafka_last_error(), "topic %s", k->topic);
	md = kafka_metadata(&k->kafka, k->rk, k->rkt, AUTOCREATE);
	rd_kafka_metadata_destroy(md);
	k->vu[VU_TOPIC].vtype = RD_KAFKA_VTYPE_RKT;
	k->vu[VU_TOPIC].u.rkt = k->rkt;
	k->vu[VU_COPY].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
	k->vu[VU_COPY].u.i = RD_KAFKA_MSG_F_COPY;
	k->vu[VU_TIME].vtype = RD_KAFKA_VTYPE_TIMESTAMP;
	k->vu[VU_LINE].vtype = RD_KAFKA_VTYPE_OPAQUE;
	k->vu[VU_VALUE].vtype = RD_KAFKA_VTYPE_VALUE;
	k->vu[VU_KEY].vtype = RD_KAFKA_VTYPE_KEY;
	k->vu[VU_HEADERS].vtype = RD_KAFKA_VTYPE_HEADERS;
}

static int
kout_opt(struct kout *k, int ch)
{
	switch (ch) {
	case 'f': k->fields = optarg; return 0;
	case 'k': k->keys = optarg; return 0;
	case 's': k->format = optarg; return 0;
	case 't': k->topic = optarg; return 0;
	case 'T': k->stamp = optarg; return 0;
	case 'z': kout_codec(k, optarg); return 0;
	default: return kafka_opt(&k->kafka, ch, optarg);
	}
}

extern const struct op kout_op;

static void *
kout_open(int argc, char **argv)
{
	struct kout *k = mem_alloc(sizeof *k);
	int ch;

	k->format = "line";
	k->line = k->key = -1;
	kafka_init(&k->kafka, usual, fixed);
	while ((ch = opt_next(&kout_op, argc, argv,
	    KAFKA_OPTS "f:k:s:t:T:z:")) != -1)
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
	k->enc = enc_new(k->format, k->fields, false, k->stamp);
	kout_connect(k);
	return k;
}

/* Adds a name to a list. */
static void
list_add(struct buf *list, const char *name)
{
	if (list->n > 0)
		buf_addc(list, ',');
	buf_adds(list, name);
}

/* Headers are no part of the payload, unless -f says so. */
static void
kout_headers(struct kout *k, const struct head *in)
{
	size_t i, len = strlen(HEADER);
	struct buf rest = { 0 };

	for (i = 1; i < in->ncol; i++) {
		if (strncmp(in->col[i].name, HEADER, len) != 0) {
			list_add(&rest, in->col[i].name);
			continue;
		}
		k->header = mem_grow(k->header, k->nheader + 1,
		    sizeof *k->header);
		k->header[k->nheader++] = (struct header){ i,
		    mem_copy(in->col[i].name + len,
		    strlen(in->col[i].name + len)) };
	}
	if (k->nheader > 0 && k->fields == NULL) {
		if (rest.n == 0)
			errx(EXIT_BAD, "all columns are headers: "
			    "say with -f which are the payload");
		buf_addc(&rest, '\0');
		k->fields = rest.s;	/* stays */
		enc_free(k->enc);
		k->enc = enc_new(k->format, k->fields, false, k->stamp);
	} else {
		buf_free(&rest);
	}
}

/* One name: its text.  Several: encoded as -s says, as csv for lines. */
static void
kout_key(struct kout *k, const struct head *in)
{
	struct buf list = { 0 };
	size_t i, n, *col;

	if (k->keys != NULL)
		buf_adds(&list, k->keys);
	else
		for (i = 0; i < in->nkey; i++)
			list_add(&list, in->key[i]);
	buf_addc(&list, '\0');
	if (*list.s != '\0') {
		col = head_names(in, list.s, &n);
		if (n == 1) {
			k->key = (ptrdiff_t)col[0];
		} else {
			k->keyenc = enc_new(strcmp(k->format, "line") == 0 ?
			    "csv" : k->format, list.s, false, k->stamp);
			enc_bind(k->keyenc, in);
		}
		free(col);
	}
	buf_free(&list);
}

static void
kout_head(void *v, const struct head *in, struct head *out)
{
	struct kout *k = v;

	(void)out;
	kout_headers(k, in);
	kout_key(k, in);
	enc_bind(k->enc, in);
	if (strcmp(k->format, "line") == 0)
		k->line = k->fields != NULL ? head_find(in, k->fields) : 1;
}

/* A column as bytes; s NULL: it is null.  Put behind what tmp holds. */
static struct field
kout_raw(struct kout *k, struct rec *r, size_t col)
{
	size_t at = k->tmp.n;
	struct field f;

	if (col == 0) {
		buf_addint(&k->tmp, rec_time(r));
		return (struct field){ k->tmp.s + at, k->tmp.n - at };
	}
	f = rec_field(r, col);
	if (field_isnull(f))
		return (struct field){ NULL, 0 };
	if (esc_undo(f, &k->tmp, &f) < 0)
		rec_bad(r, "a broken escape: \"%s\"", show(f.s, f.n));
	return f;
}

/* Waits while the queue is full. */
static void
kout_produce(struct kout *k, struct rec *r)
{
	size_t n = k->nheader > 0 ? VU_N : VU_HEADERS;
	rd_kafka_error_t *e;
	rd_kafka_resp_err_t code;
	char place[512];

	while ((e = rd_kafka_produceva(k->rk, k->vu, n)) != NULL) {
		code = rd_kafka_error_code(e);
		rd_kafka_error_destroy(e);
		if (code != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
			origin_show(r->from, place, sizeof place);
			kafka_die(code, "%s", place);
		}
		rd_kafka_poll(k->rk, 100);
	}
}

static rd_kafka_headers_t *
kout_message_headers(struct kout *k, struct rec *r)
{
	rd_kafka_headers_t *h = rd_kafka_headers_new(k->nheader);
	struct field f;
	size_t i;

	for (i = 0; i < k->nheader; i++) {
		k->tmp.n = 0;
		f = kout_raw(k, r, k->header[i].col);
		if (f.s != NULL)
			rd_kafka_header_add(h, k->header[i].name, -1, f.s,
			    (ssize_t)f.n);
	}
	return h;
}

static struct field
kout_message_key(struct kout *k, struct rec *r)
{
	if (k->keyenc != NULL) {
		k->keytext.n = 0;
		enc_rec(k->keyenc, r, &k->keytext);
		return (struct field){ k->keytext.s, k->keytext.n };
	}
	if (k->key < 0)
		return (struct field){ NULL, 0 };
	k->tmp.n = 0;
	return kout_raw(k, r, (size_t)k->key);
}

static void
kout_data(void *v, struct rec *r, struct next *nx)
{
	struct kout *k = v;
	struct field key, val = { NULL, 0 };
	int64_t ms = rec_time(r);

	(void)nx;
	/* the client takes 0 for "now", the broker those below for "none" */
	if (ms <= 0)
		rec_bad(r, "time %lld: a Kafka timestamp is later than 1970 "
		    "began", (long long)ms);
	if (k->line < 0 || !field_isnull(rec_field(r, (size_t)k->line))) {
		k->val.n = 0;
		buf_room(&k->val, 1);	/* empty is not null */
		enc_rec(k->enc, r, &k->val);
		val = (struct field){ k->val.s, k->val.n };
	}
	k->vu[VU_TIME].u.i64 = ms;
	k->vu[VU_LINE].u.ptr = (void *)(intptr_t)(r->from != NULL ?
	    r->from->pos : 0);
	k->vu[VU_VALUE].u.mem.ptr = (void *)(uintptr_t)val.s;
	k->vu[VU_VALUE].u.mem.size = val.n;
	if (k->nheader > 0)
		k->vu[VU_HEADERS].u.headers = kout_message_headers(k, r);
	key = kout_message_key(k, r);
	k->vu[VU_KEY].u.mem.ptr = (void *)(uintptr_t)key.s;
	k->vu[VU_KEY].u.mem.size = key.n;
	kout_produce(k, r);
	if (++k->n % BATCH == 0)
		rd_kafka_poll(k->rk, 0);
}

/* What an epoch brought has been delivered when the next one begins. */
static void
kout_epoch(void *v, const char *id, struct next *nx)
{
	struct kout *k = v;

	(void)id;
	(void)nx;
	while (rd_kafka_flush(k->rk, 1000) != RD_KAFKA_RESP_ERR_NO_ERROR)
		;
	kafka_up(&k->kafka);
}

/* Nothing more to read: what there is need not linger. */
static void
kout_flush(void *v)
{
	struct kout *k = v;

	rd_kafka_flush(k->rk, SEND);
}

const struct op kout_op = {
	.name = "kout",
	.usage = "[-hVv] [-b brokers] [-f fields] [-k names] [-s format] "
	    "[-T format]\n            [-X prop=value | -X @file] ... "
	    "[-z codec] -t topic",
	.sink = true,
	.open = kout_open,
	.head = kout_head,
	.data = kout_data,
	.epoch = kout_epoch,
	.flush = kout_flush,
};

int
main(int argc, char *argv[])
{
	return run(&kout_op, argc, argv);
}
