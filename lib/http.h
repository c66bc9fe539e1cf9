/* http - a request to one of several servers and its answer, by libcurl; for regclient.c */
#ifndef HTTP_H
#define HTTP_H
#include "buf.h"
#include "regconf.h"

struct http;

struct http *http_new(const char *urls, const struct regconf *);
void http_free(struct http *);
const char *http_url(const struct http *);	/* of the first server, without user and password */
char *http_escape(struct http *, const char *);	/* for a path; to be freed by free(3) */
/*
 * GET a path, or POST a body if there is one; again if that may help.  The
 * status and the answer, valid until the next call; or DEC_TEMP or DEC_FATAL
 * and *why, when there is none.
 */
int http_ask(struct http *, const char *path, const struct buf *body, const struct buf **answer, const char **why);
#endif
