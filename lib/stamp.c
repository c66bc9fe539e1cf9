#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "buf.h"
#include "dur.h"
#include "floor.h"
#include "iso.h"
#include "num.h"
#include "stamp.h"
#include "zone.h"

#define DAY_MS 86400000
#define TEXT_MAX 256		/* bytes of a text that a pattern reads */

struct stamp {
	enum { UNIT, ISO, PATTERN } kind;
	int shift;		/* UNIT: the power of ten that makes it ms */
	int epoch;		/* PATTERN: has a %s */
	char *fmt;
	char *zone;		/* NULL: UTC */
};

static const struct {
	const char *name;
	int shift;
} units[] = { { "ms", 0 }, { "s", 3 }, { "us", -3 }, { "ns", -6 } };

static int
stamp_limit(int64_t v, int64_t *ms)
{
	if (v > TIME_LIMIT || v < -TIME_LIMIT)
		return -1;
	*ms = v;
	return 0;
}

#define EXP_MOST 1000		/* a larger exponent is no time, or 0 */

/* Takes an exponent, if there is one, from the end of s; -1: a wrong one. */
static int
stamp_exponent(const char *s, const char **end, int64_t *exp)
{
	const char *e = s;
	size_t n;

	*exp = 0;
	while (e < *end && *e != 'e' && *e != 'E')
		e++;
	if (e == *end)
		return 0;
	n = (size_t)(*end - e) - 1;
	*end = e++;
	if (num_int(e, n, exp) < 0 || *exp > EXP_MOST || *exp < -EXP_MOST)
		return -1;
	return 0;
}

/* Digit by digit, since a double would round. */
static int
stamp_decimal(int shift, const char *s, size_t n, int64_t *ms)
{
	const char *end = s + n, *p;
	ptrdiff_t keep, pos = 0;	/* digits that count; digits seen */
	int64_t x = 0, exp;
	int neg = 0, point = 0, cut = 0, d;

	if (stamp_exponent(s, &end, &exp) < 0)
		return -1;
	if (s < end && (*s == '-' || *s == '+'))
		neg = *s++ == '-';
	for (p = s; p < end && *p != '.'; p++)
		;
	keep = p - s + shift + (ptrdiff_t)exp;
	for (p = s; p < end; p++) {
		if (*p == '.' && !point) {
			point = 1;
			continue;
		}
		d = *p - '0';
		if (d < 0 || d > 9)
			return -1;
		if (pos++ >= keep)
			cut |= d != 0;
		else if (__builtin_mul_overflow(x, 10, &x) ||
		    __builtin_add_overflow(x, d, &x))
			return -1;
	}
	if (pos == 0)
		return -1;
	for (; pos < keep; pos++)
		if (__builtin_mul_overflow(x, 10, &x))
			return -1;
	return stamp_limit(neg ? -x - cut : x, ms);
}

static int
stamp_unit(int shift, const char *s, size_t n, int64_t *ms)
{
	int64_t v;

	if (num_int(s, n, &v) < 0)
		return stamp_decimal(shift, s, n, ms);
	if (shift > 0 && __builtin_mul_overflow(v, 1000, &v))
		return -1;
	if (shift < 0)
		v = floor_div(v, shift == -3 ? 1000 : 1000000);
	return stamp_limit(v, ms);
}

static int
stamp_pattern(const struct stamp *st, const char *s, size_t n, int64_t *ms)
{
	char text[TEXT_MAX + 1];
	struct tm tm;
	int64_t days, t;
	size_t i, run = 0;
	const char *end;

	if (n > TEXT_MAX || memchr(s, '\0', n) != NULL)
		return -1;
	memcpy(text, s, n);
	text[n] = '\0';
	for (i = 0; st->epoch && i < n; i++) {
		run = s[i] >= '0' && s[i] <= '9' ? run + 1 : 0;
		if (run > 18)		/* strptime would wrap */
			return -1;
	}
	memset(&tm, 0, sizeof tm);
	tm.tm_mday = 1;
	tm.tm_year = 70;
	tm.tm_yday = -1;
	tm.tm_gmtoff = LONG_MIN;	/* becomes another by %z or %s */
	if ((end = strptime(text, st->fmt, &tm)) == NULL || end != text + n)
		return -1;
	/* strptime takes 31 February, and %j without a year it forgets. */
	if (tm.tm_sec > 60 || iso_days((int64_t)tm.tm_year + 1900,
	    tm.tm_mon + 1, tm.tm_mday, &days) < 0)
		return -1;
	t = days * 86400 + (tm.tm_hour * 60 + tm.tm_min) * 60 + tm.tm_sec;
	if (tm.tm_gmtoff != LONG_MIN)
		t -= tm.tm_gmtoff;
	else if (st->zone != NULL && zone_time(st->zone, t, &t) < 0)
		return -1;
	if (__builtin_mul_overflow(t, 1000, &t))
		return -1;
	return stamp_limit(t, ms);
}

int
stamp_parse(const struct stamp *st, const char *s, size_t n, int64_t *ms)
{
	switch (st->kind) {
	case UNIT:
		return stamp_unit(st->shift, s, n, ms);
	case ISO:
		return iso_parse(s, n, ms);
	default:
		return stamp_pattern(st, s, n, ms);
	}
}

int
stamp_isnum(const struct stamp *st)
{
	return st->kind == UNIT;
}

