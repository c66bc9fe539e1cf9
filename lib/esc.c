#include <string.h>

#include "esc.h"

/* The letter that stands behind the backslash for c; 0: c stands for itself. */
static char
esc_letter(char c)
{
	switch (c) {
	case '\t': return 't';
	case '\n': return 'n';
	case '\r': return 'r';
	case '\\': return '\\';
	default: return 0;
	}
}

void
esc_add(struct buf *b, const char *s, size_t n)
{
	size_t i, from = 0;
	char letter;

	for (i = 0; i < n; i++)
		if ((letter = esc_letter(s[i])) != 0) {
			buf_add(b, s + from, i - from);
			buf_addc(b, '\\');
			buf_addc(b, letter);
			from = i + 1;
		}
	buf_add(b, s + from, n - from);
}

int
esc_undo(struct field f, struct buf *tmp, struct field *raw)
{
	const char *p = memchr(f.s, '\\', f.n), *end = f.s + f.n;
	size_t start = tmp->n;

	if (p == NULL) {
		*raw = f;
		return 0;
	}
	buf_add(tmp, f.s, (size_t)(p - f.s));
	while (p < end) {
		char c = *p++;

		if (c == '\\') {
			if (p == end)
				return -1;
			switch (*p++) {
			case 't': c = '\t'; break;
			case 'n': c = '\n'; break;
			case 'r': c = '\r'; break;
			case '\\': break;
			default: return -1;
			}
		}
		buf_addc(tmp, c);
	}
	*raw = (struct field){ tmp->s + start, tmp->n - start };
	return 0;
}
