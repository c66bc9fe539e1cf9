#include <err.h>
#include <string.h>

#include "b64.h"
#include "die.h"
#include "envelope.h"

const struct env_member env_members[ENV_N] = {
	{ "topic", TYPE_STR, META_TOPIC },
	{ "partition", TYPE_INT, META_PARTITION },
	{ "offset", TYPE_INT, META_OFFSET },
	{ "tstype", TYPE_STR, META_TSTYPE },
	{ "ts", TYPE_TIME, META_TIMESTAMP },
	{ "headers", TYPE_STR, META_HEADERS },
	{ "headers64", TYPE_STR, META_HEADERS64 },
	{ "key", TYPE_STR, META_KEYTEXT },
	{ "key64", TYPE_STR, META_KEY64 },
	{ "payload", TYPE_STR, META_PAYLOAD },
	{ "payload64", TYPE_STR, META_PAYLOAD64 },
};

int
env_find(const char *name)
{
	int i;

	for (i = 0; i < ENV_N; i++)
		if (strcmp(env_members[i].name, name) == 0)
			return i;
	return -1;
}

bool
env_istext(const char *s, size_t n)
{
	return n == 0 || (memchr(s, '\0', n) == NULL && utf8_ok(s, n));
}

void
env_bind(struct envelope *v, const struct enc *e)
{
	const struct piece *p;
	int i;

	memset(v->member, 0, sizeof v->member);
	for (p = e->piece; p < e->piece + e->n; p++) {
		/* the time is ts, whatever it is called here */
		i = p->col == 0 ? ENV_TS : env_find(p->path);
		if (i < 0 || p->kind != NULL)
			errx(EXIT_BAD, "-s envelope: no member is named %s: "
			    "-f names what is to be written",
			    show(p->path, strlen(p->path)));
		/* the time is ts unless a column has that name */
		if (v->member[i] == NULL || p->col > 0)
			v->member[i] = p;
	}
	if (v->member[ENV_PAYLOAD] == NULL && v->member[ENV_PAYLOAD64] == NULL)
		errx(EXIT_BAD, "-s envelope: there is no column payload");
	if (v->tree == NULL)
		v->tree = jtree_new();
}

void
env_free(struct envelope *v)
{
	jtree_free(v->tree);
	buf_free(&v->tmp);
	buf_free(&v->key);
	buf_free(&v->payload);
}

/* A column's raw text behind what b holds; s NULL: null, or no column. */
static struct field
member_raw(const struct rec *r, const struct piece *p, struct buf *b)
{
	struct field f;

	if (p == NULL || field_isnull(f = rec_field(r, p->col)))
		return (struct field){ NULL, 0 };
	if (esc_undo(f, b, &f) < 0)
		rec_bad(r, "field %s has a broken escape: \"%s\"", p->name,
		    show(f.s, f.n));
	return f;
}

struct field
env_bytes(struct envelope *v, const struct rec *r, int which)
{
	const struct piece *p = v->member[which + 1];
	struct buf *b = which == ENV_KEY ? &v->key : &v->payload;
	struct field f, packed;

	b->n = v->tmp.n = 0;
	f = member_raw(r, v->member[which], b);
	packed = member_raw(r, p, &v->tmp);
	if (packed.s == NULL)
		return f;
	if (f.s != NULL)
		rec_bad(r, "both %s and %s are there", env_members[which].name,
		    p->name);
	if (b64_undo(b, packed.s, packed.n) < 0)
		rec_bad(r, "field %s is not base64: \"%s\"", p->name,
		    show(packed.s, packed.n));
	buf_room(b, 1);
	return (struct field){ b->s, b->n };
}

static bool
headers_ok(const struct jnode *nd)
{
	const struct jnode *kid;
	bool name = true;

	if (nd->kind != JSON_TREE || nd->object || nd->n % 2 != 0)
		return false;
	for (kid = nd->kid; kid != NULL; kid = kid->next, name = !name)
		if (kid->kind != JSON_STRING && (name || kid->kind != JSON_NULL))
			return false;
	return true;
}

const struct jnode *
env_headers(struct envelope *v, const struct rec *r, bool *base64)
{
	const struct jnode *nd;
	const char *why = "not a list of names and values";
	struct field f;

	v->tmp.n = 0;
	f = member_raw(r, v->member[ENV_HEADERS], &v->tmp);
	*base64 = f.s == NULL;
	if (*base64)
		f = member_raw(r, v->member[ENV_HEADERS64], &v->tmp);
	if (f.s == NULL)
		return NULL;
	if ((nd = jtree_parse(v->tree, f.s, f.n, &why)) == NULL ||
	    !headers_ok(nd))
		rec_bad(r, "field %s: %s: \"%s\"", *base64 ? "headers64" :
		    "headers", why, show(f.s, f.n));
	return nd;
}
