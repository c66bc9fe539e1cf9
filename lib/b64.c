#include "b64.h"

void
b64_add(struct buf *b, const char *s, size_t n)
{
	static const char digit[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
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

static int
digit_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

int
b64_undo(struct buf *b, const char *s, size_t n)
{
	uint32_t bits = 0;
	size_t i;
	int v;

	if (n > 0 && n % 4 == 0 && s[n - 1] == '=')
		n -= s[n - 2] == '=' ? 2 : 1;
	if (n % 4 == 1)
		return -1;
	for (i = 0; i < n; i++) {
		if ((v = digit_value(s[i])) < 0)
			return -1;
		bits = bits << 6 | (uint32_t)v;
		if (i % 4 != 0)
			buf_addc(b, (char)(bits >> (6 - i % 4 * 2)));
	}
	return 0;
}
