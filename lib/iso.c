#include "dur.h"
#include "iso.h"
#include "num.h"

#define DAY_MS 86400000
#define YEAR_MAX 999999999

static const unsigned month_days[] = {
	31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
};
static const unsigned month_start[] = {	/* in a year that begins in March */
	306, 337, 0, 31, 61, 92, 122, 153, 184, 214, 245, 275
};

int
iso_days(int64_t year, int m, int d, int64_t *days)
{
	unsigned y, leap;

	if (year < -YEAR_MAX || year > YEAR_MAX || m < 1 || m > 12 || d < 1)
		return -1;
	y = (unsigned)(year + 1000000000);	/* whole eras of 400 years on */
	leap = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
	if ((unsigned)d > month_days[m - 1] + (m == 2 && leap))
		return -1;
	y -= m <= 2;
	*days = (int64_t)y * 365 + y / 4 - y / 100 + y / 400 +
	    month_start[m - 1] + d - 1 - 719468 -
	    (int64_t)146097 * (1000000000 / 400);
	return 0;
}

/* Two digits, or 100, which no field may be. */
static int
iso_two(const char *s)
{
	unsigned a = (unsigned)(s[0] - '0'), b = (unsigned)(s[1] - '0');

	return a > 9 || b > 9 ? 100 : (int)(a * 10 + b);
}

static int
iso_year(const char **s, const char *end, int64_t *year)
{
	const char *p = *s;
	int hi, lo;

	if (p < end && (*p == '+' || *p == '-')) {
		for (p++; p < end && *p >= '0' && *p <= '9'; p++)
			;
		if (p - *s < 5 || p - *s > 10)
			return -1;
		(void)num_int(*s, (size_t)(p - *s), year);
	} else {
		if (end - p < 4 || (hi = iso_two(p)) == 100 ||
		    (lo = iso_two(p + 2)) == 100)
			return -1;
		*year = hi * 100 + lo;
		p += 4;
	}
	*s = p;
	return 0;
}

int
iso_parse(const char *s, size_t n, int64_t *ms)
{
	const char *end = s + n;
	int64_t year, days, t;
	int hour, min, sec, unit, frac = 0, off = 0, oh, om;

	if (iso_year(&s, end, &year) < 0)
		return -1;
	/* -MM-DDTHH:MM:SS and at least a Z */
	if (end - s < 16 || s[0] != '-' || s[3] != '-' ||
	    (s[6] != 'T' && s[6] != ' ' && s[6] != 't') ||
	    s[9] != ':' || s[12] != ':')
		return -1;
	hour = iso_two(s + 7);
	min = iso_two(s + 10);
	sec = iso_two(s + 13);
	/* 60 is a leap second: the next minute's 0, by the sum below. */
	if (hour > 23 || min > 59 || sec > 60 || iso_days(year,
	    iso_two(s + 1), iso_two(s + 4), &days) < 0)
		return -1;
	s += 15;
	if (*s == '.') {
		if (++s == end || *s < '0' || *s > '9')
			return -1;
		for (unit = 100; s < end && *s >= '0' && *s <= '9'; s++) {
			frac += (*s - '0') * unit;
			unit /= 10;
		}
	}
	if (end - s == 6 && (*s == '+' || *s == '-')) {
		oh = iso_two(s + 1);
		om = iso_two(s + 4);
		if (oh > 23 || om > 59 || s[3] != ':')
			return -1;
		off = (oh * 60 + om) * 60000;
		if (*s == '-')
			off = -off;
	} else if (end - s != 1 || (*s != 'Z' && *s != 'z'))
		return -1;
	if (days > TIME_LIMIT / DAY_MS + 1 || days < -TIME_LIMIT / DAY_MS - 1)
		return -1;
	t = days * DAY_MS + ((hour * 60 + min) * 60 + sec) * 1000 + frac - off;
	if (t > TIME_LIMIT || t < -TIME_LIMIT)
		return -1;
	*ms = t;
	return 0;
}
