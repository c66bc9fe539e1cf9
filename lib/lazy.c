#include <dlfcn.h>
#include <string.h>

#include "lazy.h"

const char *
lazy_load(const char *soname, const char *const *name, size_t n, void *to)
{
	void *lib = dlopen(soname, RTLD_NOW | RTLD_LOCAL), *f;
	size_t i;

	if (lib == NULL)
		return dlerror();
	for (i = 0; i < n; i++) {
		if ((f = dlsym(lib, name[i])) == NULL)
			return dlerror();
		/* POSIX: a function fits */
		memcpy((char *)to + i * sizeof f, &f, sizeof f);
	}
	return NULL;
}
