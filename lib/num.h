/* num - numbers from text and back, checked */
#ifndef NUM_H
#define NUM_H
#include <stddef.h>
#include <stdint.h>

#define NUM_INTLEN 20		/* bytes that num_putint may write */
#define NUM_FLOATLEN 32		/* bytes that num_putfloat may write */

/*
 * Texts are pointer and length, never NUL-terminated.
 * num_int: [+-]digits, leading zeros allowed, as Java's Long.parseLong; the
 * whole text; int64 range.  num_float: a JSON number, also with a leading +,
 * leading zeros, or a leading or trailing point (".5", "5."), "NaN",
 * "Infinity", "-Infinity" (PostgreSQL's spelling); correctly rounded; a finite
 * text that overflows is an error, one that underflows is 0.
 * Both return 0, or -1 and leave *v.
 */
int num_int(const char *, size_t, int64_t *v);
int num_float(const char *, size_t, double *v);

/* Both return the length written; no NUL is added. */
size_t num_putint(char *to, int64_t v);
/*
 * The shortest of %.15g %.16g %.17g that reads back the same, but whole numbers
 * below 2^53 always without point and exponent; -0, NaN, Infinity, -Infinity.
 */
size_t num_putfloat(char *to, double v);
#endif
