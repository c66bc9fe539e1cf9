/* spec - what -s says, a format's name and maybe ":ARG"; what dec's and enc's formats have of it */
#ifndef SPEC_H
#define SPEC_H
#include <stdbool.h>

#include "buf.h"

struct spec {
	const char *name;	/* as in -s */
	const char *arg;	/* what may follow, behind a ':', for messages: "SCHEMA.avsc"; NULL: nothing may */
	bool argneeded;
	bool messages, files;	/* what it is for */
};

bool spec_is(const struct spec *, const char *text, struct buf *others);	/* if not, its name is appended */
_Noreturn void spec_none(struct buf *others, const char *text);	/* the formats are these: exit 2 */
/* What stands behind the ':', or NULL; what is not for the format: message, exit 2. */
const char *spec_arg(const struct spec *, const char *text, bool file);
#endif
