/* The chain while no input is there: what it wrote is let go, what operators wait for may come. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "die.h"
#include "next.h"
#include "opt.h"

void
chain_pause(void *arg, bool blocking)
{
	struct next *nx = arg;

	if (opt_due())
		progress_print(nx);
	for (;; nx++) {
		nx->busy++;
		if (nx->op == NULL)
			(blocking ? out_flush : out_settle)(nx->st);
		else if (nx->latename != NULL)
			(blocking ? out_flush : out_settle)(&nx->late);
		if (nx->op != NULL && nx->op->sink && blocking &&
		    nx->op->flush != NULL)
			nx->op->flush(nx->st);
		nx->busy--;
		if (nx->op == NULL || nx->op->sink)
			return;
	}
}

int
chain_wait(struct next *chain, int fd, int ms)
{
	struct pollfd *p;
	struct next *nx;
	size_t n = 1, i = 1;
	bool there;

	for (nx = chain; nx->op != NULL; nx++)
		n += nx->op->want != NULL ? OP_FDS : 0;
	if (n == 1 && ms < 0)
		return 1;
	p = mem_grow(NULL, n, sizeof *p);
	p[0] = (struct pollfd){ .fd = fd, .events = POLLIN };
	for (nx = chain; nx->op != NULL; nx++)
		if (nx->op->want != NULL)
			i += nx->op->want(nx->st, p + i);
	if (poll(p, (nfds_t)i, ms) < 0) {
		if (errno != EINTR)
			die_temp("poll");
		p[0].revents = 0;
		i = 1;
	}
	there = p[0].revents != 0;
	while (i > 1 && p[i - 1].revents == 0)
		i--;
	free(p);
	/* they look themselves whether it was for them */
	for (nx = chain; i > 1 && nx->op != NULL; nx++)
		if (nx->op->ready != NULL) {
			nx->busy++;
			nx->op->ready(nx->st, nx + 1);
			nx->busy--;
		}
	return there;
}
