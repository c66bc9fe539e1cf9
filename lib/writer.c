/* What a chain puts out: the writer at its end, and the late outputs of its stages. */
#include <string.h>

#include "next.h"
#include "num.h"

void
writer_data(void *st, struct rec *r, struct next *nx)
{
	struct out *o = st;
	struct field f;
	size_t i, n = NUM_INTLEN + r->nf + 1;
	char *p;

	(void)nx;
	if (r->f == NULL) {
		f = rec_line(r);
		out_run(o, f.s, f.n + 1);
		return;
	}
	for (i = !r->text; i < r->nf; i++)
		n += r->f[i].n;
	p = out_room(o, n);
	i = 0;
	if (!r->text) {
		p += num_putint(p, r->time);
		*p++ = '\t';
		i = 1;
	}
	/* columns that still stand next to each other, TABs between, go as one */
	for (; i < r->nf; i++) {
		f = r->f[i];
		while (i + 1 < r->nf && r->f[i + 1].s == f.s + f.n + 1 &&
		    f.s[f.n] == '\t')
			f.n += r->f[++i].n + 1;
		memcpy(p, f.s, f.n);
		p += f.n;
		*p++ = '\t';
	}
	p--;
	*p++ = '\n';
	o->n = (size_t)(p - o->buf);
}

static void
head_text(struct buf *b, const struct head *h, const char *restore)
{
	if (restore != NULL) {
		buf_adds(b, "#restore\t");
		buf_adds(b, restore);
		buf_addc(b, '\n');
	}
	head_print(h, b);
}

void
writer_head(struct out *o, const struct head *h, const char *restore)
{
	struct buf b = { 0 };

	head_text(&b, h, restore);
	out_put(o, b.s, b.n);
	buf_free(&b);
}

int64_t
writer_lines(const struct head *h, const char *restore)
{
	struct buf b = { 0 };
	int64_t n = 0;
	size_t i;

	head_text(&b, h, restore);
	for (i = 0; i < b.n; i++)
		n += b.s[i] == '\n';
	buf_free(&b);
	return n;
}

void
writer_line(struct out *o, const char *word, const char *args)
{
	size_t n = strlen(word), m = strlen(args);
	char *p = out_room(o, n + m + 2);

	memcpy(p, word, n);
	p += n;
	if (m > 0) {
		*p++ = '\t';
		memcpy(p, args, m);
		p += m;
	}
	*p++ = '\n';
	o->n = (size_t)(p - o->buf);
}
