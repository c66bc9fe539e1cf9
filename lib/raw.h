/* raw - the records of csv, tsv, json and line, cut out of a reader or a message */
#ifndef RAW_H
#define RAW_H
#include "csvrec.h"
#include "io.h"

enum format { FORMAT_CSV, FORMAT_TSV, FORMAT_JSON, FORMAT_LINE };

struct raw {
	enum format format;
	struct field record;	/* as it stood, without its line end */
	struct origin from;	/* of its first line */
	size_t n;		/* fields, csv and tsv only */
	bool plain;		/* not json: nothing in it needs care, such as a quote, an escape, a CR */
	bool clean;		/* not json: nothing in it has to be escaped */
	/* the rest is raw.c's own, and raw_field's */
	bool direct;		/* fields lie between separators, the reader's or at; 8 bytes may be read behind them */
	struct rec r;
	size_t cr;		/* bytes of the last field that belong to the line end */
	const struct field *f;	/* if not direct */
	struct field *split;
	size_t cap;
	uint32_t *at;		/* places of a message's separators; at[0] is a sentinel */
	size_t atcap;
	bool open;		/* the record goes on, in a quoted field */
	struct csvrec csv;
	struct buf text;	/* of a record over several lines; a padded message */
};

void raw_init(struct raw *, enum format);
void raw_free(struct raw *);
/*
 * The next record; an empty line is one.  1; 0: end of file; -1: bad, *why says
 * so, record is what is to be skipped; 3: as dec_read.
 * whole: its fields will all be looked at, as a header's are.
 */
int raw_read(struct raw *, struct in *, bool whole, const char **why);
/* The same of a message: 1 or -1.  One line end behind csv and tsv is left out. */
int raw_csv(struct raw *, const char *, size_t, const char **why);
int raw_tsv(struct raw *, const char *, size_t, const char **why);
int raw_lines(struct raw *, const char *, size_t, const char **why);	/* one field, as it is */
void raw_padded(struct raw *, const char *, size_t);	/* copied, with JSON_PAD zeros behind */

/* Raw text, s NULL if null (csv, direct: an empty field is); tsv: escaped. */
static inline struct field
raw_field(const struct raw *w, size_t i)
{
	struct field f;

	if (!w->direct)
		return w->f[i];
	f = rec_field(&w->r, i);
	if (i == w->n - 1)
		f.n -= w->cr;
	return f;
}
#endif
