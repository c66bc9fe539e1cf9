/* avro: container files, and messages in Confluent's framing or bare. */
#include <err.h>
#include <stdlib.h>

#include "avrocols.h"
#include "decavros.h"
#include "die.h"
#include "steps.h"

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
avro_close(struct dec *d)
{
	struct avrodec *a = d->own;
	struct avrouse *u, *next;

	for (u = a->all; u != NULL; u = next) {
		next = u->next;
		/* the first writer's schema may be the reader's */
		avrouse_free(u);
	}
	if (a->given || a->loaded)
		avro_free(a->reader);
	buf_free(&a->text);
	avro_walkfree(&a->walk);
	free(a);
	d->own = NULL;
}

/* The columns came with the schema. */
static void
avro_first(struct dec *d)
{
	(void)d;
}

static int
avro_row(struct dec *d, const char **why)
{
	return d->opts.kafka ? decavro_datum(d, why) : decavro_record(d, why);
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
	.read = decavro_read,
	.message = decavro_message,
	.row = avro_row,
	.lane_free = decavro_lane,
	.save = avro_save,
	.load = avro_load1,
};
