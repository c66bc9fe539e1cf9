#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "die.h"

#define SHOW_MOST 80
#define DUMP_MOST 32
#define DUMP_LINE 16

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
show_dump(const char *s, size_t n)
{
	char line[80], *p;
	size_t at, i;

	for (at = 0; at < n && at < DUMP_MOST; at += DUMP_LINE) {
		p = line + snprintf(line, sizeof line, "%08zx ", at);
		for (i = at; i < at + DUMP_LINE; i++)
			p += snprintf(p, 5, i < n ? "%s%02x" : "%s  ",
			    i == at + DUMP_LINE / 2 ? "  " : " ",
			    i < n ? (unsigned char)s[i] : 0);
		p += snprintf(p, 4, "  |");
		for (i = at; i < at + DUMP_LINE && i < n; i++)
			*p++ = s[i] >= ' ' && s[i] < 0x7f ? s[i] : '.';
		*p = '\0';
		fprintf(stderr, "%s|\n", line);
	}
}

void
die_temp(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	verr(EXIT_TEMP, fmt, ap);
}
