/* regconf - how to reach a schema registry: Confluent's properties, as -X has them */
#ifndef REGCONF_H
#define REGCONF_H
#include <stdbool.h>
#include <stdint.h>

struct regconf {		/* {0} is valid: no registry, the default settings */
	char *url;		/* several, separated by commas, are tried in turn */
	char *user;		/* "name:password" */
	char *token;		/* a bearer's */
	char *ca, *cert, *key, *keypass;	/* TLS, files in PEM */
	int64_t timeout;	/* of a request, ms; 0: REGCONF_TIMEOUT */
	bool keep;		/* auto.register.schemas=false: no schema is registered */
	bool latest;		/* use.latest.version=true: the subject's latest schema is written */
};

#define REGCONF_TIMEOUT 10000

/*
 * A property: 1: it was one and is set; 0: it is none of a registry's; -1: it
 * is one that is not known, or its value is bad, *why is static text.
 */
int regconf_set(struct regconf *, const char *name, const char *value, const char **why);
#endif
