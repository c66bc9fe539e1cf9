/* What libarchive decompresses. */
#include <errno.h>

#include "arc.h"
#include "die.h"
#include "unpack.h"

struct flow {
	struct unpack *u;
	const struct arc *arc;
	la_int64_t n;		/* bytes given to libarchive */
};

static la_ssize_t
on_read(struct archive *a, void *arg, const void **s)
{
	struct flow *f = arg;
	const char *block;
	ssize_t k = unpack_more(f->u, &block);

	if (k < 0)
		f->arc->set_error(a, EIO, "read");
	else
		f->n += k;
	*s = block;
	return k;
}

/* Into the pipe; ARCHIVE_EOF: all of it; ARCHIVE_OK: nobody wants more. */
static int
flow_run(struct flow *f, struct archive *a)
{
	struct archive_entry *e;
	const void *s;
	size_t n;
	la_int64_t at;
	int k;

	if ((k = f->arc->read_open(a, f, NULL, on_read, NULL)) != ARCHIVE_OK ||
	    (k = f->arc->read_next_header(a, &e)) != ARCHIVE_OK)
		return k;
	if (f->arc->filter_count(a) == 1) {
		f->arc->set_error(a, EINVAL, "a broken header");
		return ARCHIVE_FATAL;
	}
	while ((k = f->arc->read_data_block(a, &s, &n, &at)) == ARCHIVE_OK)
		if (!unpack_put(f->u, s, n))
			break;
	return k;
}

static void
flow_fail(struct flow *f, struct archive *a)
{
	const char *why = f->arc->error_string(a);

	unpack_bad(f->u, f->arc->error_number(a) == ENOMEM ? EXIT_TEMP : EXIT_BAD,
	    why != NULL ? why : "it cannot be decompressed");
}

void
unpack_archive(struct unpack *u)
{
	struct flow f = { .u = u };
	struct archive *a;
	const char *s;
	int k;

	if ((f.arc = arc_load(&s)) == NULL) {
		unpack_bad(u, EXIT_BAD, s);
		return;
	}
	if ((a = f.arc->read_new()) == NULL) {
		unpack_bad(u, EXIT_TEMP, "out of memory");
		return;
	}
	(void)f.arc->read_support_filter_zstd(a);
	(void)f.arc->read_support_filter_xz(a);
	/* a warning: the program of that name is needed */
	(void)f.arc->read_support_filter_lzop(a);
	(void)f.arc->read_support_format_raw(a);
	(void)f.arc->read_support_format_empty(a);
	k = flow_run(&f, a);
	if (k == ARCHIVE_EOF) {
		/* it stops at what it does not know */
		if (f.arc->filter_bytes(a, -1) < f.n ||
		    unpack_more(u, &s) > 0)
			unpack_bad(u, EXIT_BAD,
			    "something that is not compressed follows");
	} else if (k != ARCHIVE_OK) {
		flow_fail(&f, a);
	}
	if (f.arc->read_close(a) != ARCHIVE_OK && k == ARCHIVE_EOF)
		flow_fail(&f, a);
	f.arc->read_free(a);
}
