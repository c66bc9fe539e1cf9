/* avro: container files, and messages in Confluent's framing or bare. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "avrocols.h"
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
	bool loaded;		/* from a snapshot */
	struct buf text;	/* the reader's, if it was the first that was met */
	struct use *all, *cur;
	struct avro_walk walk;
};

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
		avro_columns(&d->row.cols, avro_root(a->reader));
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

	for (u = a->all; u != NULL; u = next) {
		next = u->next;
		/* the first writer's schema may be the reader's */
		use_free(u);
	}
	if (a->given || a->loaded)
		avro_free(a->reader);
	buf_free(&a->text);
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
	bool first;

	if (text != NULL && (u->schema = avro_parse(text, n, why)) == NULL) {
		use_free(u);
		return NULL;
	}
	root = avro_root(text != NULL ? u->schema : a->reader);
	first = !d->named && a->reader == NULL;
	if (first)
		a->reader = u->schema;
	u->res = avro_pair(&u->pairs, root, a->reader != NULL ?
	    avro_root(a->reader) : NULL, why);
	if (u->res == NULL) {
		/* why is the pair's */
		snprintf(d->why, sizeof d->why, "%s", *why);
		*why = d->why;
		if (first)
			a->reader = NULL;
		use_free(u);
		return NULL;
	}
	if (first)
		buf_add(&a->text, text, n);
	if (!dec_known(d))
		avro_columns(&d->row.cols, avro_root(a->reader));
	u->want = avro_plan(&u->pairs, u->res, &d->row, &nowhere);
	u->next = a->all;
	return a->all = u;
}

/* The columns came with the schema. */
static void
avro_first(struct dec *d)
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

/* The file goes on where an earlier run was: its head, and how far it was in a block. */
static void
file_resume(struct dec *d, struct avrofile *f, struct in *in)
{
	int64_t before;
	const char *why;

	if (avrofile_resume(f, in, &before, &why) < 0 ||
	    in->from.pos < before)
		errx(EXIT_BAD, "%s: %s", in->from.name, why);
	avro_head(d, in, f);
	f->use = ((struct avrodec *)d->own)->cur;
	f->skip = in->from.pos - before;
}

/* What that run has had of the block. */
static void
file_skip(struct dec *d, struct avrofile *f)
{
	struct avro_walk *w = &((struct avrodec *)d->own)->walk;
	const struct use *u = f->use;

	for (; f->skip > 0 && f->left > 0; f->skip--) {
		w->s = f->at;
		w->end = f->end;
		if (avro_read(w, u->res, NULL) < 0) {
			/* a broken one: the rest was lost with it then, too */
			f->left = 0;
			f->at = f->end;
			break;
		}
		f->at = w->s;
		f->left--;
	}
	f->skip = 0;
}

static int
avro_read1(struct dec *d, struct in *in, const char **why)
{
	struct lane *l = d->lane;
	struct avrofile *f = l->own;
	bool head;
	int k;

	if (f == NULL) {
		f = l->own = mem_alloc(sizeof *f);
		f->in = in;
		if (in->off > 0) {
			file_resume(d, f, in);
			if (!dec_known(d))
				return 2;
		}
	}
	l->raw.from = (struct origin){ in->from.name, ORIGIN_RECORD,
	    in->from.pos + 1 };
	head = f->schema == NULL;
	k = avrofile_next(f, in, &l->raw.record, why);
	if (k == -2)
		errx(EXIT_BAD, "%s: %s", in->from.name != NULL ?
		    in->from.name : "standard input", *why);
	in->from.pos += f->lost;
	if (k != 1)
		return k;
	if (f->skip > 0 && f->left > 0) {
		file_skip(d, f);
		return avro_read1(d, in, why);
	}
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
	/* they count, so that the place is known by the number of records */
	f->in->from.pos += f->left;
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

static void
avro_save(const struct dec *d, struct snap *s)
{
	const struct avrodec *a = d->own;

	if (a->text.n == 0)
		return;
	snap_rec(s, "schema");
	snap_text(s, a->text.s, a->text.n);
}

/* What all were read as, whichever comes first now. */
static bool
avro_load1(struct dec *d, const struct rec *r)
{
	struct avrodec *a = d->own;
	const char *why;

	if (a->reader != NULL || d->named || !snap_is(r, "schema", 1))
		return false;
	snap_getraw(r, 1, &a->text);
	if ((a->reader = avro_parse(a->text.s, a->text.n, &why)) == NULL)
		snap_bad(r);
	a->loaded = true;
	avro_columns(&d->row.cols, avro_root(a->reader));
	return true;
}

const struct dec_format dec_avro = {
	.spec = { .name = "avro", .arg = "SCHEMA.avsc", .messages = true,
	    .files = true },
	.paths = true,
	.bytes = true,
	.open = avro_open,
	.close = avro_close,
	.columns = avro_first,
	.read = avro_read1,
	.message = avro_message,
	.row = avro_row,
	.lane_free = avro_lane,
	.save = avro_save,
	.load = avro_load1,
};
