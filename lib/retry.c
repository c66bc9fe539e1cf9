#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "die.h"
#include "dur.h"
#include "num.h"
#include "retry.h"

#define WITHIN 3600000		/* ms */
#define MOST 1000000

void
retry_parse(struct retry *r, const char *arg)
{
	const char *slash = strchr(arg, '/');
	size_t n = slash != NULL ? (size_t)(slash - arg) : strlen(arg);

	if (num_int(arg, n, &r->most) < 0 || r->most < 0 || r->most > MOST)
		errx(EXIT_USAGE, "-R: not a number of starts: %s", arg);
	r->within = slash != NULL ? dur_option('R', slash + 1, 1) : WITHIN;
	free(r->at);
	r->at = r->most > 0 ? mem_alloc((size_t)r->most * sizeof *r->at) : NULL;
	/* none at all */
	if (r->most == 0)
		r->within = -1;
}

void
retry_well(struct retry *r)
{
	r->pause = 0;
}

int64_t
retry_next(struct retry *r, int64_t now)
{
	int64_t *oldest;

	if (r->within < 0)
		return -1;
	if (r->most > 0) {
		oldest = &r->at[r->n % r->most];
		if (r->n >= r->most && now - *oldest < r->within)
			return -1;
		*oldest = now;
		r->n++;
	}
	r->pause = r->pause == 0 ? RETRY_FIRST : r->pause * 2;
	if (r->pause > RETRY_MOST)
		r->pause = RETRY_MOST;
	return r->pause;
}
