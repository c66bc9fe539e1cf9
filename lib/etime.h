/* etime - the event time of a record: the option -T, and reading what it names */
#ifndef ETIME_H
#define ETIME_H
#include <stdbool.h>

#include "dur.h"
#include "esc.h"
#include "stamp.h"

struct etime {
	char *name;		/* the field's; NULL: @now or @kafka */
	bool now;		/* @now */
	bool format;		/* one was given */
	bool ms;		/* it is a number of ms, or may be */
	/* the rest is etime.c's own */
	struct stamp *stamp, *iso;	/* iso: tried second, where no format is given */
};

/* "field[=format]", or, if it is so allowed, "@now" and "@kafka"; a bad one: message, exit 2. */
void etime_parse(struct etime *, const char *spec, bool now, bool kafka);
/* 0, or -1: the field is no time, and why says so. */
int etime_read(const struct etime *, struct field, int64_t *ms, char *why, size_t);

static inline bool
etime_fits(int64_t ms)
{
	return ms <= TIME_LIMIT && ms >= -TIME_LIMIT;
}
#endif
