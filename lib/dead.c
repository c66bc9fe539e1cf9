#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "b64.h"
#include "beside.h"
#include "dead.h"
#include "die.h"
#include "durable.h"
#include "enc.h"
#include "num.h"

void
dead_open(struct dead *d, const char *path, const struct deadway *way,
    void *arg)
{
	int fd;

	*d = (struct dead){ .path = path, .way = way, .arg = arg };
	if (way != NULL)
		return;
	if (strncmp(path, "kafka:", 6) == 0)
		errx(EXIT_USAGE, "-D: only kcat-in has a topic for bad "
		    "records: %s", path);
	/* append: what an earlier run could not read is still to be mended */
	if ((fd = io_open(path, O_WRONLY | O_CREAT | O_APPEND)) < 0)
		err(EXIT_BAD, "%s", path);
	out_init(&d->out, fd, path);
}

/* JSON can carry it, and then a stream. */
static bool
text_ok(struct field f)
{
	return f.n == 0 || (utf8_ok(f.s, f.n) && memchr(f.s, '\0', f.n) == NULL);
}

static void
text_add(struct buf *b, struct field f, bool ok)
{
	if (f.s == NULL) {
		buf_adds(b, "null");
	} else if (ok) {
		enc_json_string(b, f.s, f.n);
	} else {
		buf_addc(b, '"');
		b64_add(b, f.s, f.n);
		buf_addc(b, '"');
	}
}

/* "name":"text", or "name64":"base64" where JSON cannot carry the text. */
static void
dead_text(struct buf *b, const char *name, struct field f)
{
	bool ok = text_ok(f);

	buf_addc(b, '"');
	buf_adds(b, name);
	buf_adds(b, ok ? "\":" : "64\":");
	text_add(b, f, ok);
	buf_addc(b, ',');
}

static void
dead_string(struct buf *b, const char *name, const char *s)
{
	dead_text(b, name, (struct field){ s, strlen(s) });
}

static void
dead_number(struct buf *b, const char *name, int64_t v)
{
	buf_addc(b, '"');
	buf_adds(b, name);
	buf_adds(b, "\":");
	buf_addint(b, v);
	buf_addc(b, ',');
}

static void
dead_headers(struct buf *b, const struct letter *l)
{
	const struct pair *h = l->header;
	const char *name;
	bool ok = true;
	size_t i;

	for (i = 0; i < l->nheader; i++)
		ok = ok && text_ok(h[i].value);
	buf_adds(b, ok ? "\"headers\":" : "\"headers64\":");
	for (i = 0; i < l->nheader; i++) {
		buf_addc(b, i == 0 ? '[' : ',');
		/* Kafka's names are UTF-8; another is at least seen */
		if (text_ok(h[i].name)) {
			text_add(b, h[i].name, true);
		} else {
			name = show(h[i].name.s, h[i].name.n);
			enc_json_string(b, name, strlen(name));
		}
		buf_addc(b, ',');
		text_add(b, h[i].value, ok);
	}
	buf_adds(b, "],");
}

static void
dead_message(struct buf *b, const struct letter *l)
{
	if (l->tstype != NULL) {
		dead_string(b, "tstype", l->tstype);
		dead_number(b, "ts", l->ts);
	}
	if (l->nheader > 0)
		dead_headers(b, l);
	dead_text(b, "key", l->key);
}

static void
dead_line(struct buf *b, const struct letter *l, const char *why)
{
	const struct origin *from = l->from;
	const char *name = from->name != NULL ? from->name : "-";

	b->n = 0;
	buf_addc(b, '{');
	if (from->partition >= 0) {
		dead_string(b, "topic", name);
		dead_number(b, "partition", from->partition);
		dead_number(b, "offset", from->pos);
	} else {
		dead_string(b, "file", name);
		dead_number(b, from->partition == ORIGIN_RECORD ?
		    "record" : "line", from->pos);
	}
	dead_string(b, "reason", why);
	if (from->partition >= 0)
		dead_message(b, l);
	dead_text(b, "payload", l->data);
	b->n--;
	buf_adds(b, "}\n");
}

void
dead_put(struct dead *d, const struct letter *l, const char *why)
{
	d->n++;
	if (d->way != NULL) {
		d->way->put(d->arg, l, why);
		return;
	}
	dead_line(&d->line, l, why);
	out_put(&d->out, d->line.s, d->line.n);
	out_flush(&d->out);
}

void
dead_safe(struct dead *d)
{
	if (d->way != NULL)
		d->way->settle(d->arg);
}

void
dead_close(struct dead *d)
{
	if (d->way != NULL) {
		d->way->settle(d->arg);
		d->way->close(d->arg);
		return;
	}
	out_close(&d->out);
	buf_free(&d->line);
}

void
dead_keep(const struct dead *d)
{
	if (d->way == NULL)
		beside_keep(d->out.fd, d->path);
}

void
dead_save(struct dead *d, struct snap *s)
{
	if (d->way != NULL)
		d->way->settle(d->arg);
	else
		beside_save(d->out.fd, d->path, "letters", s);
}

void
dead_load(struct dead *d, const struct rec *r, const struct state *state,
    const char *id)
{
	d->placed = true;
	/* what has been sent to a topic stays: at least once */
	if (d->way == NULL)
		beside_load(d->out.fd, d->path, r, state, id);
}

/* The length that the file had when the source first had it, and that at an epoch. */
static const char first[] = "letters", joined[] = "letters.joined";

/* A note, of any epoch if id is NULL; false: there is none. */
static bool
length_get(const struct state *s, const char *name, const char *id, int64_t *n)
{
	char *text = durable_get(state_dir(s), name, state_path(s)), *at;
	bool is;

	if (text == NULL)
		return false;
	at = text + strcspn(text, "\t");
	is = id == NULL || (*at == '\t' && strcmp(at + 1, id) == 0);
	if (num_int(text, (size_t)(at - text), n) < 0)
		errx(EXIT_BAD, "%s/%s: not a length", state_path(s), name);
	free(text);
	return is;
}

/* The file back to the length that is noted; if none is, that which it has now is. */
static void
length_set(const struct dead *d, const struct state *s, const char *name,
    const char *id)
{
	struct buf b = { 0 };
	int64_t n, end = (int64_t)lseek(d->out.fd, 0, SEEK_END);

	if (length_get(s, name, id, &n)) {
		/* a shorter one is another, or was mended: nothing is in it twice */
		if (end > n)
			beside_cut(d->out.fd, d->path, n);
		return;
	}
	buf_addint(&b, end);
	if (id != NULL) {
		buf_addc(&b, '\t');
		buf_adds(&b, id);
	}
	buf_addc(&b, '\0');
	durable_put(state_dir(s), name, b.s, state_path(s));
	buf_free(&b);
}

void
dead_begin(struct dead *d, const struct state *s)
{
	d->placed = true;
	if (d->way == NULL)
		length_set(d, s, first, NULL);
}

void
dead_join(struct dead *d, const struct state *s, const char *id)
{
	int64_t n;

	d->placed = true;
	if (d->way != NULL)
		return;
	length_set(d, s, joined, id);
	if (!length_get(s, first, NULL, &n))
		length_set(d, s, first, NULL);
}
