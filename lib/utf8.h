/* utf8 - UTF-8 by RFC 3629: no surrogates, no overlong forms */
#ifndef UTF8_H
#define UTF8_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

bool utf8_ok(const char *, size_t);
/* The character at s, where at least one byte is, and its length; 0: no UTF-8 stands there. */
size_t utf8_next(const char *s, size_t n, uint32_t *ch);

#ifdef __cplusplus
}
#endif
#endif
