/* avroname - names of Avro's types, fields and symbols */
#ifndef AVRONAME_H
#define AVRONAME_H
#include <stdbool.h>
#include <stddef.h>

#include "arena.h"
#include "jtree.h"

bool avroname_ok(const char *);	/* one without dots */
/* A full name out of a name and the namespace around it, the name itself or in the arena; NULL: not a name. */
const char *avroname_full(struct arena *, const char *name, const char *space);
const char *avroname_space(struct arena *, const char *full);	/* the namespace of a full name */
/* A member that is a list of names, "aliases" or "symbols", in the arena; *names NULL: there is none.  0, or -1: something else. */
int avroname_list(struct arena *, const struct jnode *, const char *key, const char ***names, size_t *n);
#endif
