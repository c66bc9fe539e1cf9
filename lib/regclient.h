/* regclient - a client of Confluent's schema registry, by libcurl */
#ifndef REGCLIENT_H
#define REGCLIENT_H
#include "regconf.h"
#include "registry.h"

/*
 * Without a URL the one of $WEIR_REGISTRY; without that NULL.  What is borrowed:
 * the settings.  Schemas are kept in a file each, under
 * ${XDG_CACHE_HOME:-$HOME/.cache}/weir/registry, since one of an id never
 * changes; if they cannot be, they are asked for in each run.
 */
struct registry *regclient_new(const struct regconf *);
void regclient_free(struct registry *);
#endif
