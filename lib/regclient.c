#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dec.h"
#include "die.h"
#include "enc.h"
#include "http.h"
#include "jtree.h"
#include "regcache.h"
#include "regclient.h"

#define NONE_MOST 256		/* ids that are not there, remembered */
#define REFS_MOST 1000		/* schemas that one is made of */

struct known { int32_t id; char *kind, *text; };

struct client {
	struct registry registry;	/* first: what the formats see */
	const struct regconf *conf;
	struct http *http;
	struct jtree *tree;
	struct known *known;
	size_t nknown;
	int32_t none[NONE_MOST];
	size_t nnone;
	char *cache;			/* a directory; NULL: none */
	struct buf latest;
	char why[1024];
};

static int
client_bad(struct client *c, const char **why, const char *what,
    const char *text, int k)
{
	char old[768];

	/* text may be what why holds */
	snprintf(old, sizeof old, "%s", text);
	snprintf(c->why, sizeof c->why, "%s: %s", what, old);
	*why = c->why;
	return k;
}

/*
 * An answer that is no 200: what it means, and what the registry itself says,
 * {"error_code":40403,"message":"Schema 7 not found"}.
 */
static int
answer_bad(struct client *c, int status, const struct buf *answer,
    const char *what, const char **why)
{
	const struct jnode *nd = jtree_parse(c->tree, answer->s, answer->n, why);
	const char *say = nd != NULL ? jtree_string(nd, "message") : NULL;
	char text[700], said[400] = "";
	size_t i;

	if (say != NULL)
		snprintf(said, sizeof said, ": %s", say);
	for (i = 0; said[i] != '\0'; i++)
		if ((unsigned char)said[i] < ' ' || said[i] == 0x7f)
			said[i] = ' ';
	snprintf(text, sizeof text, "the registry %.200s answers %d%s",
	    http_last(c->http), status, said);
	return client_bad(c, why, what, text, status == 401 || status == 403 ||
	    status == 407 ? DEC_FATAL : status == 429 || status >= 500 ?
	    DEC_TEMP : -1);
}

/* An answer that is none of a schema registry's: somebody else may be at its URL. */
static int
answer_odd(struct client *c, const char *text, const char *what,
    const char **why)
{
	char said[300];

	snprintf(said, sizeof said, "the registry %.200s: %s",
	    http_last(c->http), text);
	return client_bad(c, why, what, said, DEC_FATAL);
}

/* Asks, and takes the answer apart.  0, or as struct registry has it. */
static int
client_ask(struct client *c, const char *path, const struct buf *body,
    const char *what, const struct jnode **nd, const char **why)
{
	const struct buf *answer;
	int k = http_ask(c->http, path, body, &answer, why);

	if (k < 0)
		return client_bad(c, why, what, *why, k);
	if (k != 200)
		return answer_bad(c, k, answer, what, why);
	*nd = jtree_parse(c->tree, answer->s, answer->n, why);
	if (*nd == NULL || (*nd)->kind != JSON_TREE || !(*nd)->object)
		return answer_odd(c, "the answer is not that of a schema "
		    "registry", what, why);
	return 0;
}

/* Line ends are blanks in JSON, so that a schema is one line. */
static void
text_add(struct buf *b, const char *s)
{
	for (; *s != '\0'; s++)
		buf_addc(b, *s == '\n' || *s == '\r' ? ' ' : *s);
}

struct seen { char **ref; size_t n; };

static int refs_add(struct client *, const struct jnode *, struct buf *, struct seen *, const char *, const char **);

/* A schema that another one names, and those that it names, each a line. */
static int
ref_add(struct client *c, const char *subject, int64_t version,
    struct buf *text, struct seen *seen, const char *what, const char **why)
{
	const struct jnode *nd = NULL;
	const char *schema;
	struct buf path = { 0 };
	char *name = http_escape(c->http, subject), *own;
	size_t i;
	int k;

