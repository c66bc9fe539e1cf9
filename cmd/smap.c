/* smap - add, replace, pick and drop columns */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bulk.h"
#include "die.h"
#include "direct.h"
#include "expr.h"
#include "op.h"

extern const struct op smap_op;

struct assign {			/* NAME[:type]=EXPR */
	char *name;
	enum type type;
	bool typed;		/* the type was given */
	struct expr *expr;
	struct buf text;	/* its value in the record at hand */
};

struct piece {			/* of an output line */
	size_t from, to;	/* columns of the input's line, [from, to) */
	struct assign *by;	/* not NULL: its value instead … */
	const struct sum *sum;	/* … and if not NULL, an int that is this */
};

struct smap {
	const char *pick, *drop;	/* -p, -d */
	struct assign *assign;
	size_t nassign;
	/* Once the heading is known, of each column to be written: */
	size_t ncol;
	size_t *from;		/* its column in the input … */
	struct assign **by;	/* … or, if not NULL, what makes it */
	struct field *f;
	struct piece *piece;	/* the same for lines; n 0: texts may be of any length */
	size_t npiece;
};

static _Noreturn void
smap_bad(const char *arg, const char *why)
{
	errx(EXIT_USAGE, "%s: %s", why, show(arg, strlen(arg)));
}

static void
smap_assign(struct smap *s, const char *arg)
{
	size_t n = strcspn(arg, "="), len = strcspn(arg, ":="), i;
	struct assign *a;

	if (arg[n] == '\0')
		smap_bad(arg, "not NAME=EXPRESSION");
	s->assign = mem_grow(s->assign, s->nassign + 1, sizeof *s->assign);
	a = &s->assign[s->nassign];
	*a = (struct assign){ .name = mem_copy(arg, len), .typed = len < n };
	if (len == 0)
		smap_bad(arg, "no name before the =");
	if (strpbrk(a->name, "\t\n\r,`") != NULL)
		smap_bad(arg, "a name has no TAB, LF, CR, comma or backquote");
	if (a->typed && type_parse(arg + len + 1, n - len - 1, &a->type) < 0)
		smap_bad(arg, "no such type, "
		    "there are str int float bool time");
	for (i = 0; i < s->nassign; i++)
		if (strcmp(s->assign[i].name, a->name) == 0)
			smap_bad(a->name, "assigned twice");
	a->expr = expr_parse(arg + n + 1);
	buf_room(&a->text, 1);
	s->nassign++;
}

static void *
smap_open(int argc, char **argv)
{
	struct smap *s = mem_alloc(sizeof *s);
	int ch;

	while ((ch = opt_next(&smap_op, argc, argv, "p:d:")) != -1)
		switch (ch) {
		case 'p':
			s->pick = optarg;
			break;
		case 'd':
			s->drop = optarg;
			break;
		default:
			return NULL;
		}
	if (s->pick != NULL && s->drop != NULL) {
		warnx("-p and -d exclude each other");
		return NULL;
	}
	if (optind == argc && s->pick == NULL && s->drop == NULL)
		return NULL;
	for (; optind < argc; optind++)
		smap_assign(s, argv[optind]);
	return s;
}

/* Types, and all columns: out gets them, and by what makes them. */
static void
smap_columns(struct smap *s, const struct head *in, struct head *out,
    struct assign **by)
{
	struct assign *a;
	ptrdiff_t col;
	size_t i;

	for (i = 0; i < s->nassign; i++) {
		a = &s->assign[i];
		if (a->typed)
			expr_bindas(a->expr, in, a->type);
		else
			a->type = expr_bind(a->expr, in);
		if ((col = head_find(in, a->name)) == 0)
			errx(EXIT_BAD, "%s is the time column: "
			    "stime assigns times anew", a->name);
		if (col < 0)
			col = (ptrdiff_t)head_add(out, a->name, a->type);
		out->col[col].type = a->type;
		by[col] = a;
	}
}

/* Which of the n columns stay, in order; column 0 always. */
static size_t *
smap_choose(const struct smap *s, const struct head *all, size_t *n)
{
	const char *list = s->pick != NULL ? s->pick : s->drop;
	size_t *named, *keep, m, i, j;
	char *seen = mem_alloc(all->ncol);

	keep = mem_grow(NULL, all->ncol, sizeof *keep);
	keep[0] = 0;
	*n = 1;
	named = list != NULL ? head_names(all, list, &m) : NULL;
	for (i = 0; named != NULL && i < m; i++) {
		j = named[i];
		if (j == 0 && s->drop != NULL)
			errx(EXIT_BAD, "%s is the time column: "
			    "it cannot be dropped", all->col[0].name);
		if (j == 0 && i > 0)
			errx(EXIT_BAD, "%s is the time column: "
			    "it is always the first", all->col[0].name);
		if (seen[j]++)
			errx(EXIT_BAD, "-%c names %s twice",
			    s->pick != NULL ? 'p' : 'd', all->col[j].name);
		if (j > 0 && s->pick != NULL)
			keep[(*n)++] = j;
	}
	for (i = 1; s->pick == NULL && i < all->ncol; i++)
		if (!seen[i])
			keep[(*n)++] = i;
	free(named);
	free(seen);
	return keep;
}

