#include <endian.h>
#include <string.h>

#include "xxh.h"

#define P1 0x9e3779b185ebca87ULL
#define P2 0xc2b2ae3d27d4eb4fULL
#define P3 0x165667b19e3779f9ULL
#define P4 0x85ebca77c2b2ae63ULL
#define P5 0x27d4eb2f165667c5ULL

static uint64_t
rol(uint64_t x, int n)
{
	return x << n | x >> (64 - n);
}

static uint64_t
load8(const char *s)
{
	uint64_t x;

	memcpy(&x, s, sizeof x);
	return le64toh(x);
}

static uint64_t
load4(const char *s)
{
	uint32_t x;

	memcpy(&x, s, sizeof x);
	return le32toh(x);
}

static uint64_t
lane(uint64_t acc, uint64_t x)
{
	return rol(acc + x * P2, 31) * P1;
}

uint64_t
xxh64(const char *s, size_t n, uint64_t seed)
{
	const char *end = s + n;
	uint64_t h = seed + P5, v[4];
	int i;

	if (n >= 32) {
		v[0] = seed + P1 + P2;
		v[1] = seed + P2;
		v[2] = seed;
		v[3] = seed - P1;
		for (; end - s >= 32; s += 32)
			for (i = 0; i < 4; i++)
				v[i] = lane(v[i], load8(s + 8 * i));
		h = rol(v[0], 1) + rol(v[1], 7) + rol(v[2], 12) + rol(v[3], 18);
		for (i = 0; i < 4; i++)
			h = (h ^ lane(0, v[i])) * P1 + P4;
	}
	h += n;
	for (; end - s >= 8; s += 8)
		h = rol(h ^ lane(0, load8(s)), 27) * P1 + P4;
	if (end - s >= 4) {
		h = rol(h ^ load4(s) * P1, 23) * P2 + P3;
		s += 4;
	}
	for (; s < end; s++)
		h = rol(h ^ (unsigned char)*s * P5, 11) * P1;
	h = (h ^ h >> 33) * P2;
	h = (h ^ h >> 29) * P3;
	return h ^ h >> 32;
}
