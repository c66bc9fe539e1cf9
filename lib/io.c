#include <errno.h>
#include <fcntl.h>

#include "io.h"

int
io_open(const char *path, int flags)
{
	int fd;

	/* a FIFO waits for its other end, and -v has a timer */
	while ((fd = open(path, flags | O_CLOEXEC, 0666)) < 0 && errno == EINTR)
		;
	return fd;
}
