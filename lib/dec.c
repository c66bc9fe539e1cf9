#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decfmt.h"
#include "die.h"

static void
dec_spec(struct dec *d)
{
	const struct dec_format *const *f = d->opts.formats;
	struct buf others = { 0 };

	for (; *f != NULL && !spec_is(&(*f)->spec, d->opts.spec, &others); f++)
		;
	if (*f == NULL)
		spec_none(&others, d->opts.spec);
	d->format = *f;
	d->arg = spec_arg(&(*f)->spec, d->opts.spec, !d->opts.kafka);
	buf_free(&others);
}

static void
dec_ready(struct dec *d)
{
	d->known = true;
	row_ready(&d->row);
}

static void
dec_check(const struct dec *d)
{
	const struct col *c;
	size_t i;

	if (d->opts.header && d->opts.kafka)
		errx(EXIT_USAGE, "-H: messages have no header line");
	if (d->opts.header && !d->format->header)
		errx(EXIT_USAGE, "-H: only csv and tsv have a header line");
	if (d->opts.header || d->format->paths)
		return;
	for (i = 0; i < d->row.cols.n; i++) {
		c = &d->row.cols.col[i];
		if (col_own(c) && strcmp(c->path, c->name) != 0)
			errx(EXIT_USAGE, "-f: only with -H or in json is there "
			    "a name behind the =: %s=%s", c->name, c->path);
	}
}

static void
lane_init(const struct dec *d, struct lane *l)
{
	*l = (struct lane){ 0 };
	raw_init(&l->raw, d->format->cut);
	l->raw.from = (struct origin){ NULL, -1, 0 };
}

struct dec *
dec_new(const struct dec_opts *opts)
{
	struct dec *d = mem_alloc(sizeof *d);

	d->opts = *opts;
	dec_spec(d);
	d->named = opts->fields != NULL;
	d->time = -1;
	d->lane = &d->lane1;
	lane_init(d, d->lane);
	if (d->named)
		(d->format->kinds ? cols_kinds : cols_parse)(&d->row.cols, 'f',
		    opts->fields, opts->kafka);
	dec_check(d);
	if (d->format->open != NULL)
		d->format->open(d);
	if (d->row.cols.n > 0)
		dec_ready(d);
	return d;
}

static void
lane_clear(const struct dec *d, struct lane *l)
{
	if (d->format->lane_free != NULL)
		d->format->lane_free(l);
	l->raw.open = l->begun = l->held = l->again = l->heading = false;
	l->between = false;
}

void
dec_free(struct dec *d)
{
	lane_clear(d, &d->lane1);
	raw_free(&d->lane1.raw);
	if (d->format->close != NULL)
		d->format->close(d);
	row_free(&d->row);
	plain_free(&d->plain);
	cols_free(&d->first);
	free(d);
}

struct lane *
dec_lane(const struct dec *d)
{
	struct lane *l = mem_alloc(sizeof *l);

	lane_init(d, l);
	return l;
}

void
dec_restart(const struct dec *d, struct lane *l)
{
	lane_clear(d, l);
}

void
dec_use(struct dec *d, struct lane *l)
{
	d->lane = l;
}

void
dec_setup(const struct dec *d, struct in *in)
{
	in->csv = d->format->csv;
	in->bytes = d->format->bytes;
}

const char *
dec_timename(const struct dec *d)
{
	const char *name = d->format->time;
	size_t i;

	/* messages have a time of their own, if -f leaves this out */
	for (i = 0; name != NULL && d->opts.kafka && d->named; i++) {
		if (i == d->row.cols.n)
			return NULL;
		if (strcmp(d->row.cols.col[i].name, name) == 0)
			break;
	}
	return name;
}

bool
dec_known(const struct dec *d)
{
	return d->known;
}

size_t
dec_ncol(const struct dec *d)
{
	return d->row.cols.n - (d->time >= 0);
}

