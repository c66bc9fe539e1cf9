#include <inttypes.h>
#include <stdio.h>

#include "fit.h"

static void
fit_buf(struct snap *s, const char *name, struct buf *b)
{
	buf_addc(b, '\0');
	snap_fit(s, name, b->s);
	buf_free(b);
}

static void
column_add(struct buf *b, const char *name, enum type type)
{
	if (b->n > 0)
		buf_addc(b, ',');
	buf_adds(b, name);
	buf_addc(b, ':');
	buf_adds(b, type_name(type));
}

void
fit_columns(struct snap *s, const char *name, const struct head *h,
    const size_t *col, size_t n)
{
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < n; i++)
		column_add(&b, h->col[col[i]].name, h->col[col[i]].type);
	fit_buf(s, name, &b);
}

void
fit_key(struct snap *s, const struct key *k)
{
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < k->n; i++)
		column_add(&b, k->name[i], k->type[i]);
	fit_buf(s, "key", &b);
}

void
fit_fields(struct snap *s, const char *name, const struct head *h)
{
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < h->ncol; i++)
		column_add(&b, h->col[i].name, h->col[i].type);
	fit_buf(s, name, &b);
}

void
fit_window(struct snap *s, const struct window *w)
{
	char text[160];

	switch (w->kind) {
	case WINDOW_NONE:
		snprintf(text, sizeof text, "none");
		break;
	case WINDOW_TUMBLING:
		snprintf(text, sizeof text, "tumbling size=%" PRId64
		    " offset=%" PRId64, w->size, w->offset);
		break;
	case WINDOW_SLIDING:
		snprintf(text, sizeof text, "sliding size=%" PRId64 " slide=%"
		    PRId64 " offset=%" PRId64, w->size, w->slide, w->offset);
		break;
	case WINDOW_SESSION:
		snprintf(text, sizeof text, "session gap=%" PRId64, w->gap);
		break;
	case WINDOW_COUNT:
		snprintf(text, sizeof text, "count size=%" PRId64 " slide=%"
		    PRId64, w->size, w->slide);
		break;
	}
	snap_fit(s, "window", text);
}

void
fit_int(struct snap *s, const char *name, int64_t v)
{
	char text[24];

	snprintf(text, sizeof text, "%" PRId64, v);
	snap_fit(s, name, text);
}

void
fit_args(struct snap *s, const char *name, char *const *v, size_t n)
{
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < n; i++) {
		if (i > 0)
			buf_addc(&b, ' ');
		buf_adds(&b, v[i]);
	}
	fit_buf(s, name, &b);
}
