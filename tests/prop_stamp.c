/* stamp against timegm, gmtime_r and strptime on random and boundary values */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dur.h"
#include "prop.h"
#include "stamp.h"
#include "zone.h"

#define ROUNDS 50000
#define YEAR_0 (INT64_C(-62167219200))		/* 0000-01-01 */
#define YEAR_10000 INT64_C(253402300800)

static int
below(int n)
{
	return (int)(rnd() % (uint64_t)n);
}

static struct stamp *
format(const char *spec)
{
	const char *why;
	struct stamp *st = stamp_new(spec, &why);

	if (st == NULL)
		fail(spec, why);
	return st;
}

static void
try_text(const struct stamp *st, const char *s, int ok, int64_t want)
{
	size_t n = strlen(s);
	char *copy = malloc(n > 0 ? n : 1);	/* for the sanitizer */
	int64_t ms = 77;

	if (copy == NULL)
		fail("malloc", "failed");
	memcpy(copy, s, n);
	if (stamp_parse(st, copy, n, &ms) != (ok ? 0 : -1))
		fail(ok ? "refused" : "accepted", s);
	if (ms != (ok ? want : 77)) {
		fprintf(stderr, "%" PRId64 " for %" PRId64 "\n", ms, want);
		fail("wrong time", s);
	}
	free(copy);
}

