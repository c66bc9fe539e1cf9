#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "die.h"
#include "epoch.h"
#include "num.h"

#define ID_MOST 200		/* bytes, so that a file's name has room for more */

/* What is no SEQ.RUN is followed by the first one. */
static void
epoch_count(struct buf *id)
{
	size_t n = strcspn(id->s, ".");
	struct buf run = { 0 };
	int64_t seq;

	if (id->s[n] == '.' && num_int(id->s, n, &seq) == 0 &&
	    seq < INT64_MAX) {
		buf_adds(&run, id->s + n);
	} else {
		seq = 0;
		buf_adds(&run, ".0");
	}
	id->n = 0;
	buf_addint(id, seq + 1);
	buf_add(id, run.s, run.n);
	buf_free(&run);
}

void
epoch_next(struct buf *id, const char *given)
{
	*buf_room(id, 1) = '\0';
	if (*given == '\0') {
		epoch_count(id);
	} else {
		id->n = 0;
		buf_adds(id, given);
	}
	*buf_room(id, 1) = '\0';
}

void
epoch_check(const char *id, const char *that)
{
	if (*id == '\0' || *id == '.' || strchr(id, '/') != NULL ||
	    strchr(id, '\\') != NULL || strlen(id) > ID_MOST)
		errx(EXIT_BAD, "not an epoch's ID that %s: \"%s\"", that,
		    show(id, strlen(id)));
}

const char *
epoch_seq(const char *id, int64_t *seq)
{
	size_t n = strspn(id, "0123456789");

	return id[n] == '.' && num_int(id, n, seq) == 0 ? id + n + 1 : NULL;
}

const char *
epoch_run(void)
{
	static char name[64];
	static unsigned n;

	snprintf(name, sizeof name, "%" PRIx64 "-%lx-%x",
	    (uint64_t)clock_wall(), (unsigned long)getpid(), n++);
	return name;
}