	buf_adds(&path, "/subjects/");
	buf_adds(&path, name);
	buf_adds(&path, "/versions/");
	buf_addint(&path, version);
	buf_addc(&path, '\0');
	free(name);
	for (i = 0; i < seen->n; i++)
		if (strcmp(seen->ref[i], path.s) == 0) {
			buf_free(&path);
			return 0;
		}
	if (seen->n == REFS_MOST) {
		buf_free(&path);
		return client_bad(c, why, what, "too many references", -1);
	}
	seen->ref = mem_grow(seen->ref, seen->n + 1, sizeof *seen->ref);
	seen->ref[seen->n++] = path.s;
	if ((k = client_ask(c, path.s, NULL, what, &nd, why)) < 0)
		return k;
	if ((schema = jtree_string(nd, "schema")) == NULL)
		return client_bad(c, why, what, "a reference without a schema", -1);
	own = mem_copy(schema, strlen(schema));
	k = refs_add(c, nd, text, seen, what, why);
	text_add(text, own);
	buf_addc(text, '\n');
	free(own);
	return k;
}

/* What "references" lists; nd is gone then. */
static int
refs_add(struct client *c, const struct jnode *nd, struct buf *text,
    struct seen *seen, const char *what, const char **why)
{
	struct ref { char *subject; int64_t version; } *ref = NULL;
	const struct jnode *list = jtree_member(nd, "references", 10), *kid, *v;
	const char *subject;
	size_t i, n = 0;
	int k = 0;

	if (list == NULL || list->kind != JSON_TREE)
		return 0;
	for (kid = list->kid; kid != NULL; kid = kid->next) {
		subject = jtree_string(kid, "subject");
		v = jtree_member(kid, "version", 7);
		if (subject == NULL || v == NULL || v->kind != JSON_NUMBER)
			continue;
		ref = mem_grow(ref, n + 1, sizeof *ref);
		ref[n].subject = mem_copy(subject, strlen(subject));
		ref[n++].version = strtoll(v->s, NULL, 10);
	}
	for (i = 0; i < n; i++) {
		if (k == 0)
			k = ref_add(c, ref[i].subject, ref[i].version, text,
			    seen, what, why);
		free(ref[i].subject);
	}
	free(ref);
	return k;
}

/* A schema in an answer, with those that it names in front. */
static int
schema_take(struct client *c, const struct jnode *nd, struct buf *text,
    char **kind, const char *what, const char **why)
{
	const char *schema = jtree_string(nd, "schema");
	const char *type = jtree_string(nd, "schemaType");
	struct seen seen = { 0 };
	char *own;
	size_t i;
	int k;

	if (schema == NULL)
		return answer_odd(c, "the answer has no schema", what, why);
	own = mem_copy(schema, strlen(schema));
	*kind = mem_copy(type != NULL ? type : "AVRO",
	    strlen(type != NULL ? type : "AVRO"));
	k = refs_add(c, nd, text, &seen, what, why);
	text_add(text, own);
	buf_addc(text, '\0');
	free(own);
	for (i = 0; i < seen.n; i++)
		free(seen.ref[i]);
	free(seen.ref);
	if (k < 0)
		free(*kind);
	return k;
}

static const struct known *
known_add(struct client *c, int32_t id, char *kind, char *text)
{
	c->known = mem_grow(c->known, c->nknown + 1, sizeof *c->known);
	c->known[c->nknown] = (struct known){ id, kind, text };
	return &c->known[c->nknown++];
}

static int
schema_fetch(struct client *c, int32_t id, const char *what,
    const struct known **found, const char **why)
{
	const struct jnode *nd = NULL;
	struct buf text = { 0 };
	char path[64], *kind;
	int k;

	snprintf(path, sizeof path, "/schemas/ids/%d", (int)id);
	if ((k = client_ask(c, path, NULL, what, &nd, why)) < 0 ||
	    (k = schema_take(c, nd, &text, &kind, what, why)) < 0) {
		buf_free(&text);
		return k;
	}
	regcache_put(c->cache, id, kind, text.s);
	*found = known_add(c, id, kind, text.s);
	return 0;
}

