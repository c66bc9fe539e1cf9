#include <stdint.h>
#include <string.h>

#include "enc.h"
#include "scan.h"

/* The length of the sequence that starts at s, at least 2 bytes; 0: none. */
static size_t
utf8_len(const unsigned char *s, size_t n)
{
	unsigned char lo = 0x80, hi = 0xbf;
	size_t i, k;

	if (s[0] < 0xc2 || s[0] > 0xf4)
		return 0;
	k = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if (n < k)
		return 0;
	switch (s[0]) {
	case 0xe0: lo = 0xa0; break;	/* overlong */
	case 0xed: hi = 0x9f; break;	/* surrogates */
	case 0xf0: lo = 0x90; break;	/* overlong */
	case 0xf4: hi = 0x8f; break;	/* above U+10FFFF */
	}
	if (s[1] < lo || s[1] > hi)
		return 0;
	for (i = 2; i < k; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	return k;
}

bool
utf8_ok(const char *text, size_t n)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t i = 0, k;
	uint64_t w;

	while (i < n) {
		if (n - i >= 8) {
			memcpy(&w, s + i, 8);
			if ((w & 0x8080808080808080) == 0) {
				i += 8;
				continue;
			}
		}
		if (s[i] < 0x80) {
			i++;
			continue;
		}
		if ((k = utf8_len(s + i, n - i)) == 0)
			return false;
		i += k;
	}
	return true;
}
