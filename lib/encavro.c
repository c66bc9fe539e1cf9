/* avro: container files, and messages in Confluent's framing or bare. */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "avrofile.h"
#include "avroput.h"
#include "dec.h"
#include "die.h"
#include "encavro.h"
#include "num.h"
#include "registry.h"

#define BLOCK 65536		/* bytes of a container's block, before its codec */
#define NAME "Record"		/* of a schema that is made here */

/* A field of the schema: where its value comes from. */
struct slot {
	const struct avro_type *type;
	const struct piece *piece;	/* NULL: its default */
	const char *s;
	size_t n;
};

struct avroenc {
	struct avro_schema *schema;
	struct buf text;		/* of the schema */
	bool given;			/* by -s, or as the registry's latest */
	bool whole;			/* the datum is no record but a column */
	struct slot *slot;
	size_t nslot;
	struct avroput put;
	struct buf dflt;		/* of the slots */
	/* messages */
	bool framed;
	char frame[FRAME_LEN];
	/* files */
	const struct avro_codec *codec;
	char sync[AVRO_SYNC];
	struct buf block, packed;
	int64_t count;			/* records in block */
};

static void
encavro_open(struct enc *e)
{
	struct avroenc *a = mem_alloc(sizeof *a);
	const char *codec = e->opts.codec != NULL ? e->opts.codec : "null";

	e->own = a;
	avroput_init(&a->put);
	a->codec = avro_codec(codec, strlen(codec));
	if (e->arg != NULL) {
		a->schema = avro_load(e->arg, &a->text);
		a->given = true;
	} else if (!e->opts.file && e->opts.registry == NULL) {
		errx(EXIT_USAGE, "-s avro: where are the schemas?  "
		    "-X schema.registry.url=, or -s avro:FILE");
	}
}

static void
encavro_close(struct enc *e)
{
	struct avroenc *a = e->own;

	avro_free(a->schema);
	avroput_free(&a->put);
	buf_free(&a->text);
	buf_free(&a->dflt);
	buf_free(&a->block);
	buf_free(&a->packed);
	free(a->slot);
	free(a);
}

/* A column's name as Avro allows it: letters, digits and _, no digit first. */
static void
name_add(struct buf *b, const char *s)
{
	if (*s >= '0' && *s <= '9')
		buf_addc(b, '_');
	for (; *s != '\0'; s++)
		buf_addc(b, (*s >= 'a' && *s <= 'z') ||
		    (*s >= 'A' && *s <= 'Z') || (*s >= '0' && *s <= '9') ?
		    *s : '_');
}

/* The schema that #fields says. */
static void
schema_make(struct enc *e, struct avroenc *a)
{
	static const char *const types[] = { "\"string\"", "\"long\"",
	    "\"double\"", "\"boolean\"",
	    "{\"type\":\"long\",\"logicalType\":\"timestamp-millis\"}" };
	const struct piece *p;
	struct buf *b = &a->text;
	const char *why;

	b->n = 0;
	buf_adds(b, "{\"type\":\"record\",\"name\":\"" NAME "\",\"fields\":[");
	for (p = e->piece; p < e->piece + e->n; p++) {
		buf_adds(b, p > e->piece ? ",{\"name\":\"" : "{\"name\":\"");
		name_add(b, p->path);
		buf_adds(b, "\",\"type\":");
		/* the time is never null */
		if (p->col > 0)
			buf_adds(b, "[\"null\",");
		buf_adds(b, types[p->type]);
		buf_adds(b, p->col > 0 ? "],\"default\":null}" : "}");
	}
	buf_adds(b, "]}");
	a->schema = avro_parse(b->s, b->n, &why);
	if (a->schema == NULL)
		errx(EXIT_BAD, "no Avro schema can be made of the columns: %s",
		    why);
}

