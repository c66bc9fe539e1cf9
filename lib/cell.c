/* cell - text as a terminal shows it: nothing in data can move the cursor */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "cell.h"
#include "utf8.h"

/* What would make a line look like another one. */
static bool
char_hides(uint32_t c)
{
	return c == 0xad || c == 0x61c || (c >= 0x200b && c <= 0x200f) ||
	    (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) ||
	    c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb);
}

static bool
char_iswide(uint32_t c)
{
	return (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) ||
	    (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
	    (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
	    (c >= 0xffe0 && c <= 0xffe6) || c >= 0x10000;
}

/* Appends one character or bad byte; returns how many bytes it was. */
static size_t
char_add(struct buf *b, const char *s, size_t n)
{
	static const char names[] = "abtnvfr";		/* from 7 on */
	char text[16];
	uint32_t c = (unsigned char)*s;
	size_t len = utf8_next(s, n, &c);

	if (len > 0 && c >= 7 && c <= 13)
		snprintf(text, sizeof text, "\\%c", names[c - 7]);
	else if (len == 0 || c < ' ' || (c >= 0x7f && c < 0xa0))
		snprintf(text, sizeof text, "\\x%02x", (unsigned)c);
	else if (char_hides(c))
		snprintf(text, sizeof text, "\\u{%04x}", (unsigned)c);
	else {
		buf_add(b, s, len);
		return len;
	}
	buf_adds(b, text);
	return len > 0 ? len : 1;
}

void
cell_add(struct buf *b, const char *s, size_t n, size_t most)
{
	size_t start = b->n, i, k, cut = 0;
	uint32_t c;

	for (i = 0; i < n; i += char_add(b, s + i, n - i))
		;
	if (most == 0)
		return;
	for (i = start, k = 0; i < b->n; k++) {
		if (k + 3 == most)
			cut = i;
		if (k == most) {
			b->n = cut;
			buf_adds(b, "...");
			return;
		}
		i += utf8_next(b->s + i, b->n - i, &c);
	}
}

size_t
cell_width(const char *s, size_t n)
{
	size_t i, width = 0;
	uint32_t c = 0;

	for (i = 0; i < n; i += utf8_next(s + i, n - i, &c))
		width++;
	for (i = 0; i < n; ) {
		i += utf8_next(s + i, n - i, &c);
		width += char_iswide(c);
	}
	return width;
}
