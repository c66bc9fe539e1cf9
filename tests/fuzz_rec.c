/* The reader, the heading and the fields of any bytes; also in CSV mode, and cut anywhere. */
#define _GNU_SOURCE	/* memfd_create */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "head.h"
#include "io.h"
#include "val.h"

/* Every byte of the input must come back, in order, in the fields handed out. */
static void
walk(int fd, const uint8_t *s, size_t n, bool csv)
{
	struct head head = { 0 };
	struct buf tmp = { 0 };
	struct field f, raw;
	const char *why;
	size_t at = 0, i;
	struct rec r;
	struct in in;
	int64_t v;
	double d;

	check(lseek(fd, 0, SEEK_SET) == 0);
	in_init(&in, fd, "fuzz");
	in.csv = csv;
	while (in_line(&in, &r) != 0) {
		for (i = 0; i < r.nf; i++) {
			f = rec_field(&r, i);
			check(f.n <= n - at && memcmp(f.s, s + at, f.n) == 0);
			at += f.n;
			check(at == n || s[at] == (i + 1 == r.nf ? '\n' : csv ? ',' : '\t') || csv);
			at += at < n;
			tmp.n = 0;
			(void)esc_undo(f, &tmp, &raw);
			(void)val_int(f, &v);
			(void)val_float(f, &d);
		}
		if (!csv && r.nf < 64) {
			struct field all[64];

			for (i = 0; i < r.nf; i++)
				all[i] = rec_field(&r, i);
			(void)head_parse(&head, all, r.nf, &why);
		}
	}
	check(at == n);
	if (head.ncol > 0) {
		tmp.n = 0;
		head_print(&head, &tmp);
	}
	head_free(&head);
	buf_free(&tmp);
	in_free(&in);
}

int
LLVMFuzzerTestOneInput(const uint8_t *s, size_t n)
{
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("fuzz", 0);
	check(fd >= 0 && ftruncate(fd, 0) == 0 && pwrite(fd, s, n, 0) == (ssize_t)n);
	walk(fd, s, n, false);
	walk(fd, s, n, true);
	return 0;
}
