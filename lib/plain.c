#include <stdlib.h>

#include "conv.h"
#include "plain.h"

void
plain_bind(struct plain *p, const struct cols *cols, bool csv)
{
	const struct col *c;
	size_t i;

	p->n = p->ncol = 0;
	p->csv = csv;
	p->col = mem_grow(p->col, cols->n, sizeof *p->col);
	for (i = 0; i < cols->n; i++) {
		c = &cols->col[i];
		if (c->from != i || c->to != i || c->meta != META_NONE)
			return;
		if (i > 0 && c->type != TYPE_STR)
			p->col[p->ncol++] = (struct plain_col){ i, c->type };
	}
	p->n = cols->n;
}

void
plain_free(struct plain *p)
{
	free(p->col);
}

bool
plain_oddtime(struct field f, int64_t *ms)
{
	return int_canonical(f) && num_int(f.s, f.n, ms) == 0;
}

bool
plain_odd(enum type type, struct field f)
{
	return f.n > 0 && conv_asis(type, f);
}
