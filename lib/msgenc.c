#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "b64.h"
#include "die.h"
#include "envelope.h"
#include "msgenc.h"

#define HEADER "_header."

struct header { size_t col; const char *name; };

static struct enc *
msgenc_enc(const struct msgenc *m, const char *format, const char *fields,
    const char *subject)
{
	return enc_new(&(struct enc_opts){ .formats = enc_all, .spec = format,
	    .fields = fields, .stamp = m->stamp, .registry = m->registry,
	    .subject = subject });
}

/* Confluent's TopicNameStrategy. */
static char *
msgenc_subject(const struct msgenc *m, const char *what)
{
	struct buf b = { 0 };

	buf_adds(&b, m->topic);
	buf_adds(&b, what);
	buf_addc(&b, '\0');
	return b.s;
}

void
msgenc_open(struct msgenc *m)
{
	m->line = m->key = -1;
	m->subject = msgenc_subject(m, "-value");
	m->keysubject = msgenc_subject(m, "-key");
	m->enc = msgenc_enc(m, m->format, m->fields, m->subject);
}

void
msgenc_topic(struct msgenc *m, rd_kafka_topic_t *rkt)
{
	m->vu[VU_TOPIC].vtype = RD_KAFKA_VTYPE_RKT;
	m->vu[VU_TOPIC].u.rkt = rkt;
	m->vu[VU_COPY].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
	m->vu[VU_COPY].u.i = RD_KAFKA_MSG_F_COPY;
	m->vu[VU_TIME].vtype = RD_KAFKA_VTYPE_TIMESTAMP;
	m->vu[VU_LINE].vtype = RD_KAFKA_VTYPE_OPAQUE;
	m->vu[VU_VALUE].vtype = RD_KAFKA_VTYPE_VALUE;
	m->vu[VU_KEY].vtype = RD_KAFKA_VTYPE_KEY;
	m->vu[VU_HEADERS].vtype = RD_KAFKA_VTYPE_HEADERS;
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
msgenc_headers(struct msgenc *m, const struct head *in)
{
	size_t i, len = strlen(HEADER);
	struct buf rest = { 0 };

	for (i = 1; i < in->ncol; i++) {
		if (strncmp(in->col[i].name, HEADER, len) != 0) {
			list_add(&rest, in->col[i].name);
			continue;
		}
		m->header = mem_grow(m->header, m->nheader + 1,
		    sizeof *m->header);
		m->header[m->nheader++] = (struct header){ i,
		    mem_copy(in->col[i].name + len,
		    strlen(in->col[i].name + len)) };
	}
	if (m->nheader > 0 && m->fields == NULL) {
		if (rest.n == 0)
			errx(EXIT_BAD, "all columns are headers: "
			    "say with -f which are the payload");
		buf_addc(&rest, '\0');
		m->fields = rest.s;	/* stays */
		enc_free(m->enc);
		m->enc = msgenc_enc(m, m->format, m->fields, m->subject);
	} else {
		buf_free(&rest);
	}
}

/* One name: its text.  Several: encoded as -s says, as csv for lines. */
static void
msgenc_key(struct msgenc *m, const struct head *in)
{
	struct buf list = { 0 };
	size_t i, n, *col;

	if (m->keys != NULL)
		buf_adds(&list, m->keys);
	else
		for (i = 0; i < in->nkey; i++)
			list_add(&list, in->key[i]);
	buf_addc(&list, '\0');
	if (*list.s != '\0' && m->env != NULL && m->keys != NULL)
		errx(EXIT_USAGE, "-k: the key is the envelope's");
	if (*list.s != '\0' && m->env == NULL) {
		col = head_names(in, list.s, &n);
		if (n == 1) {
			m->key = (ptrdiff_t)col[0];
		} else {
			m->keyenc = msgenc_enc(m, enc_single(m->enc) ? "csv" :
			    m->format, list.s, m->keysubject);
			enc_bind(m->keyenc, in);
		}
		free(col);
	}
	buf_free(&list);
}

void
msgenc_head(struct msgenc *m, const struct head *in)
{
	msgenc_headers(m, in);
	m->env = env_of(m->enc);
	msgenc_key(m, in);
	enc_bind(m->enc, in);
	if (enc_single(m->enc))
		m->line = m->fields != NULL ? head_find(in, m->fields) : 1;
	m->nvu = m->nheader > 0 || m->env != NULL ? VU_N : VU_HEADERS;
}

/* A column as bytes; s NULL: it is null.  Put behind what tmp holds. */
static struct field
msgenc_raw(struct msgenc *m, struct rec *r, size_t col)
{
	size_t at = m->tmp.n;
	struct field f;

	if (col == 0) {
		buf_addint(&m->tmp, rec_time(r));
		return (struct field){ m->tmp.s + at, m->tmp.n - at };
	}
	f = rec_field(r, col);
	if (field_isnull(f))
		return (struct field){ NULL, 0 };
	if (esc_undo(f, &m->tmp, &f) < 0)
		rec_bad(r, "a broken escape: \"%s\"", show(f.s, f.n));
	return f;
}

/* Those of an envelope. */
static void
headers_env(struct msgenc *m, struct rec *r, rd_kafka_headers_t *h)
{
	const struct jnode *nd, *val;
	struct field f;
	bool base64;

	if ((nd = env_headers(m->env, r, &base64)) == NULL)
		return;
	for (nd = nd->kid; nd != NULL; nd = val->next) {
		val = nd->next;
		f = (struct field){ NULL, 0 };
		if (val->kind != JSON_NULL)
			f = (struct field){ val->s, val->n };
		m->tmp.n = 0;
		if (f.s != NULL && base64) {
			if (b64_undo(&m->tmp, f.s, f.n) < 0)
				rec_bad(r, "field headers64: not base64: "
				    "\"%s\"", show(f.s, f.n));
			buf_room(&m->tmp, 1);
			f = (struct field){ m->tmp.s, m->tmp.n };
		}
		rd_kafka_header_add(h, nd->s, (ssize_t)nd->n, f.s,
		    (ssize_t)f.n);
	}
}

static rd_kafka_headers_t *
headers_make(struct msgenc *m, struct rec *r)
{
	rd_kafka_headers_t *h = rd_kafka_headers_new(m->nheader);
	struct field f;
	size_t i;

	if (m->env != NULL)
		headers_env(m, r, h);

	for (i = 0; i < m->nheader; i++) {
		m->tmp.n = 0;
		f = msgenc_raw(m, r, m->header[i].col);
		if (f.s != NULL)
			rd_kafka_header_add(h, m->header[i].name, -1, f.s,
			    (ssize_t)f.n);
	}
	return h;
}

static struct field
key_make(struct msgenc *m, struct rec *r)
{
	if (m->env != NULL)
		return env_bytes(m->env, r, ENV_KEY);
	if (m->keyenc != NULL) {
		m->keytext.n = 0;
		enc_rec(m->keyenc, r, &m->keytext);
		return (struct field){ m->keytext.s, m->keytext.n };
	}
	if (m->key < 0)
		return (struct field){ NULL, 0 };
	m->tmp.n = 0;
	return msgenc_raw(m, r, (size_t)m->key);
}

void
msgenc_rec(struct msgenc *m, struct rec *r)
{
	struct field key, val = { NULL, 0 };
	int64_t ms = rec_time(r);

	/* the client takes 0 for "now", the broker those below for "none" */
	if (ms <= 0)
		rec_bad(r, "time %lld: a Kafka timestamp is later than 1970 "
		    "began", (long long)ms);
	if (m->env != NULL) {
		val = env_bytes(m->env, r, ENV_PAYLOAD);
	} else if (m->line < 0 || !field_isnull(rec_field(r, (size_t)m->line))) {
		m->val.n = 0;
		buf_room(&m->val, 1);	/* empty is not null */
		enc_rec(m->enc, r, &m->val);
		val = (struct field){ m->val.s, m->val.n };
	}
	m->vu[VU_TIME].u.i64 = ms;
	m->vu[VU_LINE].u.ptr = (void *)(intptr_t)(r->from != NULL ?
	    r->from->pos : 0);
	m->vu[VU_VALUE].u.mem.ptr = (void *)(uintptr_t)val.s;
	m->vu[VU_VALUE].u.mem.size = val.n;
	if (m->nvu == VU_N)
		m->vu[VU_HEADERS].u.headers = headers_make(m, r);
	key = key_make(m, r);
	m->vu[VU_KEY].u.mem.ptr = (void *)(uintptr_t)key.s;
	m->vu[VU_KEY].u.mem.size = key.n;
}
