#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "steps.h"

#define INDEX_DIGITS 9

/* One step of a path; *s moves behind it.  -1: none stands there. */
static int
step_parse(const char **s, struct step *p)
{
	const char *end, *at = *s;

	*p = (struct step){ 0 };
	if (*at != '[') {
		p->key = at;
		p->n = strcspn(at, ".[");
		*s = at + p->n;
		return p->n > 0 ? 0 : -1;
	}
	at++;
	if (*at == '"') {
		if ((end = strstr(at + 1, "\"]")) == NULL)
			return -1;
		p->key = at + 1;
		p->n = (size_t)(end - at) - 1;
		*s = end + 2;
		return 0;
	}
	p->n = strspn(at, "0123456789");
	if (p->n == 0 || p->n > INDEX_DIGITS || at[p->n] != ']')
		return -1;
	p->index = strtoul(at, NULL, 10);
	*s = at + p->n + 1;
	return 0;
}

struct step *
steps_parse(const char *path, size_t *n)
{
	struct step *p = NULL;

	for (*n = 0;;) {
		p = mem_grow(p, *n + 1, sizeof *p);
		if (step_parse(&path, &p[(*n)++]) < 0)
			break;
		if (*path == '\0')
			return p;
		if (*path == '.')
			path++;
		else if (*path != '[')
			break;
	}
	free(p);
	return NULL;
}
