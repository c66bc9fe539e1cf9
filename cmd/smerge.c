/* smerge - several streams into one */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "merge.h"
#include "op.h"
#include "snap.h"

struct smerge {
	const char *field;		/* of -a, or NULL */
	const char *const *names;	/* of the inputs */
	size_t n;
	struct feed feed;
	struct merge merge;
	size_t from;			/* the input that the record came from */
	struct field *name;		/* of each input, escaped */
	struct field *f;		/* the output record */
	size_t nf;
};

static const struct op smerge_op;

static void *
smerge_open(int argc, char **argv)
{
	struct smerge *m = mem_alloc(sizeof *m);
	size_t i, std = 0;
	int ch;

	while ((ch = opt_next(&smerge_op, argc, argv, "a:")) != -1) {
		if (ch != 'a')
			return NULL;
		m->field = optarg;
		if (*optarg == '\0' || strpbrk(optarg, "\t\n\r:=,`") != NULL) {
			warnx("-a: not a name for a field: \"%s\"",
			    show(optarg, strlen(optarg)));
			return NULL;
		}
	}
	m->names = (const char *const *)argv + optind;
	m->n = (size_t)(argc - optind);
	for (i = 0; i < m->n; i++)
		std += strcmp(m->names[i], "-") == 0;
	if (std > 1) {
		warnx("standard input can be read only once");
		return NULL;
	}
	return m->n > 0 ? m : NULL;
}

static void
smerge_head(void *st, const struct head *in, struct head *out)
{
	struct smerge *m = st;
	struct buf b = { 0 };
	size_t i;

	(void)in;
	if (m->field == NULL)
		return;
	head_add(out, m->field, TYPE_STR);
	m->nf = out->ncol;
	m->f = mem_grow(NULL, m->nf, sizeof *m->f);
	m->name = mem_grow(NULL, m->n, sizeof *m->name);
	for (i = 0; i < m->n; i++) {
		b.n = 0;
		esc_add(&b, m->names[i], strlen(m->names[i]));
		m->name[i] = (struct field){ mem_copy(b.s, b.n), b.n };
	}
	buf_free(&b);
}

static void
smerge_data(void *st, struct rec *r, struct next *nx)
{
	struct smerge *m = st;
	struct rec out = { .f = m->f, .nf = m->nf, .timed = true,
	    .from = r->from };
	size_t i;

	if (m->field == NULL) {
		emit(nx, r);
		return;
	}
	for (i = 1; i < r->nf; i++)
		m->f[i] = rec_field(r, i);
	m->f[i] = m->name[m->from];
	out.time = rec_time(r);
	emit(nx, &out);
}

static const char *
smerge_name(const struct smerge *m, size_t i)
{
	return m->feed.v[i].name;
}

/* Streams that differ do not become one: says in what. */
static void
smerge_compare(const struct smerge *m, size_t i)
{
	const struct head *a = &m->feed.v[0].s.head, *b = &m->feed.v[i].s.head;
	const char *first = smerge_name(m, 0), *other = smerge_name(m, i);
	struct buf x = { 0 }, y = { 0 };
	struct head h;
	size_t k;

	for (k = 0; k < a->ncol && k < b->ncol; k++)
		if (strcmp(a->col[k].name, b->col[k].name) != 0 ||
		    a->col[k].type != b->col[k].type)
			errx(EXIT_BAD, "column %zu is %s:%s in %s, %s:%s in %s",
			    k + 1, a->col[k].name, type_name(a->col[k].type),
			    first, b->col[k].name, type_name(b->col[k].type),
			    other);
	if (a->ncol != b->ncol)
		errx(EXIT_BAD, "%s has %zu columns, %s has %zu", first, a->ncol,
		    other, b->ncol);
	/* what is left is #window and #mode: compare them as they are written */
	head_print(a, &x);
	head_print(b, &y);
	if (x.n != y.n || memcmp(x.s, y.s, x.n) != 0) {
		head_copy(&h, b);
		h.window = a->window;
		y.n = 0;
		head_print(&h, &y);
		errx(EXIT_BAD, "%s and %s differ in #%s", first, other,
		    x.n == y.n && memcmp(x.s, y.s, x.n) == 0 ?
		    "window" : "mode");
	}
	buf_free(&x);
	buf_free(&y);
}

static void
smerge_fits(void *st, struct snap *snap)
{
	merge_fits(&((struct smerge *)st)->merge, snap);
}

static void
smerge_save(void *st, struct snap *snap)
{
	merge_save(&((struct smerge *)st)->merge, snap);
}

static void
smerge_load(void *st, const struct rec *r)
{
	if (r != NULL && !merge_load(&((struct smerge *)st)->merge, r))
		snap_bad(r);
}

static const struct op smerge_op = {
	.name = "smerge",
	.usage = "[-hVv] [-a field] [-S dir] file ...",
	.open = smerge_open,
	.head = smerge_head,
	.data = smerge_data,
	.fits = smerge_fits,
	.save = smerge_save,
	.load = smerge_load,
};

int
main(int argc, char **argv)
{
	const struct op *op = &smerge_op;
	struct next *next = chain_open(&op, &argv, &argc, 1);
	struct smerge *m = chain_state(next);
	struct rec r;
	enum event e;
	size_t i;

	feed_open(&m->feed, m->names, m->n, chain_pause, next);
	if (!merge_open(&m->merge, &m->feed, next)) {
		chain_report(next);
		return 0;
	}
	for (i = 1; i < m->n; i++)
		smerge_compare(m, i);
	if (m->n > 1 && m->feed.v[0].s.head.mode == MODE_COMPLETE)
		errx(EXIT_BAD, "the streams are in complete mode: an epoch in "
		    "which only some have rows would not be the whole table");
	chain_head(next, &m->feed.v[0].s.head, merge_restore(&m->merge));
	do {
		for (i = 0; i < m->n; i++)
			m->feed.v[i].want = !m->merge.v[i].waits;
		while ((e = feed_next(&m->feed, &m->from, &r)) == STREAM_DATA) {
			merge_data(&m->merge, m->from);
			chain_data(next, &r);
		}
	} while (!merge_event(&m->merge, m->from, e, &r));
	chain_report(next);
	return 0;
}
