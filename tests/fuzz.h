/* fuzz - what the fuzzers share: where libFuzzer calls them, and how they find fault */
#ifndef FUZZ_H
#define FUZZ_H
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "esc.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

static inline void
check(bool ok)
{
	if (!ok)
		abort();
}

/* One field of a record, and escaped well. */
static inline void
field_check(struct field f)
{
	struct buf tmp = { 0 };
	struct field raw;

	check(memchr(f.s, '\t', f.n) == NULL);
	check(memchr(f.s, '\n', f.n) == NULL);
	check(field_isnull(f) || esc_undo(f, &tmp, &raw) == 0);
	buf_free(&tmp);
}
#endif
