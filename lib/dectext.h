/* dectext - what formats whose records are lines share; for formats only */
#ifndef DECTEXT_H
#define DECTEXT_H
#include "decfmt.h"

extern const struct dec_format dec_csv, dec_tsv, dec_line, dec_json;
extern const struct dec_format dec_re, dec_combined;

/* For dec_format's read and message. */
int text_read(struct dec *, struct in *, const char **why);	/* the next line, or csv record; header lines and blank ones are left out */
bool json_blank(const struct dec *);
int line_message(struct dec *, const char *, size_t, const char **why);	/* as it is, but without a NUL */
#endif
