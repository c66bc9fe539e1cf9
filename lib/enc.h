/* enc - encodes records in a format */
#ifndef ENC_H
#define ENC_H
#include "head.h"
#include "rec.h"
#include "utf8.h"

struct enc;
struct enc_format;			/* encfmt.h */
struct registry;

/* Lists of formats, each ended by NULL. */
extern const struct enc_format *const enc_texts[];	/* csv tsv json line */
extern const struct enc_format *const enc_all[];	/* what swrite and kout have */

struct enc_opts {
	const struct enc_format *const *formats;
	const char *spec;	/* -s: a format's name, and maybe ":ARG" */
	const char *fields;	/* -f: names separated by commas, or NULL for all */
	/*
	 * How times are written, column 1 and the others of that type: "ms" (NULL
	 * too), "iso", or a strftime(3) pattern with a %, UTC.
	 */
	const char *stamp;
	bool file;		/* records of a file, each ended; all: column 1 too, first.  Else messages */
	bool header;		/* -H */
	const char *codec;	/* -z, for formats that have codecs of their own; or NULL */
	struct registry *registry;	/* of schemas, for messages; may be NULL */
	const char *subject;	/* what a schema is registered as */
};

/* A bad option: message, exit 2.  What opts names is borrowed. */
struct enc *enc_new(const struct enc_opts *);
bool enc_packs(const struct enc *);	/* the format has codecs of its own, and took the one of the options */
void enc_free(struct enc *);
void enc_bind(struct enc *, const struct head *);	/* a field that is not there: exit 1 */
bool enc_single(const struct enc *);	/* the format writes one field, and what is null is no message */

/* All append. */
void enc_start(struct enc *, struct buf *);	/* what a file begins with: a header line, a container's head */
void enc_rec(struct enc *, struct rec *, struct buf *);	/* a record; what the format cannot carry: exit 1 with the place */
void enc_flush(struct enc *, struct buf *);	/* what was kept back to be written as one block */

void enc_json_string(struct buf *, const char *, size_t);	/* valid UTF-8, quoted and escaped */
#endif
