#include <string.h>

#include "b64.h"
#include "envelope.h"
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

/* Bytes that are text, or those that are not, as base64. */
static struct field
bytes_text(const void *s, size_t n, bool packed, struct buf *tmp)
{
	if (s == NULL || env_istext(s, n) == packed)
		return (struct field){ NULL, 0 };
	if (!packed)
		return (struct field){ s, n };
	b64_add(tmp, s, n);
	return (struct field){ tmp->s, tmp->n };
}

static void
string_add(struct buf *b, const void *s, size_t n, bool packed)
{
	if (s == NULL) {
		buf_adds(b, "null");
	} else if (packed) {
		buf_addc(b, '"');
		b64_add(b, s, n);
		buf_addc(b, '"');
	} else {
		enc_json_string(b, s, n);
	}
}

/* All headers as a JSON list: with values in base64 if one of them is no text. */
static int
headers_text(const rd_kafka_message_t *m, bool packed, struct buf *b,
    struct field *f, const char **why)
{
	rd_kafka_headers_t *h;
	const char *name;
	const void *s;
	bool text = true;
	size_t i, n;

	*f = (struct field){ NULL, 0 };
	if (rd_kafka_message_headers(m, &h) != 0)
		return 0;
	for (i = 0; rd_kafka_header_get_all(h, i, &name, &s, &n) == 0; i++) {
		if (!env_istext(name, strlen(name)))
			return *why = "the name of a header is not UTF-8", -1;
		text &= s == NULL || env_istext(s, n);
	}
	if (i == 0 || text == packed)
		return 0;
	for (i = 0; rd_kafka_header_get_all(h, i, &name, &s, &n) == 0; i++) {
		buf_addc(b, i == 0 ? '[' : ',');
		enc_json_string(b, name, strlen(name));
		buf_addc(b, ',');
		string_add(b, s, n, packed);
	}
	buf_addc(b, ']');
	*f = (struct field){ b->s, b->n };
	return 0;
}

/* One of them; 0, or -1: bad. */
static int
metacol_set(struct msgdec *md, struct metacol *mc, struct dec *d,
    const rd_kafka_message_t *m, const char **why)
{
	rd_kafka_timestamp_type_t type;
	rd_kafka_headers_t *h;
	const void *s = NULL;
	struct field f = { mc->num, 0 };
	int64_t ms = rd_kafka_message_timestamp(m, &type);

	md->tmp.n = 0;
	switch (mc->kind) {
	case META_KEY:
		f = (struct field){ m->key, m->key_len };
		break;
	case META_TOPIC:
		f.s = rd_kafka_topic_name(m->rkt);
		f.n = strlen(f.s);
		break;
	case META_PARTITION:
		f.n = num_putint(mc->num, m->partition);
		break;
	case META_OFFSET:
		f.n = num_putint(mc->num, m->offset);
		break;
	case META_TIMESTAMP:
		f.n = num_putint(mc->num, ms);
		if (type == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE)
			f.s = NULL;
		break;
	case META_HEADER:
		f.s = NULL;
		if (rd_kafka_message_headers(m, &h) == 0 &&
		    rd_kafka_header_get_last(h, mc->header, &s, &f.n) == 0)
			f.s = s;
		break;
	case META_TSTYPE:
		f.s = type == RD_KAFKA_TIMESTAMP_CREATE_TIME ? "create" :
		    type == RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME ? "logappend" :
		    "unknown";
		f.n = strlen(f.s);
		break;
	case META_HEADERS:
	case META_HEADERS64:
		if (headers_text(m, mc->kind == META_HEADERS64, &md->tmp, &f,
		    why) < 0)
			return -1;
		break;
	case META_KEYTEXT:
	case META_KEY64:
		f = bytes_text(m->key, m->key_len, mc->kind == META_KEY64,
		    &md->tmp);
		break;
	case META_PAYLOAD:
	case META_PAYLOAD64:
		f = bytes_text(m->payload, m->len, mc->kind == META_PAYLOAD64,
		    &md->tmp);
		break;
	case META_NONE:
		break;
	}
	return dec_setmeta(d, mc->col, f.s, f.n, why);
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
		if (metacol_set(md, &md->col[i], d, m, why) == -1)
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
