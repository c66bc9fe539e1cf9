/* json: an object a line, or a message. */
#include "dectext.h"

static void
json_open(struct dec *d)
{
	if (!d->named)
		cols_add(&d->row.cols, "json", 4, TYPE_STR);
	row_paths(&d->row, d->named);
}

static void
json_close(struct dec *d)
{
	row_nopaths(&d->row);
}

bool
json_blank(const struct dec *d)
{
	struct field f = d->lane->raw.record;

	while (f.n > 0 && (*f.s == ' ' || *f.s == '\t' || *f.s == '\r')) {
		f.s++;
		f.n--;
	}
	return f.n == 0;
}

static int
json_message(struct dec *d, const char *s, size_t n, const char **why)
{
	(void)why;
	raw_padded(&d->lane->raw, s, n);
	return 1;
}

static int
json_row(struct dec *d, const char **why)
{
	return row_json(&d->row, &d->lane->raw, why);
}

const struct dec_format dec_json = {
	.spec = { .name = "json", .messages = true, .files = true },
	.paths = true,
	.cut = FORMAT_JSON,
	.open = json_open,
	.close = json_close,
	.read = text_read,
	.blank = json_blank,
	.message = json_message,
	.row = json_row,
};
