#include <err.h>
#include <string.h>

#include "die.h"
#include "spec.h"

bool
spec_is(const struct spec *s, const char *text, struct buf *others)
{
	size_t n = strcspn(text, ":");

	if (strlen(s->name) == n && memcmp(s->name, text, n) == 0)
		return true;
	buf_addc(others, ' ');
	buf_adds(others, s->name);
	return false;
}

void
spec_none(struct buf *others, const char *text)
{
	buf_addc(others, '\0');
	errx(EXIT_USAGE, "-s: the formats are%s: %s", others->s, text);
}

const char *
spec_arg(const struct spec *s, const char *text, bool file)
{
	const char *arg = strchr(text, ':');

	if (arg != NULL)
		arg++;
	if (arg != NULL && s->arg == NULL)
		errx(EXIT_USAGE, "-s: nothing follows %s: %s", s->name, text);
	if ((arg == NULL && s->argneeded) || (arg != NULL && *arg == '\0'))
		errx(EXIT_USAGE, "-s: %s:%s is wanted: %s", s->name, s->arg,
		    text);
	if (file ? !s->files : !s->messages)
		errx(EXIT_USAGE, "-s %s: not for %s", s->name,
		    file ? "files" : "messages");
	return arg;
}
