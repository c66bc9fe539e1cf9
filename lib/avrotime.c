#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "avrotime.h"
#include "floor.h"
#include "iso.h"
#include "num.h"
#include "stamp.h"

#define DAY 86400000		/* ms */

bool
avrotime_is(enum avro_logical l)
{
	return l >= LOGICAL_DATE && l <= LOGICAL_LOCAL_US;
}

bool
avrotime_isday(enum avro_logical l)
{
	return l == LOGICAL_TIME_MS || l == LOGICAL_TIME_US;
}

static bool
is_micros(enum avro_logical l)
{
	return l == LOGICAL_TIME_US || l == LOGICAL_STAMP_US ||
	    l == LOGICAL_LOCAL_US;
}

static bool
is_local(enum avro_logical l)
{
	return l == LOGICAL_LOCAL_MS || l == LOGICAL_LOCAL_US;
}

/* Fractions of a second, if there are any, behind n bytes. */
static size_t
fraction_show(char *to, size_t n, int64_t us)
{
	if (us % 1000 != 0)
		n += (size_t)snprintf(to + n, AVROTIME_LEN - n, ".%06" PRId64, us);
	else if (us != 0)
		n += (size_t)snprintf(to + n, AVROTIME_LEN - n, ".%03" PRId64,
		    us / 1000);
	return n;
}

static size_t
day_show(char *to, int64_t us)
{
	int64_t sec = us / 1000000;
	int n = snprintf(to, AVROTIME_LEN, "%02d:%02d:%02d",
	    (int)(sec / 3600), (int)(sec / 60 % 60), (int)(sec % 60));

	return fraction_show(to, (size_t)n, us % 1000000);
}

void
avrotime_show(enum avro_logical l, int64_t v, char *to, struct instant *t)
{
	int64_t us = is_micros(l) ? v : 0;

	*t = (struct instant){ .stored = v, .text = to };
	if (avrotime_isday(l)) {
		if (v < 0 || v >= (int64_t)DAY * (is_micros(l) ? 1000 : 1))
			t->n = num_putint(to, v);
		else
			t->n = day_show(to, is_micros(l) ? us : v * 1000);
		return;
	}
	if (l == LOGICAL_DATE) {
		t->ms = v * DAY;	/* an int: it fits */
		t->n = stamp_iso(to, t->ms) - strlen("T00:00:00Z");
		return;
	}
	t->ms = is_micros(l) ? floor_div(us, 1000) : v;
	us = is_micros(l) ? floor_mod(us, 1000000) : floor_mod(v, 1000) * 1000;
	/* without the Z, and without the fraction, which may be longer */
	t->n = stamp_iso(to, t->ms) - (floor_mod(t->ms, 1000) != 0 ? 5 : 1);
	t->n = fraction_show(to, t->n, us);
	if (!is_local(l))
		to[t->n++] = 'Z';
}

/* Digits of a fraction behind a point as us; 0, or -1. */
static int
fraction_parse(const char *s, size_t n, int64_t *us)
{
	int64_t scale = 100000;
	size_t i;

	*us = 0;
	if (n == 0)
		return 0;
	if (*s != '.' || n < 2)
		return -1;
	for (i = 1; i < n; i++, scale /= 10) {
		if (s[i] < '0' || s[i] > '9')
			return -1;
		*us += (s[i] - '0') * scale;
	}
	return 0;
}

/* hh:mm:ss with a fraction or without. */
static int
day_parse(const char *s, size_t n, int64_t *us)
{
	int64_t h, m, sec;

	if (n < 8 || s[2] != ':' || s[5] != ':' || s[0] < '0' || s[3] < '0' ||
	    s[6] < '0' || num_int(s, 2, &h) < 0 || num_int(s + 3, 2, &m) < 0 ||
	    num_int(s + 6, 2, &sec) < 0 || h > 23 || m > 59 || sec > 59 ||
	    fraction_parse(s + 8, n - 8, us) < 0)
		return -1;
	*us += ((h * 60 + m) * 60 + sec) * 1000000;
	return 0;
}

/* What iso_parse cuts off: digits of the fraction behind the third. */
static int64_t
micros_rest(const char *s, size_t n)
{
	const char *point = memchr(s, '.', n), *end = s + n, *p;
	int64_t rest = 0, scale = 100;

	if (point == NULL)
		return 0;
	for (p = point + 1; p < end && *p >= '0' && *p <= '9'; p++)
		if (p > point + 3) {
			rest += (*p - '0') * scale;
			scale /= 10;
		}
	return rest;
}

int
avrotime_parse(enum avro_logical l, const char *s, size_t n, int64_t *v)
{
	char text[AVROTIME_LEN + 16];
	const char *zone = "";
	int64_t ms, us;

	if (num_int(s, n, v) == 0)
		return 0;
	if (avrotime_isday(l)) {
		if (day_parse(s, n, &us) < 0 || (!is_micros(l) && us % 1000 != 0))
			return -1;
		*v = is_micros(l) ? us : us / 1000;
		return 0;
	}
	/* a date alone, a local time without its zone */
	if (l == LOGICAL_DATE && memchr(s, ':', n) == NULL)
		zone = "T00:00:00Z";
	else if (is_local(l) && n > 0 && s[n - 1] != 'Z')
		zone = "Z";
	if (n > AVROTIME_LEN)
		return -1;
	memcpy(text, s, n);
	strcpy(text + n, zone);
	if (iso_parse(text, strlen(text), &ms) < 0)
		return -1;
	if (!is_micros(l))
		return avrotime_ofms(l, ms, v);
	return avrotime_ofms(l, ms, v) == 0 &&
	    !__builtin_add_overflow(*v, micros_rest(s, n), v) ? 0 : -1;
}

int
avrotime_ofms(enum avro_logical l, int64_t ms, int64_t *v)
{
	if (avrotime_isday(l))
		return -1;
	*v = ms;
	if (l == LOGICAL_DATE) {
		*v = floor_div(ms, DAY);
		return ms == *v * DAY && *v <= INT32_MAX && *v >= INT32_MIN ? 0 : -1;
	}
	return is_micros(l) && __builtin_mul_overflow(ms, 1000, v) ? -1 : 0;
}
