/* arc - libarchive's functions, without their archive_, loaded when they are first needed */
#ifndef ARC_H
#define ARC_H
#include <archive.h>
#include <archive_entry.h>

#define ARC_EACH(F) \
	F(entry_free) F(entry_new) F(entry_set_filetype) \
	F(error_string) F(filter_bytes) F(filter_count) F(read_close) \
	F(read_data_block) F(read_free) F(read_new) F(read_next_header) \
	F(read_open) F(read_support_filter_lzop) F(read_support_filter_xz) \
	F(read_support_filter_zstd) F(read_support_format_empty) \
	F(read_support_format_raw) F(set_error) \
	F(write_add_filter_by_name) F(write_close) F(write_data) \
	F(write_free) F(write_header) F(write_new) \
	F(write_open) F(write_set_bytes_in_last_block) \
	F(write_set_bytes_per_block) F(write_set_filter_option) \
	F(write_set_format_raw)
#define ARC_MEMBER(f) __typeof__(archive_##f) *f;

struct arc {
	ARC_EACH(ARC_MEMBER)
	__typeof__(archive_errno) *error_number;	/* errno is a macro */
};

/* Stays; by any thread.  NULL and *why: the library is not there. */
const struct arc *arc_load(const char **why);
#endif
