#include <string.h>

#include "utf8.h"

size_t
utf8_next(const char *s, size_t n, uint32_t *ch)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char c = (unsigned char)s[0];
	size_t i, len;
	uint32_t v;

	if (c < 0x80)
		return *ch = c, 1;
	len = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
	if (c < 0xc2 || c > 0xf4 || n < len)
		return 0;
	v = c & (0x7fu >> len);
	for (i = 1; i < len; i++) {
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			return 0;
		v = v << 6 | ((unsigned char)s[i] & 0x3fu);
	}
	if (v < least[len] || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
		return 0;
	return *ch = v, len;
}

bool
utf8_ok(const char *s, size_t n)
{
	size_t i = 0, k;
	uint64_t w;
	uint32_t ch;

	while (i < n) {
		if (n - i >= 8) {
			memcpy(&w, s + i, 8);
			if ((w & 0x8080808080808080) == 0) {
				i += 8;
				continue;
			}
		}
		if ((unsigned char)s[i] < 0x80)
			k = 1;
		else if ((k = utf8_next(s + i, n - i, &ch)) == 0)
			return false;
		i += k;
	}
	return true;
}
