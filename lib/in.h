/* in - the reader: whole lines, and where their fields end */
#ifndef IN_H
#define IN_H
#include "rec.h"

/*
 * The reader finds line ends and separators 64 bytes at a time and hands out
 * lines with the places of their separators, so fields cost nothing until used.
 * It does so for a small part of what it has read at a time, so that bytes and
 * places are still in the processor's first cache when the lines are used.
 */
struct in {
	struct origin from;		/* of the line last returned; pos counts lines */
	int fd;
	bool csv;			/* separators are commas, not TABs; quote, TAB, backslash, NUL, and CR but for one before LF, mark a line as special */
	bool eof;
	void (*pause)(void *, bool);	/* before every read; true: it would block, so flush */
	void *arg;
	char *buf;
	size_t cap, w;			/* data is buf[0, w) */
	int64_t base;			/* bytes of the file that stood before buf[0] */
	size_t done;			/* scanned for separators */
	size_t whole;			/* behind the last line end that has been read; 0: there is none */
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

#define IN_BLOCK 64	/* bytes that may be read behind what the buffer holds */
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
/* For in.h and in.c only: in_wait for in_line; in_scan enters bytes up to a place into the index. */
int in_wait(struct in *, struct rec *);
void in_scan(struct in *, size_t);
/* Whether the next line is there; then it is in the index, from which the lines before it are gone. */
bool in_index(struct in *);

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

/*
 * 1: the next line is in the record, until this is called again (untyped: sep, nf,
 * from); 0: end of file; -1: torn, the record is the
 * unterminated rest.
 */
static inline int
in_line(struct in *in, struct rec *r)
{
	if (in->i == in->nlf)
		return in_wait(in, r);
	in_take(in, r);
	return 1;
}
#endif
