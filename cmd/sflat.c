/* sflat - one record for each element of a list */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conv.h"
#include "die.h"
#include "op.h"

struct sflat {
	const char *name;
	const char *sep;		/* -d; NULL: the list is a JSON array */
	size_t nsep;
	struct json *json;
	size_t col;
	struct field *f;
	struct buf list, text;		/* the list, raw; an element, escaped */
};

extern const struct op sflat_op;

static void *
sflat_open(int argc, char **argv)
{
	struct sflat *s = mem_alloc(sizeof *s);
	int ch;

	while ((ch = opt_next(&sflat_op, argc, argv, "d:")) != -1)
		switch (ch) {
		case 'd':
			s->sep = optarg;
			s->nsep = strlen(optarg);
			if (s->nsep > 0)
				break;
			warnx("-d: a separator has at least one byte");
			return NULL;
		default:
			return NULL;
		}
	if (argc - optind != 1)
		return NULL;
	s->name = argv[optind];
	if (s->sep == NULL)
		s->json = json_new();
	return s;
}

static void
sflat_head(void *st, const struct head *in, struct head *out)
{
	struct sflat *s = st;
	size_t n, *col = head_names(in, s->name, &n);

	/* rows of an element that is gone could never be taken back */
	if (in->mode != MODE_APPEND)
		errx(EXIT_BAD, "the stream is in %s mode: a row of it cannot "
		    "become several; flatten before saggregate, or after "
		    "-m append", mode_name(in->mode));
	if (n != 1)
		errx(EXIT_BAD, "one field is wanted: %s", s->name);
	s->col = col[0];
	free(col);
	if (s->col == 0 || in->col[s->col].type != TYPE_STR)
		errx(EXIT_BAD, "field %s is of type %s: a list is a str",
		    s->name, type_name(in->col[s->col].type));
	s->f = mem_alloc(out->ncol * sizeof *s->f);
}

/* The list without escapes, and the bytes behind it that a parser wants. */
static struct field
sflat_raw(struct sflat *s, const struct rec *r, struct field f)
{
	struct field raw;

	s->list.n = 0;
	buf_room(&s->list, f.n + JSON_PAD);
	if (esc_undo(f, &s->list, &raw) < 0)
		rec_bad(r, "field %s has a broken escape: \"%s\"", s->name,
		    show(f.s, f.n));
	if (raw.s == f.s)
		buf_add(&s->list, f.s, f.n);
	memset(s->list.s + s->list.n, 0, JSON_PAD);
	return (struct field){ s->list.s, s->list.n };
}

/* The element that r has in place of the list. */
static void
sflat_emit(struct sflat *s, struct rec *r, struct field f, struct next *nx)
{
	s->f[s->col] = f.s != NULL ? f : (struct field){ s->text.s, f.n };
	emit(nx, r);
}

static void
sflat_json(struct sflat *s, struct rec *r, struct field raw, struct next *nx)
{
	const struct json_value *v;
	const char *why = NULL;
	struct field f;
	size_t i, n = 0;

	if ((v = json_list(s->json, raw.s, raw.n, &n, &why)) == NULL)
		rec_bad(r, "field %s: %s: \"%s\"", s->name, why,
		    show(raw.s, raw.n));
	if (n == 0)
		reject(nx);
	for (i = 0; i < n; i++) {
		s->text.n = 0;
		if (conv_json(TYPE_STR, &v[i], &s->text, &f) < 0)
			rec_bad(r, "field %s: an element is text with a NUL, "
			    "which no stream can hold: \"%s\"", s->name,
			    show(raw.s, raw.n));
		sflat_emit(s, r, f, nx);
	}
}

/* Where the next separator is, or the end. */
static const char *
sflat_next(const struct sflat *s, const char *p, const char *end)
{
	while (p < end && (p = memchr(p, *s->sep, (size_t)(end - p))) != NULL) {
		if ((size_t)(end - p) >= s->nsep &&
		    memcmp(p, s->sep, s->nsep) == 0)
			return p;
		p++;
	}
	return end;
}

static void
sflat_split(struct sflat *s, struct rec *r, struct field raw, struct next *nx)
{
	const char *p = raw.s, *end = raw.s + raw.n, *q;
	struct field f;

	if (raw.n == 0) {
		reject(nx);
		return;
	}
	for (;; p = q + s->nsep) {
		q = sflat_next(s, p, end);
		f = (struct field){ p, (size_t)(q - p) };
		s->text.n = 0;
		conv_text(TYPE_STR, f, CONV_RAW, &s->text, &f);
		sflat_emit(s, r, f, nx);
		if (q == end)
			break;
	}
}

static void
sflat_data(void *st, struct rec *r, struct next *nx)
{
	struct sflat *s = st;
	struct rec out = { .f = s->f, .nf = r->nf, .time = r->time,
	    .timed = r->timed, .text = rec_hastext(r), .from = r->from };
	struct field f = rec_field(r, s->col);
	size_t i;

	if (field_isnull(f)) {
		reject(nx);
		return;
	}
	for (i = !out.text; i < r->nf; i++)
		s->f[i] = rec_field(r, i);
	f = sflat_raw(s, r, f);
	if (s->sep != NULL)
		sflat_split(s, &out, f, nx);
	else
		sflat_json(s, &out, f, nx);
}

const struct op sflat_op = {
	.name = "sflat",
	.usage = "[-hVv] [-d separator] field",
	.open = sflat_open,
	.head = sflat_head,
	.data = sflat_data,
};

int
main(int argc, char **argv)
{
	return run(&sflat_op, argc, argv);
}
