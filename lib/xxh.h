/* xxh - a hash that stays the same for ever: XXH64, see xxHash's xxhash_spec */
#ifndef XXH_H
#define XXH_H
#include <stddef.h>
#include <stdint.h>

uint64_t xxh64(const char *, size_t, uint64_t seed);
#endif
