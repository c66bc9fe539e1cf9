#include <string.h>

#include "msgdec.h"
#include "num.h"

struct metacol {		/* a column that comes from around the payload */
	size_t col;
	enum meta kind;
	const char *header;	/* its name */
	char num[NUM_INTLEN];	/* what dec_setmeta borrows */
};

/* Columns are known: which of them come from around the payload? */
static void
msgdec_bind(struct msgdec *m, const struct dec *d)
{
	const char *name = NULL;
	enum meta kind;
	size_t i;

	for (i = 0; i <= dec_ncol(d); i++) {
		if ((kind = dec_meta(d, i, &name)) == META_NONE)
			continue;
		m->col = mem_grow(m->col, m->ncol + 1, sizeof *m->col);
		m->col[m->ncol++] = (struct metacol){
		    .col = i, .kind = kind, .header = name };
	}
	m->bound = true;
}

/* One of them; 0, or -1: bad. */
static int
metacol_set(struct metacol *mc, struct dec *d, const rd_kafka_message_t *m,
    const char **why)
{
	rd_kafka_timestamp_type_t type;
	rd_kafka_headers_t *h;
	const void *s = mc->num;
	size_t n = 0;
	int64_t ms;

	switch (mc->kind) {
	case META_KEY:
		s = m->key;
		n = m->key_len;
		break;
	case META_TOPIC:
		s = rd_kafka_topic_name(m->rkt);
		n = strlen(s);
		break;
	case META_PARTITION:
		n = num_putint(mc->num, m->partition);
		break;
	case META_OFFSET:
		n = num_putint(mc->num, m->offset);
		break;
	case META_TIMESTAMP:
		ms = rd_kafka_message_timestamp(m, &type);
		if (type == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE)
			s = NULL;
		else
			n = num_putint(mc->num, ms);
		break;
	case META_HEADER:
		if (rd_kafka_message_headers(m, &h) != 0 ||
		    rd_kafka_header_get_last(h, mc->header, &s, &n) != 0)
			s = NULL;
		break;
	case META_NONE:
		break;
	}
	return dec_setmeta(d, mc->col, s, n, why);
}

int
msgdec_rec(struct msgdec *md, struct src *src, const rd_kafka_message_t *m,
    const char **why)
{
	struct dec *d = src->dec;
	struct field *f;
	size_t i;
	int k = 1;

	if (m->payload != NULL) {
		if ((k = dec_payload(d, m->payload, m->len, why)) == 2) {
			src_bind(src);
			k = dec_payload(d, m->payload, m->len, why);
		}
	} else if (dec_known(d)) {
		f = dec_fields(d);
		for (i = 0; i <= dec_ncol(d); i++)
			f[i] = NULL_FIELD;
	} else {
		*why = "no payload, and no columns are known yet";
		k = -1;
	}
	if (k < 0)
		return k;
	if (!md->bound)
		msgdec_bind(md, d);
	for (i = 0; i < md->ncol; i++)
		if (metacol_set(&md->col[i], d, m, why) == -1)
			return -1;
	return 0;
}

struct letter
msgdec_letter(struct msgdec *md, const rd_kafka_message_t *m,
    const struct origin *from)
{
	struct letter l = { .from = from, .data = { m->payload, m->len },
	    .key = { m->key, m->key_len } };
	rd_kafka_timestamp_type_t type;
	rd_kafka_headers_t *h;
	const char *name;
	const void *value;
	size_t n;

	l.ts = rd_kafka_message_timestamp(m, &type);
	if (type != RD_KAFKA_TIMESTAMP_NOT_AVAILABLE)
		l.tstype = type == RD_KAFKA_TIMESTAMP_CREATE_TIME ? "create" :
		    "logappend";
	if (rd_kafka_message_headers(m, &h) != RD_KAFKA_RESP_ERR_NO_ERROR)
		return l;
	n = rd_kafka_header_cnt(h);
	md->header = mem_grow(md->header, n, sizeof *md->header);
	l.header = md->header;
	for (; l.nheader < n; l.nheader++) {
		if (rd_kafka_header_get_all(h, l.nheader, &name, &value,
		    &md->header[l.nheader].value.n) !=
		    RD_KAFKA_RESP_ERR_NO_ERROR)
			break;
		md->header[l.nheader].value.s = value;
		md->header[l.nheader].name =
		    (struct field){ name, strlen(name) };
	}
	return l;
}
