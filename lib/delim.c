#include <err.h>
#include <stdio.h>

#include "delim.h"
#include "die.h"

#define VARINT_MOST 10		/* bytes */

/* Bytes of the varint that f begins with; 0: it goes on. */
static size_t
varint_get(struct field f, uint64_t *v)
{
	size_t i;

	for (*v = 0, i = 0; i < f.n && i < VARINT_MOST; i++) {
		*v |= (uint64_t)(f.s[i] & 0x7f) << (7 * i);
		if ((f.s[i] & 0x80) == 0)
			return i + 1;
	}
	return 0;
}

int
delim_read(struct dec *d, struct in *in, const char **why)
{
	struct raw *raw = &d->lane->raw;
	struct field f = in_bytes(in);
	char place[512];
	uint64_t len;
	size_t n;

	if (f.n == 0 && in->eof)
		return 0;
	n = varint_get(f, &len);
	raw->from = (struct origin){ in->from.name, ORIGIN_RECORD,
	    in->from.pos + 1 };
	if ((n == 0 && f.n >= VARINT_MOST) || (n > 0 && len > in->most)) {
		origin_show(&raw->from, place, sizeof place);
		errx(EXIT_BAD, "%s: no length of at most %zu bytes: not a file "
		    "of messages behind their lengths", place, in->most);
	}
	if (n > 0 && f.n - n >= len) {
		raw->record = (struct field){ f.s + n, (size_t)len };
		in_skip(in, n + (size_t)len);
		in->from.pos++;
		return 1;
	}
	if (!in->eof) {
		in_starve(in);
		return 3;
	}
	raw->record = (struct field){ f.s + n, f.n - n };
	snprintf(d->why, sizeof d->why, "the file ends within the message");
	*why = d->why;
	in_skip(in, f.n);
	in->from.pos++;
	return -1;
}

void
delim_put(struct buf *b, const char *s, size_t n)
{
	size_t len = n;

	for (; len >= 0x80; len >>= 7)
		buf_addc(b, (char)(len | 0x80));
	buf_addc(b, (char)len);
	buf_add(b, s, n);
}
