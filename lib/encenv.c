/* envelope: kcat -J's lines; kout takes the message itself out of the columns. */
#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "b64.h"
#include "die.h"
#include "enctext.h"
#include "envelope.h"

static void
env_open(struct enc *e)
{
	e->own = mem_alloc(sizeof(struct envelope));
}

static void
env_close(struct enc *e)
{
	env_free(e->own);
	free(e->own);
}

static void
env_bind1(struct enc *e, const struct head *h)
{
	(void)h;
	env_bind(e->own, e);
}

static void
member_name(struct buf *b, const char *name, char *sep)
{
	buf_addc(b, *sep);
	*sep = ',';
	buf_addc(b, '"');
	buf_adds(b, name);
	buf_adds(b, "\":");
}

/* Topic, partition, offset, tstype, ts: as JSON has them; null is left out. */
static void
member_plain(struct enc *e, struct rec *r, int which, struct buf *b, char *sep)
{
	struct envelope *v = e->own;
	const struct piece *p = v->member[which];
	struct field f;
	int k;

	if (p == NULL)
		return;
	if (p->col == 0) {
		member_name(b, "ts", sep);
		buf_addint(b, rec_time(r));
		return;
	}
	if (field_isnull(f = rec_field(r, p->col)))
		return;
	member_name(b, env_members[which].name, sep);
	if (which == ENV_TS || which == ENV_PARTITION || which == ENV_OFFSET)
		k = enc_value(b, TYPE_INT, f);
	else
		k = enc_string(b, f);
	if (k < 0)
		enc_bad(r, p, f, k);
}

static void
member_bytes(struct enc *e, const struct rec *r, int which, struct buf *b,
    char *sep)
{
	struct field f = env_bytes(e->own, r, which);

	if (f.s == NULL) {
		member_name(b, env_members[which].name, sep);
		buf_adds(b, "null");
	} else if (env_istext(f.s, f.n)) {
		member_name(b, env_members[which].name, sep);
		enc_json_string(b, f.s, f.n);
	} else {
		member_name(b, env_members[which + 1].name, sep);
		buf_addc(b, '"');
		b64_add(b, f.s, f.n);
		buf_addc(b, '"');
	}
}

static void
member_headers(struct enc *e, const struct rec *r, struct buf *b, char *sep)
{
	const struct jnode *nd, *kid;
	char comma = '[';
	bool base64;

	if ((nd = env_headers(e->own, r, &base64)) == NULL)
		return;
	member_name(b, base64 ? "headers64" : "headers", sep);
	for (kid = nd->kid; kid != NULL; kid = kid->next, comma = ',') {
		buf_addc(b, comma);
		if (kid->kind == JSON_NULL)
			buf_adds(b, "null");
		else
			enc_json_string(b, kid->s, kid->n);
	}
	if (comma == '[')
		buf_addc(b, '[');
	buf_addc(b, ']');
}

static void
env_rec(struct enc *e, struct rec *r, struct buf *b)
{
	char sep = '{';
	int i;

	for (i = ENV_TOPIC; i <= ENV_TS; i++)
		member_plain(e, r, i, b, &sep);
	member_headers(e, r, b, &sep);
	member_bytes(e, r, ENV_KEY, b, &sep);
	member_bytes(e, r, ENV_PAYLOAD, b, &sep);
	buf_addc(b, '}');
}

struct envelope *
env_of(struct enc *e)
{
	return e->format == &enc_envelope ? e->own : NULL;
}

const struct enc_format enc_envelope = {
	.spec = { .name = "envelope", .messages = true, .files = true },
	.paths = true,
	.lines = true,
	.open = env_open,
	.close = env_close,
	.bind = env_bind1,
	.rec = env_rec,
};