/* Whether the pattern has this conversion, with or without flags. */
static int
stamp_has(const char *fmt, char which)
{
	for (; (fmt = strchr(fmt, '%')) != NULL; fmt++) {
		fmt += 1 + strspn(fmt + 1, "_-^#+EO0123456789");
		if (*fmt == which)
			return 1;
		if (*fmt == '\0')
			break;
	}
	return 0;
}

static int
stamp_write(const struct stamp *st, int64_t ms, char *text)
{
	time_t t = (time_t)floor_div(ms, 1000);
	struct tm tm;

	zone_use(st->zone != NULL ? st->zone : "UTC");	/* %s goes by TZ */
	return localtime_r(&t, &tm) == NULL ||
	    strftime(text, TEXT_MAX + 1, st->fmt, &tm) == 0 ? -1 : 0;
}

/*
 * Write a time in the pattern, read it, write that again: this finds what
 * strptime cannot read, and what it reads but ignores (ISO weeks, a weekday
 * alone).  2026 has the weekdays of 1970, the year if a pattern has none.
 */
static const char *
stamp_try(const struct stamp *st)
{
	const int64_t sample = 1775419389000;	/* Sun 2026-04-05T20:03:09Z */
	char a[TEXT_MAX + 1], b[TEXT_MAX + 1];
	int64_t ms;

	if (stamp_write(st, 0, a) < 0 || stamp_write(st, sample, b) < 0)
		return "bad time pattern";
	if (strcmp(a, b) == 0)
		return "not ms, s, us, ns, iso or a strptime(3) pattern";
	if (stamp_pattern(st, b, strlen(b), &ms) < 0)
		return "strptime(3) does not read what this pattern writes";
	if (stamp_write(st, ms, a) < 0 || strcmp(a, b) != 0)
		return "strptime(3) ignores a part of this pattern";
	return NULL;
}

static const char *
stamp_setup(struct stamp *st, const char *spec)
{
	const char *at = strrchr(spec, '@');
	size_t i;

	for (i = 0; i < sizeof units / sizeof units[0]; i++) {
		if (strcmp(spec, units[i].name) == 0) {
			st->kind = UNIT;
			st->shift = units[i].shift;
			return NULL;
		}
	}
	if (strcmp(spec, "iso") == 0) {
		st->kind = ISO;
		return NULL;
	}
	st->kind = PATTERN;
	st->fmt = mem_copy(spec, strlen(spec));
	if (at != NULL && at[1] != '\0' && strpbrk(at, "% \t") == NULL) {
		st->fmt[at - spec] = '\0';
		st->zone = mem_copy(at + 1, strlen(at + 1));
		if (!zone_exists(st->zone))
			return "no such time zone";
	} else if (stamp_has(spec, 'Z'))
		return "%Z does not say the offset: use %z or @Zone";
	st->epoch = stamp_has(st->fmt, 's');
	return stamp_try(st);
}

struct stamp *
stamp_new(const char *spec, const char **why)
{
	struct stamp *st = mem_alloc(sizeof *st);

	if ((*why = stamp_setup(st, spec)) != NULL) {
		stamp_free(st);
		return NULL;
	}
	return st;
}

void
stamp_free(struct stamp *st)
{
	if (st == NULL)
		return;
	free(st->fmt);
	free(st->zone);
	free(st);
}

static char *
stamp_put(char *to, int v, int width)
{
	int i;

	for (i = width; i-- > 0; v /= 10)
		to[i] = (char)('0' + v % 10);
	return to + width;
}

size_t
stamp_iso(char *to, int64_t ms)
{
	int64_t days = floor_div(ms, DAY_MS), era, y;
	int rest = (int)floor_mod(ms, DAY_MS), doe, yoe, doy, m, width;
	char *p = to;

	/* Years from March; 400 of them are an era of 146097 days. */
	days += 719468;
	era = floor_div(days, 146097);
	doe = (int)(days - era * 146097);
	yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	doy = doe - (yoe * 365 + yoe / 4 - yoe / 100);
	m = (doy * 5 + 2) / 153;
	y = era * 400 + yoe + (m >= 10);
	if (y < 0 || y > 9999) {
		*p++ = y < 0 ? '-' : '+';
		y = y < 0 ? -y : y;
	}
	for (width = 4, era = y / 10000; era > 0; era /= 10)
		width++;
	p = stamp_put(p, (int)y, width);
	*p++ = '-';
	p = stamp_put(p, m < 10 ? m + 3 : m - 9, 2);
	*p++ = '-';
	p = stamp_put(p, doy - (m * 153 + 2) / 5 + 1, 2);
	*p++ = 'T';
	p = stamp_put(p, rest / 3600000, 2);
	*p++ = ':';
	p = stamp_put(p, rest / 60000 % 60, 2);
	*p++ = ':';
	p = stamp_put(p, rest / 1000 % 60, 2);
	if (rest % 1000 != 0) {
		*p++ = '.';
		p = stamp_put(p, rest % 1000, 3);
	}
	*p++ = 'Z';
	return (size_t)(p - to);
}

int
stamp_format(struct buf *b, const char *pattern, const struct tm *tm)
{
	size_t n, room;

	for (room = 64;; room *= 2) {
		n = strftime(buf_room(b, room), room, pattern, tm);
		if (n > STAMP_MOST + 1 || (n == 0 && room > STAMP_MOST + 1))
			return -1;
		if (n > 0)
			break;
	}
	b->n += n - 1;
	return 0;
}