static const struct {
	const char *spec, *text;
	int ok;
	int64_t ms;
} cases[] = {
	{ "iso", "1970-01-01T00:00:00Z", 1, 0 },
	{ "iso", "2013-01-01T10:15:00Z", 1, 1357035300000 },
	{ "iso", "2013-01-01t10:15:00z", 1, 1357035300000 },
	{ "iso", "2013-01-01 10:15:00+00:00", 1, 1357035300000 },
	{ "iso", "2013-01-01T10:15:00-00:00", 1, 1357035300000 },
	{ "iso", "2013-01-01T10:15:00.1+05:30", 1, 1357015500100 },
	{ "iso", "1969-12-31T23:59:59.9999999Z", 1, -1 },
	{ "iso", "1969-12-31T23:59:59.0009Z", 1, -1000 },
	{ "iso", "2016-12-31T23:59:60.5Z", 1, 1483228800500 },
	{ "iso", "2016-12-31T23:59:61Z", 0, 0 },
	{ "iso", "2016-12-31T24:00:00Z", 0, 0 },
	{ "iso", "2016-12-31T23:60:00Z", 0, 0 },
	{ "iso", "2000-02-29T00:00:00Z", 1, 951782400000 },
	{ "iso", "1900-02-29T00:00:00Z", 0, 0 },
	{ "iso", "2023-02-29T00:00:00Z", 0, 0 },
	{ "iso", "2023-04-31T00:00:00Z", 0, 0 },
	{ "iso", "0000-01-01T00:00:00Z", 1, YEAR_0 * 1000 },
	{ "iso", "9999-12-31T23:59:59.999Z", 1, YEAR_10000 * 1000 - 1 },
	{ "iso", "+10000-01-01T00:00:00Z", 1, YEAR_10000 * 1000 },
	{ "iso", "-0001-12-31T23:59:59Z", 1, YEAR_0 * 1000 - 1000 },
	{ "iso", "+2013-01-01T10:15:00Z", 1, 1357035300000 },
	{ "iso", "10000-01-01T00:00:00Z", 0, 0 },
	{ "iso", "+999-01-01T00:00:00Z", 0, 0 },
	{ "iso", "+999999999-01-01T00:00:00Z", 0, 0 },
	{ "iso", "+584544016-01-01T00:00:00Z", 0, 0 },
	{ "iso", "+9999999999-01-01T00:00:00Z", 0, 0 },
	{ "iso", "+", 0, 0 }, { "iso", "", 0, 0 },
	{ "iso", "2013-01-01T10:15:00", 0, 0 },
	{ "iso", "2013-01-01T10:15:00.Z", 0, 0 },
	{ "iso", "2013-01-01T10:15:00.5", 0, 0 },
	{ "iso", "2013-01-01T10:15Z", 0, 0 },
	{ "iso", "2013-01-01T10:15:00Z ", 0, 0 },
	{ "iso", " 2013-01-01T10:15:00Z", 0, 0 },
	{ "iso", "2013-01-01T10:15:00+0000", 0, 0 },
	{ "iso", "2013-01-01T10:15:00+24:00", 0, 0 },
	{ "iso", "2013-01-01T10:15:00+23:60", 0, 0 },
	{ "iso", "2013-01-01T10:15:00+1", 0, 0 },
	{ "iso", "2013-01-0aT10:15:00Z", 0, 0 },
	{ "ms", "1357035300000", 1, 1357035300000 },
	{ "ms", "-1.5", 1, -2 }, { "ms", "-1.0", 1, -1 },
	{ "ms", "+1.9", 1, 1 }, { "ms", ".5", 1, 0 },
	{ "ms", "-.5", 1, -1 }, { "ms", "5.", 1, 5 },
	{ "ms", "", 0, 0 }, { "ms", ".", 0, 0 }, { "ms", "-", 0, 0 },
	{ "ms", "-.", 0, 0 }, { "ms", "1.2.3", 0, 0 },
	{ "ms", "1e3", 1, 1000 }, { "ms", "x", 0, 0 }, { "ms", " 1", 0, 0 },
	{ "ms", "-1.5E+3", 1, -1500 }, { "ms", "19.5e0", 1, 19 },
	{ "ms", "1999e-3", 1, 1 }, { "ms", "-1e-999", 1, -1 },
	{ "ms", "0e1000", 1, 0 }, { "ms", "4611686018427387904e0", 1, TIME_LIMIT },
	{ "ms", "1e19", 0, 0 }, { "ms", "1e1001", 0, 0 },
	{ "ms", "1e99999999999999999999", 0, 0 },
	{ "ms", "1e", 0, 0 }, { "ms", "e3", 0, 0 }, { "ms", ".e3", 0, 0 },
	{ "ms", "1e+", 0, 0 }, { "ms", "1e3.0", 0, 0 }, { "ms", "1e3e3", 0, 0 },
	{ "s", "1.700000000123E9", 1, 1700000000123 },
	{ "ns", "1.7e18", 1, 1700000000000 },
	{ "ms", "4611686018427387904", 1, TIME_LIMIT },
	{ "ms", "4611686018427387904.9", 1, TIME_LIMIT },
	{ "ms", "-4611686018427387904", 1, -TIME_LIMIT },
	{ "ms", "-4611686018427387904.1", 0, 0 },
	{ "ms", "4611686018427387905", 0, 0 },
	{ "ms", "99999999999999999999", 0, 0 },
	{ "s", "1700000000", 1, 1700000000000 },
	{ "s", "1700000000.123", 1, 1700000000123 },
	{ "s", "1700000000.1239", 1, 1700000000123 },
	{ "s", "1700000000.1", 1, 1700000000100 },
	{ "s", "-0.0001", 1, -1 }, { "s", "-1.001", 1, -1001 },
	{ "s", "4611686018427387", 1, 4611686018427387000 },
	{ "s", "4611686018427387.904", 1, TIME_LIMIT },
	{ "s", "4611686018427387.905", 0, 0 },
	{ "s", "4611686018427388", 0, 0 },
	{ "s", "9223372036854775807", 0, 0 },
	{ "us", "1700000000123456", 1, 1700000000123 },
	{ "us", "-1", 1, -1 }, { "us", "-1000", 1, -1 },
	{ "us", "-1001", 1, -2 }, { "us", "1999.9", 1, 1 },
	{ "us", "-1000.0001", 1, -2 }, { "us", "-0", 1, 0 },
	{ "us", "4611686018427387904999", 1, TIME_LIMIT },
	{ "us", "4611686018427387905000", 0, 0 },
	{ "ns", "1700000000123456789", 1, 1700000000123 },
	{ "ns", "-1", 1, -1 }, { "ns", "-1000000", 1, -1 },
	{ "ns", "-10000000000000000000000001", 0, 0 },
	{ "ns", "-1000000000000000000000001", 1, -1000000000000000001 },
	{ "%d/%b/%Y:%H:%M:%S", "01/Jan/2013:10:15:00", 1, 1357035300000 },
	{ "%d/%b/%Y:%H:%M:%S", "01/Jan/2013:10:15:00 ", 0, 0 },
	{ "%d/%b/%Y:%H:%M:%S", "31/Feb/2013:10:15:00", 0, 0 },
	{ "%d/%b/%Y:%H:%M:%S", "29/Feb/2012:23:59:60", 1, 1330560000000 },
	{ "%d/%b/%Y:%H:%M:%S", "29/Feb/2012:23:59:61", 0, 0 },
	{ "%d/%b/%Y:%H:%M:%S", "29/Feb/2012:24:00:00", 0, 0 },
	{ "%d/%b/%Y:%H:%M:%S %z", "01/Jan/2013:10:15:00 +0530", 1,
	    1357015500000 },
	{ "%F %T%z@Europe/Berlin", "2013-01-01 10:15:00Z", 1, 1357035300000 },
	{ "%H:%M", "01:02", 1, 3720000 }, { "%Y", "1969", 1, -31536000000 },
	{ "%Y-%j", "2024-366", 1, 1735603200000 },
	{ "%Y-%j", "2023-366", 0, 0 }, { "%y", "69", 1, -31536000000 },
	{ "%Y %U %w", "2026 00 0", 0, 0 },
	{ "%I:%M %p", "12:00 AM", 1, 0 },
	{ "%a %b %d %T", "Sun Apr 05 20:03:09", 1, 8193789000 },
	{ "%s", "1700000000", 1, 1700000000000 },
	{ "%s@Europe/Berlin", "1700000000", 1, 1700000000000 },
	{ "%s", "18446744073709551617", 0, 0 },
	{ "%s", "999999999999999999", 0, 0 }, { "%s", "-1", 0, 0 },
	{ "@%Y@", "@1970@", 1, 0 }, { "%Y@%m", "1970@02", 1, 2678400000 },
	{ "%Y@x@UTC", "1970@x", 1, 0 },
	{ "%F %T@Europe/Berlin", "2024-01-15 12:00:00", 1, 1705316400000 },
	{ "%F %T@Europe/Berlin", "2024-07-15 12:00:00", 1, 1721037600000 },
	/* skipped: as 03:30+02:00 */
	{ "%F %R@Europe/Berlin", "2024-03-31 02:30", 1, 1711848600000 },
	{ "%F %R@Europe/Berlin", "2024-03-31 01:59", 1, 1711846740000 },
	{ "%F %R@Europe/Berlin", "2024-03-31 02:00", 1, 1711846800000 },
	{ "%F %R@Europe/Berlin", "2024-03-31 03:00", 1, 1711846800000 },
	/* repeated: summer time */
	{ "%F %R@Europe/Berlin", "2024-10-27 02:30", 1, 1729989000000 },
	{ "%F %R@Europe/Berlin", "2024-10-27 02:00", 1, 1729987200000 },
	{ "%F %R@Europe/Berlin", "2024-10-27 03:00", 1, 1729994400000 },
	{ "%F %R@Europe/Berlin", "2084-07-01 12:00", 1, 3613284000000 },
	/* half an hour of summer; a day that never was */
	{ "%F %R@Australia/Lord_Howe", "2024-10-06 02:15", 1, 1728143100000 },
	{ "%F %R@Pacific/Apia", "2011-12-30 12:00", 1, 1325282400000 },
	{ "%F %T %Z@Europe/Berlin", "2024-01-15 12:00:00 CET", 1,
	    1705316400000 },
};
static const char *const bad[] = {
	"", "isoo", "epoch", "S", "%", "%%", "%Q", "%Y %Q", "%G-W%V", "%a",
	"%j", "%z", "%P %I", "%F %T %Z", "%F@Europe/Nowhere", "%F@Europe",
	"%F@/etc/localtime", "%F@../zoneinfo/UTC", "%F@zone.tab", "iso@UTC",
	"ms@UTC", "@UTC", "%F@Europe/Berlin/",
};

