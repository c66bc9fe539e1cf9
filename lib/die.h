/* die - messages and exit statuses, the same in every tool */
#ifndef DIE_H
#define DIE_H
#include <stddef.h>

enum {
	EXIT_BAD = 1,		/* a retry will not mend it: bad data, state that does not fit */
	EXIT_USAGE = 2,
	EXIT_TEMP = 111		/* temporary: broker away, write error, input cut off */
};

/*
 * err(3), errx(3) and warnx(3) are the way to speak; these spare the
 * reader of a message from bytes that would upset a terminal.
 */
const char *show(const char *, size_t);	/* printable, escaped, cut at 80 bytes with "..."; 4 static buffers in turn */
void show_dump(const char *, size_t);	/* the first 32 bytes on standard error, as hexdump -C */
void die_temp(const char *, ...) __attribute__((noreturn, format(printf, 1, 2)));	/* errno's text, exit 111 */
#endif
