#include <string.h>

#include "b64.h"

static const char digit[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void
b64_add(struct buf *b, const char *s, size_t n)
{
	const unsigned char *p = (const unsigned char *)s;
	uint32_t v;
	size_t i;

	for (i = 0; i < n; i += 3) {
		v = (uint32_t)p[i] << 16;
		if (i + 1 < n)
			v |= (uint32_t)p[i + 1] << 8;
		if (i + 2 < n)
			v |= p[i + 2];
		buf_addc(b, digit[v >> 18]);
		buf_addc(b, digit[v >> 12 & 63]);
		buf_addc(b, i + 1 < n ? digit[v >> 6 & 63] : '=');
		buf_addc(b, i + 2 < n ? digit[v & 63] : '=');
	}
}

int
b64_undo(struct buf *b, const char *s, size_t n)
{
	size_t i, start = b->n;
	uint32_t v = 0;
	const char *d;
	int bits = 0;

	if (n > 0 && n % 4 == 0 && s[n - 1] == '=')
		n -= s[n - 2] == '=' ? 2 : 1;
	for (i = 0; i < n; i++) {
		if ((d = memchr(digit, s[i], sizeof digit - 1)) == NULL)
			break;
		v = v << 6 | (uint32_t)(d - digit);
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			buf_addc(b, (char)(v >> bits & 0xff));
		}
	}
	if (i < n || n % 4 == 1 || (v & ((1U << bits) - 1)) != 0) {
		b->n = start;
		return -1;
	}
	return 0;
}
