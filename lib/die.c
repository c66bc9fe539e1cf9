#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "die.h"

#define SHOW_MOST 80

const char *
show(const char *s, size_t n)
{
	static const char hex[] = "0123456789abcdef";
	static char text[4][4 * SHOW_MOST + 4];
	static unsigned turn;
	char *t = text[turn++ % 4], *p = t;
	size_t i, most = n < SHOW_MOST ? n : SHOW_MOST;

	for (i = 0; i < most; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c == '\t' || c == '\n' || c == '\r') {
			*p++ = '\\';
			*p++ = c == '\t' ? 't' : c == '\n' ? 'n' : 'r';
		} else if (c < 0x20 || c >= 0x7f) {
			*p++ = '\\';
			*p++ = 'x';
			*p++ = hex[c >> 4];
			*p++ = hex[c & 15];
		} else {
			*p++ = (char)c;
		}
	}
	strcpy(p, most < n ? "..." : "");
	return t;
}

void
die_temp(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	verr(EXIT_TEMP, fmt, ap);
}
