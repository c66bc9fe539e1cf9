/* enc - encodes records as csv, tsv, json or line */
#ifndef ENC_H
#define ENC_H
#include "head.h"
#include "rec.h"
#include "utf8.h"

struct enc;

/*
 * format "csv" "tsv" "json" "line"; fields: the -f option, names separated by
 * commas, or NULL for all; time: whether column 1 is written, first, when
 * fields is NULL; stamp: how times are written, column 1 and the others of
 * that type: "ms" (NULL too), "iso", or a strftime(3) pattern with a %, UTC.
 * A bad option: message, exit 2.
 */
struct enc *enc_new(const char *format, const char *fields, bool time, const char *stamp);
void enc_free(struct enc *);
void enc_bind(struct enc *, const struct head *);	/* a field that is not there: exit 1 */
void enc_header(struct enc *, struct buf *);		/* csv, tsv: the header line, no LF */
void enc_rec(struct enc *, struct rec *, struct buf *);	/* appends one record, no LF; what the format cannot carry: exit 1 with the place */

void enc_json_string(struct buf *, const char *, size_t);	/* valid UTF-8, quoted and escaped */
#endif
