/* io - the fast line reader and the writer, over plain descriptors */
#ifndef IO_H
#define IO_H
#include "rec.h"

int io_open(const char *, int flags);	/* open(2), as 0666 and not for commands; again after a signal */

struct out {
	int fd;
	const char *name;		/* for messages: "standard output" or a path; borrowed */
	char *buf;
	size_t n, cap;
	const char *run;		/* neighbouring lines, still in the reader's buffer */
	size_t nrun;
	struct out *link;		/* all of them, for exit */
};

void out_init(struct out *, int fd, const char *name);	/* stays where it is until out_close or exit, which flushes it */
void out_put(struct out *, const char *, size_t);	/* copies */
void out_runs(struct out *, const char *, size_t);	/* for out_run only */
void out_settle(struct out *);				/* copies what is borrowed */
char *out_room(struct out *, size_t);			/* room for so many bytes at buf + n, settled; add to n yourself */
void out_flush(struct out *);				/* writes all; an error ends the program, 111 */
void out_close(struct out *);				/* flushes, closes, frees; checked */

/* Borrows until out_settle; neighbours are copied as one. */
static inline void
out_run(struct out *o, const char *s, size_t n)
{
	if (o->nrun > 0 && s == o->run + o->nrun)
		o->nrun += n;
	else
		out_runs(o, s, n);
}

/*
 * The reader finds line ends and separators 64 bytes at a time and hands out
 * lines with the places of their separators, so fields cost nothing until used.
 */
struct in {
	struct origin from;		/* of the line last returned; pos counts lines */
	int fd;
	char sep;			/* TAB, or ',' */
	bool csv;			/* quote, TAB, backslash, NUL, and CR but for one before LF, mark a line as special */
	bool eof;
	void (*pause)(void *, bool);	/* before every read; true: it would block, so flush */
	void *arg;
	char *buf;
	size_t cap, w;			/* data is buf[0, w) */
	int64_t base;			/* bytes of the file that stood before buf[0] */
	size_t done;			/* scanned for separators */
	uint32_t *at;			/* places of separators and LFs; at[0] is a sentinel */
	size_t nat, atcap;
	uint32_t *lf;			/* index in at of each LF; top bit: the line is special */
	size_t nlf, lfcap;
	size_t i;			/* next line's number in lf */
	size_t prev;			/* index in at of the LF before it */
	bool special;			/* whether the line last returned is, csv only */
	bool mark;			/* whether the line being scanned is */
	size_t most;			/* longest line accepted, bytes; in_init sets IN_MOST */
	/* a reader of bytes knows no lines: from.pos is its owner's, and in_bytes is the way to them */
	bool bytes;
	bool fresh;			/* bytes: some have come since in_starve */
	size_t used;			/* bytes: of buf, that in_skip has left behind */
	int64_t off;			/* bytes: where in the file buf[used] stands */
};

#define IN_MOST ((size_t)1 << 30)	/* a larger one is more likely a file that is no text */

void in_init(struct in *, int fd, const char *name);	/* name NULL: standard input */
void in_reset(struct in *, int fd, const char *name);	/* another file, the same buffers */
/* The same file from a place that in_offset gave; line: how many lines stand before it. */
void in_seek(struct in *, int64_t offset, int64_t line);
void in_stands(struct in *, int64_t offset, int64_t line);	/* the same, when the descriptor is there already */
int64_t in_offset(const struct in *);	/* bytes of the file before the line that comes next */
void in_free(struct in *);
bool in_ready(const struct in *);	/* a whole line is in the buffer; bytes: there are some that nobody looked at */
bool in_fill(struct in *);		/* one read(2); false: end of file; moves the buffer: earlier records are gone */
/*
 * in_fill for whoever has the bytes himself: room for at least one, which moves
 * the buffer; then how many have come, 0: end of file.
 */
char *in_room(struct in *, size_t *);
void in_got(struct in *, size_t);
int in_wait(struct in *, struct rec *);	/* for in_line only */

/* For a reader of bytes: what is there; n of them are used up (and stay until in_fill); more are needed. */
static inline struct field
in_bytes(const struct in *in)
{
	return (struct field){ in->buf + in->used, in->w - in->used };
}

static inline void
in_skip(struct in *in, size_t n)
{
	in->used += n;
	in->off += (int64_t)n;
}

static inline void
in_starve(struct in *in)
{
	in->fresh = false;
}

#define IN_SPECIAL ((uint32_t)1 << 31)	/* in lf */

/* The next line, which is there, into the record. */
static inline void
in_take(struct in *in, struct rec *r)
{
	uint32_t last = in->lf[in->i++];

	in->special = (last & IN_SPECIAL) != 0;
	last &= ~IN_SPECIAL;
	r->base = in->buf;
	r->sep = in->at + in->prev + 1;
	r->f = NULL;
	r->nf = last - in->prev;
	r->timed = false;
	r->from = &in->from;
	in->prev = last;
	in->from.pos++;
}

/* 1: the next line is in the record (untyped: sep, nf, from); 0: end of file; -1: torn, the record is the unterminated rest. */
static inline int
in_line(struct in *in, struct rec *r)
{
	if (in->i == in->nlf)
		return in_wait(in, r);
	in_take(in, r);
	return 1;
}
#endif
