/* steps - a path such as a.b, a[0].b or a["b.c"], as json.h has it, in its steps */
#ifndef STEPS_H
#define STEPS_H
#include <stddef.h>

struct step {
	const char *key;	/* NULL: a place in an array */
	size_t n;		/* of key */
	size_t index;		/* from 0 */
};

/*
 * An array of steps whose keys are borrowed from the path; the caller frees it.
 * NULL: it is not a path.
 */
struct step *steps_parse(const char *path, size_t *n);
#endif
