/* avro: container files, and messages in Confluent's framing or bare. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "avrofile.h"
#include "avrowalk.h"
#include "decavro.h"
#include "die.h"
#include "registry.h"
#include "steps.h"

/* A writer's schema, and how it is read. */
struct use {
	int32_t id;		/* the registry's; or 0 */
	char *text;		/* of a container's; or NULL */
	size_t n;
	struct avro_schema *schema;	/* NULL: the reader's own */
	struct avro_pairs pairs;
	struct avro_res *res;
	struct avro_want *want;
	struct use *next;
};

struct avrodec {
	struct avro_schema *reader;	/* NULL: each is read as it was written */
	bool given;		/* by -s, so all that is wanted is in it */
	struct use *all, *cur;
	struct avro_walk walk;
};

/* What a column is when nobody says so. */
static enum type
avro_coltype(const struct avro_type *t)
{
	enum type type = TYPE_STR, k;
	bool any = false;
	size_t i;

	switch (t->logical) {
	case LOGICAL_DATE:
	case LOGICAL_STAMP_MS:
	case LOGICAL_STAMP_US:
	case LOGICAL_LOCAL_MS:
	case LOGICAL_LOCAL_US:
		return TYPE_TIME;
	default:
		break;
	}
	switch (t->kind) {
	case AVRO_BOOLEAN:
		return TYPE_BOOL;
	case AVRO_INT:
	case AVRO_LONG:
		return TYPE_INT;
	case AVRO_FLOAT:
	case AVRO_DOUBLE:
		return TYPE_FLOAT;
	case AVRO_UNION:
		/* of several kinds of value only text can be all */
		for (i = 0; i < t->n; i++) {
			if (t->branch[i]->kind == AVRO_NULL)
				continue;
			k = avro_coltype(t->branch[i]);
			type = !any || k == type ? k : TYPE_STR;
			any = true;
		}
		return type;
	default:
		return TYPE_STR;
	}
}

static void
record_columns(struct cols *c, const struct avro_type *t)
{
	const struct avro_field *f;
	size_t i;

	for (f = t->field; f < t->field + t->n; f++) {
		for (i = 0; i < c->n; i++)
			if (strcmp(c->col[i].name, f->name) == 0)
				break;
		if (i == c->n)
			cols_add(c, f->name, strlen(f->name),
			    avro_coltype(f->type));
		else if (c->col[i].type != avro_coltype(f->type))
			c->col[i].type = TYPE_STR;
	}
}

/* The fields of the record, or of those that a union may be; else the value. */
static void
schema_columns(struct cols *c, const struct avro_type *t)
{
	size_t i;

	if (t->kind == AVRO_RECORD)
		record_columns(c, t);
	for (i = 0; t->kind == AVRO_UNION && i < t->n; i++)
		if (t->branch[i]->kind == AVRO_RECORD)
			record_columns(c, t->branch[i]);
	if (c->n == 0)
		cols_add(c, AVRO_WHOLE, strlen(AVRO_WHOLE), avro_coltype(t));
}

/* Of a schema that is given, all that is wanted is known. */
static void
reader_check(struct dec *d, struct avrodec *a)
{
	struct avro_pairs pairs = { 0 };
	const struct col *nowhere;
	const char *why;

	(void)avro_plan(&pairs, avro_pair(&pairs, avro_root(a->reader), NULL,
	    &why), &d->row, &nowhere);
	if (nowhere != NULL)
		errx(EXIT_USAGE, "-f: nothing in the schema is named %s",
		    nowhere->path);
	avro_unpair(&pairs);
}

static void
avro_open(struct dec *d)
{
	struct avrodec *a = mem_alloc(sizeof *a);
	struct buf text = { 0 };
	const struct col *c;
	struct step *step;
	size_t n;

	d->own = a;
	a->walk.row = &d->row;
	if (d->opts.kafka && d->opts.registry == NULL && d->arg == NULL)
		errx(EXIT_USAGE, "-s avro: where are the schemas?  "
		    "-X schema.registry.url=, or -s avro:FILE");
	for (c = d->row.cols.col; c < d->row.cols.col + d->row.cols.n; c++) {
		if (!col_own(c))
			continue;
		if ((step = steps_parse(c->path, &n)) == NULL)
			errx(EXIT_USAGE, "-f: not a path such as a.b or "
			    "a[0].b: %s", c->path);
		free(step);
	}
	if (d->arg == NULL)
		return;
	a->reader = avro_load(d->arg, &text);
	buf_free(&text);
	a->given = true;
	if (d->named)
		reader_check(d, a);
	else
		schema_columns(&d->row.cols, avro_root(a->reader));
}

