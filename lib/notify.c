#include <sys/socket.h>
#include <sys/un.h>
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "notify.h"
#include "num.h"

void
notify_send(const char *text)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t n;
	int fd;

	if (path == NULL || (*path != '/' && *path != '@'))
		return;
	n = strlen(path);
	if (n >= sizeof to.sun_path) {
		warnx("NOTIFY_SOCKET: too long");
		return;
	}
	memcpy(to.sun_path, path, n);
	if (*path == '@')
		to.sun_path[0] = '\0';		/* Linux's abstract names */
	if ((fd = socket(AF_UNIX, SOCK_DGRAM, 0)) < 0 ||
	    sendto(fd, text, strlen(text), 0, (struct sockaddr *)(void *)&to,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)) < 0)
		warn("NOTIFY_SOCKET");
	if (fd >= 0)
		close(fd);
}

int64_t
notify_watchdog(void)
{
	const char *usec = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
	int64_t us, id;

	if (usec == NULL || num_int(usec, strlen(usec), &us) < 0 || us <= 0)
		return 0;
	if (pid != NULL && (num_int(pid, strlen(pid), &id) < 0 ||
	    id != (int64_t)getpid()))
		return 0;
	return us / 1000;
}