/* What a table's rows are replaced by must stay what it is. */
static void
smap_keys(const struct head *in, const struct head *out,
    struct assign *const *by)
{
	ptrdiff_t col;
	size_t i;

	for (i = 0; i < in->nkey; i++) {
		col = head_find(out, in->key[i]);
		if (col < 0 || by[col] != NULL)
			errx(EXIT_BAD, "%s is a key of this stream of mode %s: "
			    "it must stay as it is", in->key[i],
			    mode_name(in->mode));
	}
}

/* Columns that stay neighbours go on as one piece. */
static void
smap_pieces(struct smap *s)
{
	struct piece *p = s->piece = mem_alloc(s->ncol * sizeof *p);
	size_t i, room = 0;

	for (i = 0; i < s->ncol; i++) {
		if (s->by[i] != NULL) {
			if (s->by[i]->type == TYPE_STR)
				return;
			room += VALUE_LEN + 1;
			*p++ = (struct piece){ .by = s->by[i],
			    .sum = s->by[i]->type == TYPE_INT ?
			    expr_sum(s->by[i]->expr) : NULL };
		} else if (p > s->piece && p[-1].by == NULL &&
		    p[-1].to == s->from[i]) {
			p[-1].to++;
		} else {
			*p++ = (struct piece){ .from = s->from[i],
			    .to = s->from[i] + 1 };
		}
	}
	if (room <= BULK_MORE)
		s->npiece = (size_t)(p - s->piece);
}

static void
smap_head(void *st, const struct head *in, struct head *out)
{
	struct smap *s = st;
	size_t most = in->ncol + s->nassign, i;
	struct assign **by = mem_alloc(most * sizeof *by);
	struct head all = { 0 };

	smap_columns(s, in, out, by);
	head_copy(&all, out);
	s->from = smap_choose(s, &all, &s->ncol);
	s->by = mem_alloc(s->ncol * sizeof *s->by);
	s->f = mem_alloc(s->ncol * sizeof *s->f);
	head_clear(out);
	for (i = 1; i < s->ncol; i++) {
		head_add(out, all.col[s->from[i]].name,
		    all.col[s->from[i]].type);
		s->by[i] = by[s->from[i]];
	}
	smap_keys(in, out, s->by);
	smap_pieces(s);
	head_free(&all);
	free(by);
}

static void
smap_data(void *st, struct rec *r, struct next *next)
{
	struct smap *s = st;
	struct rec out = {
		.f = s->f, .nf = s->ncol, .time = r->time, .timed = r->timed,
		.text = rec_hastext(r), .from = r->from
	};
	struct assign *a;
	struct value v;
	size_t i;

	if (out.text)
		s->f[0] = rec_field(r, 0);
	for (i = 1; i < s->ncol; i++) {
		if ((a = s->by[i]) == NULL) {
			s->f[i] = rec_field(r, s->from[i]);
			continue;
		}
		expr_eval(a->expr, r, &v);
		a->text.n = 0;
		value_print(&v, &a->text);
		s->f[i] = (struct field){ a->text.s, a->text.n };
	}
	emit(next, &out);
}

/* Apart, so that the loop keeps what it needs in registers. */
static __attribute__((noinline)) char *
smap_value(struct expr *e, struct rec *r, char *to)
{
	struct value v;

	expr_eval(e, r, &v);
	return to + value_put(&v, to);
}

/* Without a record in between, its values straight into the line. */
static char *
smap_bulk(void *st, struct bulk *bulk, char *to)
{
	struct smap *s = st;
	const struct piece *p, *end = s->piece + s->npiece;
	struct bulk b = *bulk;
	const char *line;
	uint32_t from;
	int64_t v;

	while (s->npiece > 0 && bulk_next(&b, to)) {
		line = to;
		for (p = s->piece; p < end; p++) {
			if (p->by == NULL) {
				from = b.sep[(ptrdiff_t)p->from - 1] + 1;
				to = bulk_copy(to, b.base + from,
				    b.sep[p->to - 1] - from);
			} else if (p->sum != NULL &&
			    direct_sum(p->sum, b.base, b.sep, &v)) {
				to += num_putint(to, v);
			} else {
				struct rec r = bulk_rec(&b, line);

				to = smap_value(p->by->expr, &r, to);
			}
			*to++ = '\t';
		}
		to[-1] = '\n';
		b.nput++;
	}
	*bulk = b;
	return to;
}

const struct op smap_op = {
	.name = "smap",
	.usage = "[-hVv] [-d names | -p names] [name[:type]=expression ...]",
	.open = smap_open,
	.head = smap_head,
	.data = smap_data,
	.bulk = smap_bulk,
};

int
main(int argc, char **argv)
{
	return run(&smap_op, argc, argv);
}
