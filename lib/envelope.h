/* envelope - kcat -J's JSON around a message: its members, as columns */
#ifndef ENVELOPE_H
#define ENVELOPE_H
#include "dec.h"
#include "encfmt.h"
#include "jtree.h"

/*
 * What is no text that a stream or JSON can hold (UTF-8, without a NUL) is in
 * key64, headers64, payload64 as base64, and the member without the 64 is null.
 * headers is ["name","value",...], a value may be null; in headers64 the values
 * are base64, names are as they are.
 */
enum { ENV_TOPIC, ENV_PARTITION, ENV_OFFSET, ENV_TSTYPE, ENV_TS, ENV_HEADERS, ENV_HEADERS64,
    ENV_KEY, ENV_KEY64, ENV_PAYLOAD, ENV_PAYLOAD64, ENV_N };

struct env_member { const char *name; enum type type; enum meta meta; };
extern const struct env_member env_members[ENV_N];

int env_find(const char *name);		/* which member, or -1 */
bool env_istext(const char *, size_t);

extern const struct dec_format dec_envelope;
extern const struct enc_format enc_envelope;

/* The columns of a stream that are an envelope's. */
struct envelope {
	const struct piece *member[ENV_N];	/* NULL: there is none */
	struct jtree *tree;
	struct buf tmp, key, payload;
};

/* Out of the pieces: one that is no member, or that there is nothing to write: exit 1. */
void env_bind(struct envelope *, const struct enc *);
void env_free(struct envelope *);
/*
 * A member that may be in two columns, ENV_KEY or ENV_PAYLOAD, raw and whole
 * until the next of its kind; s NULL: null.  Both, or bad base64: exit 1.
 */
struct field env_bytes(struct envelope *, const struct rec *, int which);
/*
 * The headers: a list of names and values, NULL: none; *base64: the values
 * are.  Not such a list: exit 1.
 */
const struct jnode *env_headers(struct envelope *, const struct rec *, bool *base64);
/* What kout does its work by: the envelope of an encoder of enc_envelope; else NULL. */
struct envelope *env_of(struct enc *);
#endif
