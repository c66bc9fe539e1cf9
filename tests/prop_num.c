/* num and dur against strtoll, strtod and printf, random and boundary values */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dur.h"
#include "num.h"
#include "prop.h"

#define ROUNDS 100000

/* In a block of its own size, for the sanitizer to see what is read past it. */
static char *
exactly(const char *s, size_t n)
{
	char *p = malloc(n > 0 ? n : 1);

	if (p == NULL)
		fail("malloc", "failed");
	memcpy(p, s, n);
	return p;
}

static int
digits(const char **s)
{
	const char *p = *s;

	while (**s >= '0' && **s <= '9')
		(*s)++;
	return *s > p;
}

static void
try_int(const char *s)
{
	const char *p = s + (*s == '-' || *s == '+');
	char *copy = exactly(s, strlen(s)), *end;
	int64_t v = 77;
	long long want;
	int ok = digits(&p) && *p == '\0';

	errno = 0;
	want = strtoll(s, &end, 10);
	ok = ok && errno == 0;
	if (num_int(copy, strlen(s), &v) != (ok ? 0 : -1))
		fail("num_int: wrong status", s);
	if (v != (ok ? want : 77))
		fail("num_int: wrong value", s);
	free(copy);
}

static int
same(double a, double b)
{
	return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

static void
try_float(const char *s)
{
	const char *p = s + (*s == '-' || *s == '+');
	char *copy = exactly(s, strlen(s));
	double v = 77, want = strtod(s, NULL);
	int ok;

	ok = digits(&p);
	if (*p == '.') {
		p++;
		ok |= digits(&p);
	}
	if (ok && (*p == 'e' || *p == 'E')) {
		p++;
		p += *p == '-' || *p == '+';
		ok = digits(&p);
	}
	ok = (ok && *p == '\0' && !isinf(want)) || strcmp(s, "NaN") == 0 ||
	    strcmp(s, "Infinity") == 0 || strcmp(s, "-Infinity") == 0;
	if (num_float(copy, strlen(s), &v) != (ok ? 0 : -1))
		fail("num_float: wrong status", s);
	if (!same(v, ok ? want : 77))
		fail("num_float: wrong value", s);
	free(copy);
}

static void
try_putint(int64_t v)
{
	char want[32], got[NUM_INTLEN + 1];
	size_t n;

	memset(got, '#', sizeof got);
	n = num_putint(got, v);
	snprintf(want, sizeof want, "%" PRId64, v);
	if (n != strlen(want) || memcmp(got, want, n) != 0 ||
	    got[NUM_INTLEN] != '#')
		fail("num_putint", want);
	try_int(want);
	try_float(want);
}

static void
try_putfloat(double v)
{
	char want[64], got[NUM_FLOATLEN + 1];
	double back;
	size_t n;
	int i;

	if (isnan(v))
		snprintf(want, sizeof want, "NaN");
	else if (isinf(v))
		snprintf(want, sizeof want, "%sInfinity", v < 0 ? "-" : "");
	else if (fabs(v) < 9007199254740992.0 && v == (double)(int64_t)v)
		snprintf(want, sizeof want, "%.0f", v);
	else
		for (i = 15; i <= 17; i++) {
			snprintf(want, sizeof want, "%.*g", i, v);
			if (strtod(want, NULL) == v)
				break;
		}
	memset(got, '#', sizeof got);
	n = num_putfloat(got, v);
	if (n != strlen(want) || memcmp(got, want, n) != 0 ||
	    got[NUM_FLOATLEN] != '#')
		fail("num_putfloat", want);
	if (num_float(got, n, &back) < 0 || !same(back, v))
		fail("num_putfloat: does not read back", want);
	snprintf(want, sizeof want, "%.17g", v);
	if (isfinite(v))
		try_float(want);
}

static void
try_dur(const char *s, int ok, int64_t want)
{
	int64_t v = 77;

	if (dur_parse(s, &v) != (ok ? 0 : -1) || v != (ok ? want : 77))
		fail("dur_parse", s);
}

static double
rnd_double(void)
{
	uint64_t r = rnd();
	double v;

	switch (rnd() % 6) {
	case 0:
		memcpy(&v, &r, sizeof v);
		return v;
	case 1:		/* few decimals */
		v = (double)(r % 2000000000);
		return v / pow(10, (double)(rnd() % 12));
	case 2:		/* averages */
		return (double)(r % 1000000) / (double)(rnd() % 1000 + 1);
	case 3:		/* around powers of two and ten */
		v = rnd() % 2 ? pow(2, (double)(r % 80) - 20) :
		    pow(10, (double)(r % 25) - 8);
		for (r = rnd() % 4; r > 0; r--)
			v = nextafter(v, rnd() % 2 ? INFINITY : 0);
		return v;
	case 4:		/* any size that prints without exponent */
		v = (double)(r >> 11 | (uint64_t)1 << 52);
		v = ldexp(v, -(int)(rnd() % 70));
		return rnd() % 2 ? v : -v;
	default:
		return (double)(int64_t)r / pow(2, (double)(rnd() % 64));
	}
}

/* Near a number, often one. */
static void
rnd_text(char *s)
{
	static const char odd[] = "0123456789000999.-+eE xnaI/:";
	size_t i, n;

	if (rnd() % 2) {
		snprintf(s, 40, "%s%0*" PRIu64, rnd() % 2 ? "-" : "+",
		    (int)(rnd() % 22), rnd() >> rnd() % 64);
		n = strlen(s);
		if (rnd() % 4 == 0)
			s[rnd() % n] = odd[rnd() % (sizeof odd - 1)];
		return;
	}
	n = rnd() % 30;
	for (i = 0; i < n; i++)
		s[i] = odd[rnd() % (rnd() % 4 ? 16 : sizeof odd - 1)];
	s[n] = '\0';
}

static const char *const texts[] = {
	"", "-", "+", "0", "-0", "+0", "00", "1-", "--1", "+-1", " 1",
	"1 ", "0x10", "9223372036854775807", "9223372036854775808",
	"-9223372036854775808", "-9223372036854775809",
	"000000000000000000000000000000000000000000001",
	"999999999999999999", "1000000000000000000", "12345678",
	"1234567/", "123:5678", "1.", ".1", ".", "-.", ".e1", "1e",
	"1e+", "1e5", "1E-5", "1.5e+3", "0e999999999999999999999",
	"1e999999999999999999999", "1e-999999999999999999999", "-1e-400",
	"1.7976931348623157e308", "1.7976931348623159e308", "5e-324",
	"2.4703282292062327e-324", "2.4703282292062328e-324",
	"9007199254740993", "9007199254740992e22", "9007199254740993e-22",
	"1e22", "1e23", "1e-22", "1e-23", "NaN", "nan", "-NaN", "NAN",
	"Infinity", "-Infinity", "+Infinity", "inf", "infinity", "NaNs",
	"0x1p3", "1e5.5", "1_000", "1,5", "123456789012345678901234567890",
	"0.1", "0.30000000000000004", "18446744073709551616", "1..2",
	"18446744073709551617", "0.00000000000000000000000000000000001",
};
static const struct { const char *s; int ok; int64_t ms; } durs[] = {
	{ "0", 1, 0 }, { "-0", 1, 0 }, { "000", 1, 0 }, { "5", 0, 0 },
	{ "0d", 1, 0 }, { "500ms", 1, 500 }, { "10s", 1, 10000 },
	{ "5m", 1, 300000 }, { "1h", 1, 3600000 }, { "7d", 1, 604800000 },
	{ "-1h", 1, -3600000 }, { "", 0, 0 }, { "-", 0, 0 }, { "s", 0, 0 },
	{ "+1s", 0, 0 }, { "1 s", 0, 0 }, { "1s ", 0, 0 }, { "1S", 0, 0 },
	{ "1.5s", 0, 0 }, { "--1s", 0, 0 }, { "1h30m", 0, 0 },
	{ "4611686018427387904ms", 1, TIME_LIMIT },
	{ "-4611686018427387904ms", 1, -TIME_LIMIT },
	{ "4611686018427387905ms", 0, 0 },
	{ "-4611686018427387905ms", 0, 0 },
	{ "9223372036854775807d", 0, 0 }, { "213503982335d", 0, 0 },
	{ "53375995583d", 1, 53375995583 * 86400000 },
	{ "53375995584d", 0, 0 }, { "99999999999999999999s", 0, 0 },
};

static void
boundaries(void)
{
	char big[3000];
	int64_t p;
	size_t i;
	int j;

	for (i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		try_int(texts[i]);
		try_float(texts[i]);
	}
	for (i = 0; i < sizeof durs / sizeof durs[0]; i++)
		try_dur(durs[i].s, durs[i].ok, durs[i].ms);
	for (p = 1;; p *= 10) {
		for (j = -2; j <= 2; j++) {
			try_putint(p + j);
			try_putint(-p - j);
			try_putfloat((double)(p + j));
		}
		if (p > INT64_MAX / 10)
			break;
	}
	for (i = 0; i < 63; i++)
		for (j = -2; j <= 2; j++) {
			try_putint(((int64_t)1 << i) + j);
			try_putfloat((double)(((int64_t)1 << i) + j));
		}
	for (i = 0; i < 3; i++) {
		try_putint(INT64_MIN + (int64_t)i);
		try_putint(INT64_MAX - (int64_t)i);
	}
	try_putfloat(0.0);
	try_putfloat(-0.0);
	try_putfloat((double)NAN);
	try_putfloat((double)INFINITY);
	try_putfloat(-(double)INFINITY);
	try_putfloat(5e-324);
	try_putfloat(-1.7976931348623157e308);
	memset(big, '3', sizeof big - 1);
	big[sizeof big - 1] = '\0';
	try_int(big);
	try_float(big);
	big[1] = '.';
	for (i = 100; i < 150; i++) {	/* about the size of its own copy */
		try_float(big + sizeof big - i);
		big[i + 2] = '\0';
		try_float(big);
		big[i + 2] = '3';
	}
	try_float(big);
}

int
main(int argc, char **argv)
{
	char s[64];
	long i;

	prop_start(argc, argv, "prop_num");
	boundaries();
	for (i = 0; i < ROUNDS; i++) {
		rnd_text(s);
		try_int(s);
		try_float(s);
		try_putint((int64_t)(rnd() >> rnd() % 64));
		try_putint(-(int64_t)(rnd() >> 1 >> rnd() % 64));
		try_putfloat(rnd_double());
	}
	return 0;
}
