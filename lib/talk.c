#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "cols.h"
#include "dectext.h"
#include "die.h"
#include "talk.h"

/* No other: a library that another needs would take longer to load than all else. */
static const struct dec_format *const formats[] = { &dec_tsv, NULL };

void
talk_check(const struct talk *t)
{
	struct cols c = { 0 };
	size_t i;

	if (t->names == NULL)
		return;
	cols_parse(&c, 'o', t->names, false);
	for (i = 0; i < c.n; i++)
		if (strcmp(c.col[i].path, c.col[i].name) != 0)
			errx(EXIT_USAGE, "-o: answers have no names of their "
			    "own behind a =: %s=%s", c.col[i].name,
			    c.col[i].path);
	cols_free(&c);
}

/* The names and types of what goes in. */
static char *
talk_names(const struct talk *t, const struct head *in)
{
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < t->ncol; i++) {
		if (i > 0)
			buf_addc(&b, ',');
		buf_adds(&b, in->col[t->col[i]].name);
		buf_addc(&b, ':');
		buf_adds(&b, type_name(in->col[t->col[i]].type));
	}
	buf_addc(&b, '\0');
	return b.s;
}

static void
talk_columns(struct talk *t, const struct head *in)
{
	size_t i, j;

	if (t->fields != NULL) {
		t->col = head_names(in, t->fields, &t->ncol);
	} else {
		t->ncol = in->ncol - 1;
		t->col = mem_grow(NULL, t->ncol, sizeof *t->col);
		for (i = 0; i < t->ncol; i++)
			t->col[i] = i + 1;
	}
	if (t->ncol == 0)
		errx(EXIT_BAD, "there is no column besides the time: "
		    "if that is to go in, name it by -f");
	for (i = 0; t->names == NULL && i < t->ncol; i++)
		for (j = 0; j < i; j++)
			if (t->col[i] == t->col[j])
				errx(EXIT_BAD, "-f names %s twice: "
				    "-o is needed to tell them apart",
				    in->col[t->col[i]].name);
}

void
talk_bind(struct talk *t, const struct head *in, struct head *out)
{
	struct head answer = { 0 };
	char *names = NULL;
	size_t i;

	talk_columns(t, in);
	if (t->names == NULL)
		names = talk_names(t, in);
	t->dec = dec_new(&(struct dec_opts){ .formats = formats,
	    .spec = "tsv", .fields = names != NULL ? names : t->names });
	free(names);
	dec_bind(t->dec, NULL);
	dec_head(t->dec, in->col[0].name, &answer);
	head_clear(out);
	for (i = 1; i < answer.ncol; i++)
		head_add(out, answer.col[i].name, answer.col[i].type);
	head_free(&answer);
	for (i = 0; i < out->nkey; i++)
		if (head_find(out, out->key[i]) < 0)
			head_setkey(out, out->mode, NULL, 0);
}

struct field
talk_line(struct talk *t, struct rec *r)
{
	struct field f;
	size_t i;

	t->line.n = 0;
	if (t->fields == NULL && r->f == NULL) {
		f = rec_line(r);
		i = rec_field(r, 0).n + 1;
		buf_add(&t->line, f.s + i, f.n - i);
	} else {
		for (i = 0; i < t->ncol; i++) {
			if (i > 0)
				buf_addc(&t->line, '\t');
			if (t->col[i] == 0) {
				buf_addint(&t->line, rec_time(r));
				continue;
			}
			f = rec_field(r, t->col[i]);
			buf_add(&t->line, f.s, f.n);
		}
	}
	buf_addc(&t->line, '\n');
	return (struct field){ t->line.s, t->line.n };
}

int
talk_answer(struct talk *t, struct field f, struct rec *r, const char **why)
{
	t->nanswer++;
	if (dec_payload(t->dec, f.s, f.n, why) < 0)
		return -1;
	*r = (struct rec){ .f = dec_fields(t->dec), .nf = dec_ncol(t->dec) + 1 };
	return 0;
}
