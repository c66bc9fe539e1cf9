/* fit - the parts of a heading that a snapshot depends on, for an operator's fits */
#ifndef FIT_H
#define FIT_H
#include "key.h"

void fit_columns(struct snap *, const char *name, const struct head *, const size_t *col, size_t n);	/* name=user:str,city:str */
void fit_key(struct snap *, const struct key *);	/* key=user:str,city:str */
void fit_fields(struct snap *, const char *name, const struct head *);	/* all columns; for who keeps whole records */
void fit_window(struct snap *, const struct window *);
void fit_int(struct snap *, const char *name, int64_t);
void fit_args(struct snap *, const char *name, char *const *, size_t n);	/* texts, blanks between */
#endif
