#include <string.h>

#include "avroname.h"

bool
avroname_ok(const char *s)
{
	size_t i;

	for (i = 0; s[i] != '\0'; i++)
		if (!((s[i] >= 'a' && s[i] <= 'z') ||
		    (s[i] >= 'A' && s[i] <= 'Z') || s[i] == '_' ||
		    (i > 0 && s[i] >= '0' && s[i] <= '9')))
			return false;
	return i > 0;
}

const char *
avroname_full(struct arena *a, const char *name, const char *space)
{
	const char *s = name, *dot = strchr(name, '.');
	size_t n = strlen(name), k = strlen(space);
	char *full, part[256];

	for (;; s += strcspn(s, ".") + 1) {
		size_t len = strcspn(s, ".");

		if (len >= sizeof part)
			return NULL;
		memcpy(part, s, len);
		part[len] = '\0';
		if (!avroname_ok(part))
			return NULL;
		if (s[len] == '\0')
			break;
	}
	if (dot != NULL || k == 0)
		return name;
	full = arena_alloc(a, k + n + 2);
	memcpy(full, space, k);
	full[k] = '.';
	memcpy(full + k + 1, name, n + 1);
	return full;
}

const char *
avroname_space(struct arena *a, const char *full)
{
	const char *dot = strrchr(full, '.');
	char *space;

	if (dot == NULL)
		return "";
	space = arena_alloc(a, (size_t)(dot - full) + 1);
	memcpy(space, full, (size_t)(dot - full));
	space[dot - full] = '\0';
	return space;
}

int
avroname_list(struct arena *a, const struct jnode *nd, const char *key,
    const char ***names, size_t *n)
{
	const struct jnode *list = jtree_member(nd, key, strlen(key)), *kid;

	*n = 0;
	*names = NULL;
	if (list == NULL)
		return 0;
	if (list->kind != JSON_TREE || list->object)
		return -1;
	*names = arena_alloc(a, list->n * sizeof **names);
	for (kid = list->kid; kid != NULL; kid = kid->next) {
		if (kid->kind != JSON_STRING)
			return -1;
		(*names)[(*n)++] = kid->s;
	}
	return 0;
}