static const struct piece *
piece_find(const struct enc *e, const struct avro_field *f)
{
	const struct piece *p;
	size_t i;

	for (p = e->piece; p < e->piece + e->n; p++) {
		if (strcmp(p->path, f->name) == 0)
			return p;
		for (i = 0; i < f->nalias; i++)
			if (strcmp(p->path, f->alias[i]) == 0)
				return p;
	}
	return NULL;
}

/* What no column says: the default; what it may be without one: null. */
static void
slot_default(struct avroenc *a, struct slot *s, const struct avro_field *f)
{
	const char *why;
	size_t at = a->dflt.n;

	if (f->dflt != NULL ? avroput_default(&a->put, &a->dflt, f, &why) < 0 :
	    avroput_field(&a->put, &a->dflt, f->type, TYPE_STR, NULL_FIELD,
	    &why) < 0)
		errx(EXIT_BAD, "-s avro: the schema wants a field %s, there "
		    "is no such column%s%s", f->name, f->dflt != NULL ?
		    ", and its default " : "", f->dflt != NULL ? why : "");
	s->n = a->dflt.n - at;
}

static void
slots_record(struct enc *e, struct avroenc *a, const struct avro_type *t)
{
	size_t i, at = 0, used = 0;

	a->nslot = t->n;
	a->slot = mem_grow(a->slot, t->n, sizeof *a->slot);
	a->dflt.n = 0;
	for (i = 0; i < t->n; i++) {
		a->slot[i] = (struct slot){ .type = t->field[i].type };
		/* of a schema made here they are in order, names may differ */
		a->slot[i].piece = !a->given ? &e->piece[i] :
		    piece_find(e, &t->field[i]);
		used += a->slot[i].piece != NULL;
		if (a->slot[i].piece == NULL)
			slot_default(a, &a->slot[i], &t->field[i]);
	}
	for (i = 0; i < t->n; i++)
		if (a->slot[i].piece == NULL) {
			a->slot[i].s = a->dflt.s + at;
			at += a->slot[i].n;
		}
	if (used == e->n)
		return;
	for (i = 0; i < e->n; i++) {
		const struct piece *p = &e->piece[i];
		size_t k;

		for (k = 0; k < t->n && a->slot[k].piece != p; k++)
			;
		if (k == t->n)
			errx(EXIT_BAD, "-s avro: the schema has no field %s: "
			    "-f names what is to be written", p->path);
	}
}

static _Noreturn void
registry_die(int k, const char *why)
{
	errx(k == DEC_TEMP ? EXIT_TEMP : EXIT_BAD, "%s", why);
}

static void
schema_register(struct enc *e, struct avroenc *a)
{
	struct registry *r = e->opts.registry;
	const char *why;
	int32_t id;
	int k;

	*buf_room(&a->text, 1) = '\0';
	if ((k = r->id(r, e->opts.subject, "AVRO", a->text.s, &id, &why)) < 0)
		registry_die(k, why);
	frame_write(a->frame, id);
	a->framed = true;
}

/* What others write to the topic, this does too. */
static void
schema_latest(struct enc *e, struct avroenc *a)
{
	struct registry *r = e->opts.registry;
	const char *why, *text;
	int32_t id;
	int k;

	if ((k = r->latest(r, e->opts.subject, &id, &text, &why)) < 0)
		registry_die(k, why);
	if ((a->schema = avro_parse(text, strlen(text), &why)) == NULL)
		errx(EXIT_BAD, "subject %s: schema id %d: not an Avro schema: "
		    "%s", e->opts.subject, (int)id, why);
	frame_write(a->frame, id);
	a->framed = a->given = true;
}

