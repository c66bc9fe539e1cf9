/* encfmt - how a format plugs into enc: its functions, and what of enc they may use */
#ifndef ENCFMT_H
#define ENCFMT_H
#include "enc.h"
#include "spec.h"

struct piece {			/* a column that is written */
	size_t col;
	enum type type;
	char *name;
	char *path, *kind;	/* of -f, where the format has them: behind the =, else the name; behind the :, or NULL */
	struct buf key;		/* the format's: json has here what stands before the value */
};

struct enc {
	const struct enc_format *format;
	struct enc_opts opts;
	const char *arg;	/* what stands behind the format's name and ':'; or NULL */
	bool all;		/* every column, as it stands */
	struct piece *piece;
	size_t n;
	void *own;		/* the format's */
	bool ms;		/* times are written as ms */
	struct buf tmp;		/* for whoever needs one for a moment */
	/* the rest is enc.c's own */
	char *pattern;		/* for stamp_format; NULL: ms or iso */
	int64_t sec;		/* the second that text is */
	struct buf text;
};

/* What a format is.  Functions that are not needed are NULL. */
struct enc_format {
	struct spec spec;
	const char *const *codecs;	/* names that opts.codec may be, and NULL; or NULL: none of its own */
	bool header;		/* -H is known */
	bool paths;		/* -f may be name:type=path */
	bool single;		/* one field, without a name */
	bool lines;		/* enc_rec ends a record of a file by LF */
	bool stamped;		/* -T iso and patterns are known */

	void (*open)(struct enc *);	/* bad options: message, exit 2 or 1 */
	void (*close)(struct enc *);
	/* The pieces are known; may come again, with another head. */
	void (*bind)(struct enc *, const struct head *);
	void (*start)(struct enc *, struct buf *);
	void (*rec)(struct enc *, struct rec *, struct buf *);
	void (*flush)(struct enc *, struct buf *);
};

extern const struct enc_format enc_fcsv, enc_ftsv, enc_fjson, enc_fline;
extern const struct enc_format enc_proto, enc_thrift;

/* For formats. */
/* Piece of the record as an escaped field, its time written out as -T says. */
bool enc_timeasis(const struct rec *);	/* its time is there as text, as it would be written */
struct field enc_field(struct enc *, struct rec *, const struct piece *);
/* The place, and what of the piece cannot be written: k is ENC_... of enctext.h. */
_Noreturn void enc_bad(const struct rec *, const struct piece *, struct field, int k);
#endif
