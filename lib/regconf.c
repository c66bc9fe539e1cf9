#include <string.h>

#include "buf.h"
#include "num.h"
#include "regconf.h"

#define PREFIX "schema.registry."

static int
flag_set(bool *flag, bool when, const char *value, const char **why)
{
	bool yes = strcmp(value, "true") == 0;

	if (!yes && strcmp(value, "false") != 0)
		return *why = "true or false is wanted", -1;
	*flag = yes == when;
	return 1;
}

int
regconf_set(struct regconf *c, const char *name, const char *value,
    const char **why)
{
	const struct { const char *name; char **to; } texts[] = {
		{ "url", &c->url },
		{ "basic.auth.user.info", &c->user },
		{ "bearer.auth.token", &c->token },
		{ "ssl.ca.location", &c->ca },
		{ "ssl.certificate.location", &c->cert },
		{ "ssl.key.location", &c->key },
		{ "ssl.key.password", &c->keypass },
	};
	size_t i;

	if (strcmp(name, "auto.register.schemas") == 0)
		return flag_set(&c->keep, false, value, why);
	if (strcmp(name, "use.latest.version") == 0)
		return flag_set(&c->latest, true, value, why);
	if (strncmp(name, PREFIX, strlen(PREFIX)) != 0)
		return 0;
	name += strlen(PREFIX);
	for (i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (strcmp(texts[i].name, name) == 0) {
			*texts[i].to = mem_copy(value, strlen(value));
			return 1;
		}
	if (strcmp(name, "request.timeout.ms") == 0)
		return num_int(value, strlen(value), &c->timeout) == 0 &&
		    c->timeout > 0 && c->timeout <= 3600000 ? 1 :
		    (*why = "not a number of ms", -1);
	return *why = "no such property of a registry", -1;
}