static void
use_free(struct use *u)
{
	avro_unpair(&u->pairs);
	avro_free(u->schema);
	free(u->text);
	free(u);
}

static void
avro_close(struct dec *d)
{
	struct avrodec *a = d->own;
	struct use *u, *next;
	bool own = a->given;

	for (u = a->all; u != NULL; u = next) {
		next = u->next;
		/* the first writer's schema may be the reader's */
		use_free(u);
	}
	if (own)
		avro_free(a->reader);
	avro_walkfree(&a->walk);
	free(a);
	d->own = NULL;
}

/*
 * A schema that has come: how it is read.  NULL and *why.  Without a schema of
 * -s and without -f the first one says what all are read as.
 */
static struct use *
use_new(struct dec *d, const char *text, size_t n, const char **why)
{
	struct avrodec *a = d->own;
	const struct avro_type *root;
	struct use *u = mem_alloc(sizeof *u);
	const struct col *nowhere;

	if (text != NULL && (u->schema = avro_parse(text, n, why)) == NULL) {
		use_free(u);
		return NULL;
	}
	root = avro_root(text != NULL ? u->schema : a->reader);
	if (!d->named && a->reader == NULL)
		a->reader = u->schema;
	u->res = avro_pair(&u->pairs, root, a->reader != NULL ?
	    avro_root(a->reader) : NULL, why);
	if (u->res == NULL) {
		/* why is the pair's */
		snprintf(d->why, sizeof d->why, "%s", *why);
		*why = d->why;
		if (a->reader == u->schema)
			a->reader = NULL;
		use_free(u);
		return NULL;
	}
	if (!dec_known(d))
		schema_columns(&d->row.cols, avro_root(a->reader));
	u->want = avro_plan(&u->pairs, u->res, &d->row, &nowhere);
	u->next = a->all;
	return a->all = u;
}

/* The columns came with the schema. */
static void
avro_columns(struct dec *d)
{
	(void)d;
}

/* What a container says of itself; no record of such a file can be read. */
static void
avro_head(struct dec *d, struct in *in, const struct avrofile *f)
{
	struct avrodec *a = d->own;
	const char *why, *name = in->from.name != NULL ? in->from.name :
	    "standard input";
	struct use *u;

	for (u = a->all; u != NULL; u = u->next)
		if (u->text != NULL && u->n == f->nschema &&
		    memcmp(u->text, f->schema, u->n) == 0)
			break;
	if (u == NULL) {
		if ((u = use_new(d, f->schema, f->nschema, &why)) == NULL)
			errx(EXIT_BAD, "%s: the container's schema: %s", name, why);
		u->text = mem_copy(f->schema, f->nschema);
		u->n = f->nschema;
	}
	a->cur = u;
}

static int
avro_read1(struct dec *d, struct in *in, const char **why)
{
	struct lane *l = d->lane;
	struct avrofile *f = l->own;
	bool head;
	int k;

	if (f == NULL)
		f = l->own = mem_alloc(sizeof *f);
	l->raw.from = (struct origin){ in->from.name, ORIGIN_RECORD,
	    in->from.pos + 1 };
	head = f->schema == NULL;
	k = avrofile_next(f, in, &l->raw.record, why);
	if (k == -2)
		errx(EXIT_BAD, "%s: %s", in->from.name != NULL ?
		    in->from.name : "standard input", *why);
	if (k != 1)
		return k;
	if (head) {
		avro_head(d, in, f);
		f->use = ((struct avrodec *)d->own)->cur;
		if (!dec_known(d))
			return 2;
		return avro_read1(d, in, why);
	}
	in->from.pos++;
	l->raw.record = (struct field){ f->at, (size_t)(f->end - f->at) };
	return 1;
}

static void
avro_lane(struct lane *l)
{
	if (l->own != NULL)
		avrofile_free(l->own);
	free(l->own);
	l->own = NULL;
}

