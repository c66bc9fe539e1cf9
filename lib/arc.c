#include <pthread.h>

#include "arc.h"
#include "lazy.h"

#define ARC_SONAME "libarchive.so.13"
#define ARC_NAME(f) "archive_" #f,

static const char *const names[] = {
	ARC_EACH(ARC_NAME) "archive_errno"
};
static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct arc functions;
static const char *failure;

static void
arc_init(void)
{
	failure = lazy_load(ARC_SONAME, names, sizeof names / sizeof *names,
	    &functions);
}

const struct arc *
arc_load(const char **why)
{
	(void)pthread_once(&once, arc_init);
	*why = failure;
	return failure == NULL ? &functions : NULL;
}
