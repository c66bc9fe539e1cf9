/* unpack - a compressed file as the bytes that it holds: gzip, zstd, lz4, lzop, xz */
#ifndef UNPACK_H
#define UNPACK_H
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct unpack;

/* By what it begins with.  1: compressed; 0: not; -1: more bytes are needed to tell. */
int unpack_known(const char *, size_t);
/*
 * A thread decompresses what comes from fd, of which the first bytes have been
 * read already: unpack_known says 1 of them; they are copied.  fd must stay
 * open until unpack_close, name is borrowed as long.
 */
struct unpack *unpack_open(int fd, const char *first, size_t n, const char *name);
int unpack_fd(const struct unpack *);	/* read from here instead; poll(2) is for it too */
/*
 * Frees and closes, but for fd.  After the end of what is to be read: if that
 * was not the end of a sound file, message and exit, 1 or 111.
 */
void unpack_close(struct unpack *);
#define UNPACK_WHY 256
int unpack_end(struct unpack *, char why[UNPACK_WHY]);	/* the same, but it returns that status, or 0, and why */

/* For the codecs, each a function that the thread runs. */
void unpack_gzip(struct unpack *);	/* RFC 1952 */
void unpack_lz4(struct unpack *);	/* the frame format */
void unpack_archive(struct unpack *);	/* zstd, xz; lzop by the program of that name */
ssize_t unpack_more(struct unpack *, const char **);	/* the next bytes of the file; 0: its end; -1: has been told */
bool unpack_put(struct unpack *, const char *, size_t);	/* false: nobody reads any more */
void unpack_bad(struct unpack *, int status, const char *why);	/* the first one counts */
#endif