int
dec_bind(struct dec *d, const char *time)
{
	size_t i, to = 1;

	d->time = -1;
	for (i = 0; i < d->row.cols.n; i++)
		if (time != NULL && strcmp(d->row.cols.col[i].name, time) == 0)
			d->time = (ptrdiff_t)i;
	for (i = 0; i < d->row.cols.n; i++)
		d->row.cols.col[i].to = (ptrdiff_t)i == d->time ? 0 : to++;
	/* -T says how it is to be read, and only the time goes on */
	if (d->time >= 0)
		d->row.cols.col[d->time].type = TYPE_STR;
	if (d->time == 0 && d->format->lines)
		plain_bind(&d->plain, &d->row.cols, d->format->csv);
	if (d->format->bound != NULL)
		d->format->bound(d);
	return time == NULL || d->time >= 0 ? 0 : -1;
}

void
dec_head(const struct dec *d, const char *time, struct head *h)
{
	size_t i;

	head_add(h, time, TYPE_TIME);
	for (i = 0; i < d->row.cols.n; i++)
		if ((ptrdiff_t)i != d->time)
			head_add(h, d->row.cols.col[i].name, d->row.cols.col[i].type);
}

/* The column that stands at place i of dec_fields. */
static struct col *
dec_col(const struct dec *d, size_t i)
{
	struct col *c = d->row.cols.col;

	while (c->to != i)
		c++;
	return c;
}

enum meta
dec_meta(const struct dec *d, size_t i, const char **name)
{
	const struct col *c;

	if (i == 0 && d->time < 0)
		return META_NONE;
	c = dec_col(d, i);
	if (c->meta == META_HEADER)
		*name = c->path + strlen("_header.");
	return c->meta;
}

struct field *
dec_fields(struct dec *d)
{
	return d->row.f;
}

struct field
dec_time(const struct dec *d)
{
	return d->row.f[0];
}

const struct origin *
dec_from(const struct dec *d)
{
	return &d->lane->raw.from;
}

int
dec_setmeta(struct dec *d, size_t i, const char *s, size_t n, const char **why)
{
	return row_meta(&d->row, dec_col(d, i), (struct field){ s, n }, why);
}

/* The first record says what the columns are. */
static int
dec_first(struct dec *d)
{
	d->format->columns(d);
	dec_ready(d);
	return 2;
}

int
dec_read(struct dec *d, struct in *in, struct field *raw, const char **why)
{
	struct lane *l = d->lane;
	int k = 1;

	l->between = false;
	if (in->off == 0 && in->from.pos == 0 && l->begun && !l->held)
		lane_clear(d, l);
	if (!l->held) {
		k = d->format->read(d, in, why);
		l->begun = true;
		if (k == 2)
			dec_ready(d);
		if (k != 1 && k != -1)
			return k;
	}
	/* one by one: as a whole it would wait for the stores before */
	raw->s = l->raw.record.s;
	raw->n = l->raw.record.n;
	if (k < 0)
		return -1;
	l->held = !d->known;
	if (l->held)
		return dec_first(d);
	k = d->format->row(d, why);
	/* only now does a reader of bytes know where the record ends */
	if (d->format->bytes) {
		raw->s = l->raw.record.s;
		raw->n = l->raw.record.n;
	}
	l->between = true;
	return k;
}

const struct plain *
dec_plain(const struct dec *d, const struct in *in)
{
	/* a file's first line may be a header or start with a mark */
	return d->plain.n > 0 && d->lane->between && in->from.pos > 0 ?
	    &d->plain : NULL;
}

int
dec_payload(struct dec *d, const char *s, size_t n, const char **why)
{
	int k = d->format->message(d, s, n, why);

	if (k < 0)
		return k;
	return d->known ? d->format->row(d, why) : dec_first(d);
}

void
dec_place(const struct lane *l, const struct in *in, int64_t *offset,
    int64_t *line)
{
	*offset = in_offset(in);
	*line = in->from.pos;
	if (l->raw.open) {
		*offset -= (int64_t)l->raw.text.n;
		*line = l->raw.from.pos - 1;
	}
}

void
dec_save(const struct dec *d, struct snap *s)
{
	if (d->format->save != NULL)
		d->format->save(d, s);
}

bool
dec_load(struct dec *d, const struct rec *r)
{
	if (d->format->load == NULL || !d->format->load(d, r))
		return false;
	if (!d->known)
		dec_ready(d);
	return true;
}
