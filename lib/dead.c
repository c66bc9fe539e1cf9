#include <err.h>
#include <fcntl.h>
#include <string.h>

#include "b64.h"
#include "dead.h"
#include "die.h"
#include "enc.h"

void
dead_open(struct dead *d, const char *path)
{
	/* append: what an earlier run could not read is still to be mended */
	int fd = io_open(path, O_WRONLY | O_CREAT | O_APPEND);

	if (fd < 0)
		err(EXIT_BAD, "%s", path);
	*d = (struct dead){ .path = path };
	out_init(&d->out, fd, path);
}

/* "name":"text", or "name64":"base64" where JSON cannot carry the text. */
static void
dead_text(struct buf *b, const char *name, const char *s, size_t n)
{
	bool ok = utf8_ok(s, n);

	buf_addc(b, '"');
	buf_adds(b, name);
	buf_adds(b, ok ? "\":" : "64\":");
	if (ok) {
		enc_json_string(b, s, n);
	} else {
		buf_addc(b, '"');
		b64_add(b, s, n);
		buf_addc(b, '"');
	}
	buf_addc(b, ',');
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

void
dead_put(struct dead *d, const struct origin *from, struct field raw,
    const struct field *key, const char *why)
{
	const char *name = from->name != NULL ? from->name : "-";
	struct buf *b = &d->line;

	b->n = 0;
	buf_addc(b, '{');
	if (from->partition >= 0) {
		dead_text(b, "topic", name, strlen(name));
		dead_number(b, "partition", from->partition);
		dead_number(b, "offset", from->pos);
	} else {
		dead_text(b, "file", name, strlen(name));
		dead_number(b, from->partition == ORIGIN_RECORD ?
		    "record" : "line", from->pos);
	}
	dead_text(b, "reason", why, strlen(why));
	if (key != NULL)
		dead_text(b, "key", key->s, key->n);
	dead_text(b, "data", raw.s, raw.n);
	b->n--;
	buf_adds(b, "}\n");
	out_put(&d->out, b->s, b->n);
	out_flush(&d->out);
	d->n++;
}

void
dead_close(struct dead *d)
{
	out_close(&d->out);
	buf_free(&d->line);
}
