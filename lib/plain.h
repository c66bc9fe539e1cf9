/* plain - the lines of csv and tsv files that can go on as they stand */
#ifndef PLAIN_H
#define PLAIN_H
#include "cols.h"
#include "io.h"
#include "num.h"
#include "scan.h"

struct plain {
	size_t n;		/* fields of such a line; 0: there are none */
	/* the rest is plain.c's own, and plain_take's */
	struct plain_col { size_t i; enum type type; } *col;
	size_t ncol;
	bool csv;
};

/*
 * The columns have their places; lines can go on if the columns are theirs, in
 * order, and the first is the time, a number of ms.
 */
void plain_bind(struct plain *, const struct cols *, bool csv);
void plain_free(struct plain *);
/* For plain_take only. */
bool plain_oddtime(struct field, int64_t *ms) __attribute__((cold));
bool plain_odd(enum type, struct field) __attribute__((cold));

static inline bool
plain_time(struct field f, int64_t *ms)
{
	if (f.n - NUM_MIDLEAST <= NUM_MIDMOST - NUM_MIDLEAST && *f.s != '0')
		return num_mid(f.s, f.n, ms);
	return plain_oddtime(f, ms);
}

/* Most ints are short; 8 bytes may be read behind any field. */
static inline bool
plain_value(enum type type, struct field f)
{
	if (type == TYPE_INT && f.n - 1 < 8 && (*f.s != '0' || f.n == 1) &&
	    num_good(num_first(f.s, f.n)))
		return true;
	return plain_odd(type, f);
}

/* Commas become TABs; not if a field is empty. */
static inline bool
plain_cut(char *buf, const uint32_t *sep, size_t n)
{
	uint32_t from = *sep;
	size_t i;

	for (i = 1; i < n; i++) {
		if (sep[i] - from == 1) {
			while (--i > 0)
				buf[sep[i - 1]] = ',';
			return false;
		}
		buf[from] = '\t';
		from = sep[i];
	}
	return true;
}

static inline bool
plain_tsv(const char *buf, const uint32_t *sep, size_t n)
{
	uint32_t from = sep[-1] + 1;
	size_t i;

	for (i = 1; i < n; i++)
		if (sep[i] - sep[i - 1] == 1)
			return false;
	return !scan_any(buf + from, sep[n - 1] - from, '\\', '\r', '\0', '\0');
}

/*
 * If the next line is there, with nothing null, nothing to be escaped and all
 * as weir would write it: true, and it is a record as read, timed, without a
 * place.  Commas have become TABs then, where they stand.
 */
static inline bool
plain_take(const struct plain *p, struct in *in, struct rec *r)
{
	const uint32_t *sep;
	const struct plain_col *c, *end = p->col + p->ncol;
	char *buf = in->buf;
	uint32_t last, from;
	size_t n = p->n;
	int64_t ms;

	if (in->i == in->nlf && !in_index(in))
		return false;
	sep = in->at + in->prev + 1;
	/* a special line's last is too large for any n */
	last = in->lf[in->i];
	if (last - in->prev != n)
		return false;
	from = sep[-1] + 1;
	if (!plain_time((struct field){ buf + from, *sep - from }, &ms) ||
	    buf[sep[n - 1] - 1] == '\r')
		return false;
	for (c = p->col; c < end; c++) {
		from = sep[c->i - 1] + 1;
		if (!plain_value(c->type,
		    (struct field){ buf + from, sep[c->i] - from }))
			return false;
	}
	if (!(p->csv ? plain_cut(buf, sep, n) : plain_tsv(buf, sep, n)))
		return false;
	in->i++;
	in->prev = last;
	in->from.pos++;
	r->base = buf;
	r->sep = sep;
	r->f = NULL;
	r->nf = n;
	r->time = ms;
	r->timed = true;
	r->from = NULL;
	return true;
}
#endif
