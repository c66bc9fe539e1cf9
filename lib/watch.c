#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/inotify.h>
#endif

#include "buf.h"
#include "watch.h"

#define LOOK 250		/* ms, where nothing tells of changes */
#define LOOK_TOLD 1000		/* a directory further up may have been changed, or a file elsewhere on the net */

int
watch_most(const struct watch *w)
{
	return w->fd < 0 ? LOOK : LOOK_TOLD;
}

#ifdef __linux__
void
watch_init(struct watch *w)
{
	w->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
}

int
watch_add(struct watch *w, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir;

	if (w->fd < 0)
		return -1;
	dir = slash == NULL ? mem_copy(".", 1) :
	    mem_copy(path, slash == path ? 1 : (size_t)(slash - path));
	inotify_add_watch(w->fd, dir, IN_CREATE | IN_MOVED_TO);
	free(dir);
	return inotify_add_watch(w->fd, path, IN_MODIFY);
}

void
watch_drop(struct watch *w, int wd)
{
	if (w->fd >= 0 && wd >= 0)
		inotify_rm_watch(w->fd, wd);
}

void
watch_clear(struct watch *w)
{
	char text[4096];

	while (w->fd >= 0 && read(w->fd, text, sizeof text) > 0)
		;
}
#else
void
watch_init(struct watch *w)
{
	w->fd = -1;
}

int
watch_add(struct watch *w, const char *path)
{
	(void)w;
	(void)path;
	return -1;
}

void
watch_drop(struct watch *w, int wd)
{
	(void)w;
	(void)wd;
}

void
watch_clear(struct watch *w)
{
	(void)w;
}
#endif
