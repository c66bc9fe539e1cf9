#include <err.h>

#include "curlfn.h"
#include "die.h"
#include "lazy.h"

/* Debian's two builds differ in their TLS. */
#define CURLFN_SONAME "libcurl.so.4"
#define CURLFN_NAME(f) "curl_" #f,

static const char *const names[] = { CURLFN_EACH(CURLFN_NAME) };

const struct curlfn *
curlfn_load(void)
{
	static struct curlfn functions;
	const char *why;

	if (functions.easy_init == NULL &&
	    (why = lazy_load(CURLFN_SONAME, names,
	    sizeof names / sizeof *names, &functions)) != NULL)
		errx(EXIT_BAD, "the schema registry's client: %s", why);
	return &functions;
}
