/* json - picks values out of JSON documents, by path or all of an array; checks the whole document */
#ifndef JSON_H
#define JSON_H
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define JSON_PAD 64		/* bytes that must be readable behind a document */
#define JSON_DEPTH 500		/* of nesting; deeper is an error */

enum json_kind { JSON_NONE, JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_TREE };

/*
 * A string is its text, unescaped; the others are the JSON text as it stood.
 * clean: nothing in it has to be escaped in a stream.  Both live until the
 * next document, and only as long as the document's own bytes do.
 */
struct json_value { enum json_kind kind; bool clean; const char *s; size_t n; };

struct json;

struct json *json_new(void);
void json_free(struct json *);
/*
 * a.b, a[0].b, or a["b.c"] for a key with a dot; paths count from 0.  Returns
 * -1 if it is not a path.
 */
int json_path(struct json *, const char *);
/*
 * One document (RFC 8259), of any kind; with paths it must be an object.  Of
 * keys that stand twice the last counts.  Fills a value a path (JSON_NONE: not
 * there).  0, or -1 and *why, static text.
 */
int json_read(struct json *, const char *, size_t, struct json_value *, const char **why);
/*
 * One document that is an array: its elements, none JSON_NONE, as above.  NULL
 * and *why: it is not one, or malformed.
 */
const struct json_value *json_list(struct json *, const char *, size_t, size_t *len, const char **why);

#ifdef __cplusplus
}
#endif
#endif
