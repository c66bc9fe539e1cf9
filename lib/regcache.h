/* regcache - schemas of a registry in files, one each; what fails is as if there were none */
#ifndef REGCACHE_H
#define REGCACHE_H
#include <stdint.h>

/* The directory for a registry, made if need be; NULL: there can be none.  To be freed. */
char *regcache_open(const char *url);
int regcache_get(const char *dir, int32_t id, char **kind, char **text);	/* 0, both to be freed; or -1 */
void regcache_put(const char *dir, int32_t id, const char *kind, const char *text);
#endif
