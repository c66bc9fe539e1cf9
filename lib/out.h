/* out - the writer: many small texts, few writes */
#ifndef OUT_H
#define OUT_H
#include <stddef.h>

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
char *out_more(struct out *, size_t);			/* for out_room only */
void out_flush(struct out *);				/* writes all; an error ends the program, 111 */
void out_close(struct out *);				/* flushes, closes, frees; checked */

/* Room for so many bytes at buf + n, settled; add to n yourself. */
static inline char *
out_room(struct out *o, size_t n)
{
	if (o->nrun == 0 && o->cap - o->n >= n)
		return o->buf + o->n;
	return out_more(o, n);
}

/* Borrows until out_settle; neighbours are copied as one. */
static inline void
out_run(struct out *o, const char *s, size_t n)
{
	if (o->nrun > 0 && s == o->run + o->nrun)
		o->nrun += n;
	else
		out_runs(o, s, n);
}
#endif