static void
encavro_bind(struct enc *e, const struct head *h)
{
	struct registry *r = e->opts.file ? NULL : e->opts.registry;
	struct avroenc *a = e->own;
	const struct avro_type *t;
	size_t i;

	(void)h;
	for (i = 0; i < e->n; i++)
		if (e->piece[i].kind != NULL)
			errx(EXIT_USAGE, "-f: the schema says what types there "
			    "are: %s:%s", e->piece[i].name, e->piece[i].kind);
	if (a->schema == NULL && r != NULL && r->uselatest)
		schema_latest(e, a);
	if (!a->given) {
		a->framed = false;
		avro_free(a->schema);
		schema_make(e, a);
	}
	t = avro_root(a->schema);
	a->whole = t->kind != AVRO_RECORD;
	if (!a->whole)
		slots_record(e, a, t);
	else if (e->n != 1)
		errx(EXIT_BAD, "-s avro: the schema is %s, no record, and "
		    "there are %zu columns: -f names the one", avro_show(t),
		    e->n);
	if (r != NULL && !a->framed)
		schema_register(e, a);
}

static void
put_piece(struct avroenc *a, struct rec *r, const struct avro_type *t,
    const struct piece *p, struct buf *b)
{
	const char *why;
	char text[32];
	struct field f;

	if (p->col == 0) {
		f.n = num_putint(text, rec_time(r));
		f.s = text;
	} else {
		f = rec_field(r, p->col);
	}
	if (avroput_field(&a->put, b, t, p->type, f, &why) < 0)
		rec_bad(r, "field %s %s", show(p->name, strlen(p->name)), why);
}

static void
datum_put(struct enc *e, struct rec *r, struct buf *b)
{
	struct avroenc *a = e->own;
	const struct slot *s;

	if (a->whole) {
		put_piece(a, r, avro_root(a->schema), e->piece, b);
		return;
	}
	for (s = a->slot; s < a->slot + a->nslot; s++)
		if (s->piece != NULL)
			put_piece(a, r, s->type, s->piece, b);
		else
			buf_add(b, s->s, s->n);
}

/* A mark that no data has by chance. */
static void
sync_make(char *to)
{
	int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, to, AVRO_SYNC) != AVRO_SYNC)
		err(EXIT_TEMP, "/dev/urandom");
	close(fd);
}

static void
encavro_start(struct enc *e, struct buf *b)
{
	struct avroenc *a = e->own;

	sync_make(a->sync);
	buf_add(b, AVRO_MAGIC, sizeof AVRO_MAGIC - 1);
	avro_putlong(b, 2);
	avro_putbytes(b, "avro.codec", 10);
	avro_putbytes(b, a->codec->name, strlen(a->codec->name));
	avro_putbytes(b, "avro.schema", 11);
	avro_putbytes(b, a->text.s, a->text.n);
	avro_putlong(b, 0);
	buf_add(b, a->sync, AVRO_SYNC);
}

static void
encavro_flush(struct enc *e, struct buf *b)
{
	struct avroenc *a = e->own;

	if (a->count == 0)
		return;
	a->packed.n = 0;
	a->codec->encode(&a->packed, a->block.n > 0 ? a->block.s : "",
	    a->block.n);
	avro_putlong(b, a->count);
	avro_putbytes(b, a->packed.s, a->packed.n);
	buf_add(b, a->sync, AVRO_SYNC);
	a->block.n = 0;
	a->count = 0;
}

static void
encavro_rec(struct enc *e, struct rec *r, struct buf *b)
{
	struct avroenc *a = e->own;

	if (!e->opts.file) {
		if (a->framed)
			buf_add(b, a->frame, FRAME_LEN);
		datum_put(e, r, b);
		return;
	}
	datum_put(e, r, &a->block);
	a->count++;
	if (a->block.n >= BLOCK)
		encavro_flush(e, b);
}

const struct enc_format enc_avro = {
	.spec = { .name = "avro", .arg = "SCHEMA.avsc", .messages = true,
	    .files = true },
	.codecs = avro_codecs,
	.paths = true,
	.open = encavro_open,
	.close = encavro_close,
	.bind = encavro_bind,
	.start = encavro_start,
	.rec = encavro_rec,
	.flush = encavro_flush,
};