/* A record of a container's block. */
static int
file_row(struct dec *d, struct avrofile *f, const char **why)
{
	struct avrodec *a = d->own;
	struct avro_walk *w = &a->walk;
	const struct use *u = f->use;
	int k;

	w->s = f->at;
	w->end = f->end;
	k = avro_read(w, u->res, u->want);
	f->left--;
	if (w->why == NULL) {
		d->lane->raw.record.n = (size_t)(w->s - f->at);
		f->at = w->s;
		*why = w->unfit;
		return k;
	}
	snprintf(d->why, sizeof d->why, "%s; with it %lld more of its block "
	    "are lost", w->why, (long long)f->left);
	*why = f->left > 0 ? d->why : w->why;
	f->left = 0;
	f->at = f->end;
	return -1;
}

static int
message_row(struct dec *d, const char **why)
{
	struct avrodec *a = d->own;
	struct avro_walk *w = &a->walk;
	const struct use *u = a->cur;
	const struct field *raw = &d->lane->raw.record;
	int32_t id;
	int k;

	w->s = raw->s + (u->id != 0 ? FRAME_LEN : 0);
	w->end = raw->s + raw->n;
	k = avro_read(w, u->res, u->want);
	if (w->why == NULL && w->s == w->end) {
		*why = w->unfit;
		return k;
	}
	if (u->id != 0)
		snprintf(d->why, sizeof d->why, "schema id %d: ", (int)u->id);
	else
		*d->why = '\0';
	k = (int)strlen(d->why);
	if (w->why != NULL)
		snprintf(d->why + k, sizeof d->why - (size_t)k, "%s", w->why);
	else
		snprintf(d->why + k, sizeof d->why - (size_t)k, "%zu bytes "
		    "are left behind the datum", (size_t)(w->end - w->s));
	k = (int)strlen(d->why);
	if (u->id == 0 && frame_read(raw->s, raw->n, &id) == 0)
		snprintf(d->why + k, sizeof d->why - (size_t)k, "; it may be "
		    "framed by a registry's schema id %d: "
		    "-X schema.registry.url=", (int)id);
	*why = d->why;
	return -1;
}

static int
avro_row(struct dec *d, const char **why)
{
	return d->opts.kafka ? message_row(d, why) :
	    file_row(d, d->lane->own, why);
}

/* The writer's schema by its id. */
static int
message_use(struct dec *d, int32_t id, const char **why)
{
	struct avrodec *a = d->own;
	const char *text, *kind, *bad;
	struct use *u;
	int k;

	if (a->cur != NULL && a->cur->id == id)
		return 1;
	for (u = a->all; u != NULL; u = u->next)
		if (u->id == id) {
			a->cur = u;
			return 1;
		}
	k = d->opts.registry->schema(d->opts.registry, id, &text, &kind, why);
	if (k < 0)
		return k;
	if (strcmp(kind, "AVRO") != 0) {
		snprintf(d->why, sizeof d->why, "schema id %d: it is for %s, "
		    "not for AVRO", (int)id, kind);
		return *why = d->why, -1;
	}
	if ((u = use_new(d, text, strlen(text), &bad)) == NULL) {
		char room[sizeof d->why];

		snprintf(room, sizeof room, "%s", bad);
		snprintf(d->why, sizeof d->why, "schema id %d: %.400s", (int)id,
		    room);
		return *why = d->why, -1;
	}
	u->id = id;
	a->cur = u;
	return 1;
}

static int
avro_message(struct dec *d, const char *s, size_t n, const char **why)
{
	struct avrodec *a = d->own;
	int32_t id;

	d->lane->raw.record = (struct field){ s, n };
	if (d->opts.registry == NULL) {
		if (a->cur == NULL)
			a->cur = use_new(d, NULL, 0, why);
		return a->cur != NULL ? 1 : -1;
	}
	if (frame_read(s, n, &id) < 0)
		return *why = "no zero byte and schema id in front", -1;
	return message_use(d, id, why);
}

const struct dec_format dec_avro = {
	.name = "avro",
	.arg = "SCHEMA.avsc",
	.paths = true,
	.messages = true,
	.files = true,
	.bytes = true,
	.whole = true,
	.open = avro_open,
	.close = avro_close,
	.columns = avro_columns,
	.read = avro_read1,
	.message = avro_message,
	.row = avro_row,
	.lane_free = avro_lane,
};