static int
client_schema(struct registry *r, int32_t id, const char **text,
    const char **kind, const char **why)
{
	struct client *c = (struct client *)r;
	const struct known *found = NULL;
	char what[64], *ctext, *ckind;
	size_t i;
	int k;

	snprintf(what, sizeof what, "schema id %d", (int)id);
	for (i = 0; i < c->nknown && found == NULL; i++)
		if (c->known[i].id == id)
			found = &c->known[i];
	for (i = 0; i < NONE_MOST && i < c->nnone && found == NULL; i++)
		if (c->none[i] == id)
			return client_bad(c, why, what, "the registry has no "
			    "such schema", -1);
	if (found == NULL && regcache_get(c->cache, id, &ckind, &ctext) == 0)
		found = known_add(c, id, ckind, ctext);
	if (found == NULL &&
	    (k = schema_fetch(c, id, what, &found, why)) < 0) {
		if (k == -1)
			c->none[c->nnone++ % NONE_MOST] = id;
		return k;
	}
	*text = found->text;
	*kind = found->kind;
	return 0;
}

static void
path_subject(struct client *c, struct buf *path, const char *subject,
    const char *rest)
{
	char *name = http_escape(c->http, subject);

	buf_adds(path, "/subjects/");
	buf_adds(path, name);
	buf_adds(path, rest);
	buf_addc(path, '\0');
	free(name);
}

static int
id_take(struct client *c, const struct jnode *nd, int32_t *id,
    const char *what, const char **why)
{
	const struct jnode *v = jtree_member(nd, "id", 2);
	long n = v != NULL && v->kind == JSON_NUMBER ? strtol(v->s, NULL, 10) : -1;

	if (n < 0 || n > INT32_MAX)
		return answer_odd(c, "the answer has no id", what, why);
	*id = (int32_t)n;
	return 0;
}

static int
client_id(struct registry *r, const char *subject, const char *kind,
    const char *text, int32_t *id, const char **why)
{
	struct client *c = (struct client *)r;
	const struct jnode *nd = NULL;
	struct buf path = { 0 }, body = { 0 };
	char what[300];
	int k;

	snprintf(what, sizeof what, "subject %.256s", subject);
	path_subject(c, &path, subject, c->conf->keep ? "" : "/versions");
	buf_adds(&body, "{\"schema\":");
	enc_json_string(&body, text, strlen(text));
	if (strcmp(kind, "AVRO") != 0) {
		buf_adds(&body, ",\"schemaType\":");
		enc_json_string(&body, kind, strlen(kind));
	}
	buf_addc(&body, '}');
	if ((k = client_ask(c, path.s, &body, what, &nd, why)) == 0)
		k = id_take(c, nd, id, what, why);
	buf_free(&path);
	buf_free(&body);
	return k;
}

static int
client_latest(struct registry *r, const char *subject, int32_t *id,
    const char **text, const char **why)
{
	struct client *c = (struct client *)r;
	const struct jnode *nd = NULL;
	struct buf path = { 0 };
	char what[300], *kind;
	int k;

	snprintf(what, sizeof what, "subject %.256s", subject);
	path_subject(c, &path, subject, "/versions/latest");
	c->latest.n = 0;
	if ((k = client_ask(c, path.s, NULL, what, &nd, why)) == 0 &&
	    (k = id_take(c, nd, id, what, why)) == 0 &&
	    (k = schema_take(c, nd, &c->latest, &kind, what, why)) == 0)
		free(kind);
	*text = c->latest.s;
	buf_free(&path);
	return k;
}

struct registry *
regclient_new(const struct regconf *conf)
{
	const char *url = conf->url != NULL ? conf->url :
	    getenv("WEIR_REGISTRY");
	struct client *c;

	if (url == NULL || *url == '\0')
		return NULL;
	c = mem_alloc(sizeof *c);
	c->registry = (struct registry){ client_schema, client_id,
	    client_latest, conf->latest };
	c->conf = conf;
	c->http = http_new(url, conf);
	c->tree = jtree_new();
	c->cache = regcache_open(http_url(c->http));
	return &c->registry;
}

void
regclient_free(struct registry *r)
{
	struct client *c = (struct client *)r;
	size_t i;

	if (c == NULL)
		return;
	for (i = 0; i < c->nknown; i++) {
		free(c->known[i].kind);
		free(c->known[i].text);
	}
	free(c->known);
	free(c->cache);
	buf_free(&c->latest);
	jtree_free(c->tree);
	http_free(c->http);
	free(c);
}