static void
try_fixed(void)
{
	const char *why;
	struct stamp *st;
	char text[600];
	int64_t ms;
	size_t i;

	for (i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		st = format(cases[i].spec);
		try_text(st, cases[i].text, cases[i].ok, cases[i].ms);
		if (stamp_isnum(st) != (strlen(cases[i].spec) <= 2 &&
		    *cases[i].spec != '%'))
			fail("stamp_isnum", cases[i].spec);
		stamp_free(st);
	}
	for (i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		why = NULL;
		if (stamp_new(bad[i], &why) != NULL || why == NULL)
			fail("accepted the format", bad[i]);
	}
	st = format("%Y ");
	memset(text, ' ', sizeof text);
	memcpy(text, "1970", 4);
	if (stamp_parse(st, text, 256, &ms) < 0 || ms != 0)
		fail("refused", "256 bytes");
	if (stamp_parse(st, text, 257, &ms) == 0)
		fail("accepted", "257 bytes");
	if (stamp_parse(st, "1970\0", 5, &ms) == 0)
		fail("accepted", "a NUL");
	stamp_free(st);
}

static void
try_iso(const struct stamp *st, int64_t ms)
{
	char want[80], got[STAMP_LEN + 1];
	int64_t sec = ms / 1000 - (ms % 1000 < 0), back;
	time_t t = (time_t)sec;
	struct tm tm;
	size_t n, len;

	memset(got, '#', sizeof got);
	n = stamp_iso(got, ms);
	if (got[n] != '#')
		fail("stamp_iso", "wrong length");
	got[n] = '\0';
	if (gmtime_r(&t, &tm) == NULL)
		fail("gmtime_r", got);
	len = (size_t)snprintf(want, sizeof want,
	    "%s%0*d-%02d-%02dT%02d:%02d:%02d", tm.tm_year > 8099 ? "+" : "",
	    tm.tm_year < -1900 ? 5 : 4, tm.tm_year + 1900, tm.tm_mon + 1,
	    tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
	if (ms != sec * 1000)
		len += (size_t)snprintf(want + len, sizeof want - len, ".%03d",
		    (int)(ms - sec * 1000));
	snprintf(want + len, sizeof want - len, "Z");
	if (strcmp(got, want) != 0)
		fail("stamp_iso is wrong, not", want);
	if (stamp_parse(st, got, n, &back) < 0 || back != ms)
		fail("does not read back", got);
	if (n == 20) {		/* the same with an offset */
		snprintf(got + 19, sizeof got - 19, "%c%02d:%02d",
		    below(2) ? '+' : '-', below(24), below(60));
		back = (got[20] - '0') * 600 + (got[21] - '0') * 60 +
		    (got[23] - '0') * 10 + got[24] - '0';
		back *= got[19] == '-' ? 60000 : -60000;
		try_text(st, got, 1, ms + back);
	}
}

/* Any fields: accepted when timegm has nothing to mend. */
static void
try_fields(const struct stamp *iso, const struct stamp *pattern)
{
	struct tm tm, was;
	char s[64];
	time_t t;
	int ok;

	memset(&tm, 0, sizeof tm);
	tm.tm_year = below(below(3) ? 200 : 8100);
	tm.tm_mon = below(40) ? below(12) : 12;
	tm.tm_mday = below(33);
	tm.tm_hour = below(40) ? below(24) : 24;
	tm.tm_min = below(40) ? below(60) : 60;
	tm.tm_sec = below(40) ? below(60) : 61;
	was = tm;
	snprintf(s, sizeof s, "%04d-%02d-%02dT%02d:%02d:%02dZ",
	    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
	    tm.tm_min, tm.tm_sec);
	t = timegm(&tm);
	ok = tm.tm_mon == was.tm_mon && tm.tm_mday == was.tm_mday &&
	    tm.tm_hour == was.tm_hour && tm.tm_min == was.tm_min &&
	    tm.tm_sec == was.tm_sec;
	try_text(iso, s, ok, (int64_t)t * 1000);
	try_text(pattern, s, ok, (int64_t)t * 1000);
	s[below((int)strlen(s))] = (char)(32 + below(95));
	(void)stamp_parse(iso, s, strlen(s), &(int64_t){ 0 });
}

static void
try_decimal(struct stamp *const *unit)
{
	static const int scale[] = { 0, 3, -3, -6 };	/* ms s us ns */
	int64_t ms, ns = (int64_t)(rnd() >> rnd() % 64);
	char digits[32], s[64];
	int i, whole, neg = below(2);

	if (ns < 0)
		ns = -(ns + 1);
	ms = ns / 1000000;
	if (neg)
		ms = -ms - (ns % 1000000 != 0);
	snprintf(digits, sizeof digits, "%025" PRId64, ns);
	for (i = 0; i < 4; i++) {	/* the same time, the point moved */
		whole = 25 - 6 - scale[i];
		snprintf(s, sizeof s, "%s%.*s.%s", neg ? "-" : "", whole,
		    digits, digits + whole);
		try_text(unit[i], s, 1, ms);
	}
}

/* Near a change of the clocks, against all times that could be it. */
static void
try_local(const char *zone)
{
	int64_t t = (int64_t)(rnd() % 2147483648), local, got, c, first = -1;
	int64_t lo = t, hi, mid, before;
	struct tm a, b;

	zone_use(zone);
	hi = lo + 200 * 86400;
	if (localtime_r(&(time_t){ lo }, &a) == NULL)
		fail("localtime_r", zone);
	while (hi - lo > 1) {		/* a change, if there is one */
		mid = lo + (hi - lo) / 2;
		if (localtime_r(&(time_t){ mid }, &b) == NULL)
			fail("localtime_r", zone);
		if (b.tm_gmtoff == a.tm_gmtoff)
			lo = mid;
		else
			hi = mid;
	}
	before = a.tm_gmtoff;
	local = hi + before - 10800 + below(360) * 60;
	for (c = local - 57600; c <= local + 57600 && first < 0; c += 60) {
		if (localtime_r(&(time_t){ c }, &b) == NULL)
			fail("localtime_r", zone);
		if (c + b.tm_gmtoff == local)
			first = c;
	}
	if (first < 0)
		first = local - before;
	if (zone_time(zone, local, &got) < 0 || got != first) {
		fprintf(stderr, "%" PRId64 ": %" PRId64 " for %" PRId64 "\n",
		    local, got, first);
		fail("zone_time", zone);
	}
}

int
main(int argc, char **argv)
{
	static const char *const zones[] = {
		"Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
		"Pacific/Apia", "Asia/Tehran", "America/Sao_Paulo", "UTC",
		"Africa/Casablanca", "Europe/London", "Asia/Kathmandu",
	};
	struct stamp *iso, *pattern, *unit[4];
	int64_t ms;
	int i;

	prop_start(argc, argv, "prop_stamp");
	try_fixed();
	iso = format("iso");
	pattern = format("%Y-%m-%dT%H:%M:%SZ");
	unit[0] = format("ms");
	unit[1] = format("s");
	unit[2] = format("us");
	unit[3] = format("ns");
	for (i = 0; i < 2000; i++) {
		try_iso(iso, YEAR_0 * 1000 - 1000 + i);
		try_iso(iso, YEAR_10000 * 1000 - 1000 + i);
		try_iso(iso, i - 1000);
		try_iso(iso, TIME_LIMIT - i);
		try_iso(iso, i - TIME_LIMIT);
		try_local(zones[i % 10]);
	}
	for (ms = -800000; ms < 3000000; ms++)		/* days */
		if (below(20) == 0)
			try_iso(iso, ms * 86400000);
	for (i = 0; i < ROUNDS; i++) {
		ms = (int64_t)(rnd() >> 2 >> below(62));
		try_iso(iso, below(2) ? ms : -ms);
		try_fields(iso, pattern);
		try_decimal(unit);
	}
	for (i = 0; i < 4; i++)
		stamp_free(unit[i]);
	stamp_free(pattern);
	stamp_free(iso);
	return 0;
}
