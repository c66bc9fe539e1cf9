#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "die.h"
#include "io.h"
#include "slurp.h"

#define CHUNK 65536

void
slurp(const char *path, struct buf *b)
{
	int fd = io_open(path, O_RDONLY);
	ssize_t k;

	if (fd < 0)
		err(EXIT_BAD, "%s", path);
	while ((k = read(fd, buf_room(b, CHUNK), CHUNK)) != 0) {
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			err(EXIT_BAD, "%s", path);
		b->n += (size_t)k;
		if (b->n > SLURP_MOST)
			errx(EXIT_BAD, "%s: larger than %zu bytes", path,
			    SLURP_MOST);
	}
	close(fd);
}
