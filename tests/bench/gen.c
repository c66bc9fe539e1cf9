/*
 * gen - records for the bench, the same at every run
 *
 * gen [-s] [-f fields] [-k keys] [-t slower] [-w width] FORM COUNT
 *
 *	FORM	csv (ts,key,int), csvq (one row in 8 has a quoted field), tsv,
 *		stream (tsv with heading and watermarks), json (8 fields),
 *		kafka (key,int)
 *	-f, -w	so many columns, the fourth and later ones so wide
 *	-k	so many keys
 *	-s	each record has a key of its own
 *	-t	times grow so many times faster
 *
 * Times grow by 0 to 2 ms, and a record is up to 1 s older than the newest;
 * the int is 0 to 21, so that half of them are over 10.
 */
#include <err.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define START	INT64_C(1700000000000)	/* ms */
#define LATE	1000			/* ms */

static char buf[1 << 16];
static size_t used;

static void
flush(void)
{
	size_t done = 0;
	ssize_t n;

	for (; done < used; done += (size_t)n)
		if ((n = write(1, buf + done, used - done)) < 0)
			err(1, "standard output");
	used = 0;
}

static void
put(const char *s, size_t n)
{
	size_t part;

	for (; n > 0; s += part, n -= part) {
		if (used == sizeof(buf))
			flush();
		part = n < sizeof(buf) - used ? n : sizeof(buf) - used;
		memcpy(buf + used, s, part);
		used += part;
	}
}

static void
text(const char *s)
{
	put(s, strlen(s));
}

static void
number(uint64_t v)
{
	char s[20], *p = s + sizeof(s);

	do
		*--p = (char)('0' + v % 10);
	while ((v /= 10) > 0);
	put(p, (size_t)(s + sizeof(s) - p));
}

static uint64_t
rnd(void)
{
	static uint64_t state = 1;
	uint64_t z = state += 0x9e3779b97f4a7c15;	/* splitmix64 */

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static uint64_t
positive(const char *s)
{
	char *end;
	uint64_t v = strtoull(s, &end, 10);

	if (*s < '0' || *s > '9' || *end != '\0')
		errx(2, "%s: not a number", s);
	return v;
}

static void
json(uint64_t time, uint64_t key, uint64_t n, uint64_t i)
{
	text("{\"ts\":");
	number(time);
	text(",\"user\":\"user");
	number(key);
	text("\",\"x\":[1,{\"y\":null}],\"city\":\"K\303\266ln\","
	    "\"z\":\"some text\",\"ok\":");
	text(i % 3 == 0 ? "true" : "false");
	text(",\"n\":");
	number(n);
	text(",\"f\":");
	number(i % 1000);
	text(".25}\n");
}

/* The columns of a row, for all forms but json. */
static void
row(uint64_t time, uint64_t key, uint64_t n, char sep, bool timed, bool quoted)
{
	if (timed) {
		number(START + time);
		put(&sep, 1);
	}
	text(quoted ? "\"user, \"\"" : "user");
	number(key);
	if (quoted)
		text("\"\"\"");
	put(&sep, 1);
	number(n);
}

static void
letters(uint64_t width)
{
	uint64_t from = rnd();
	char c;

	for (; width > 0; width--, from = from >> 4 | from << 60) {
		c = (char)('a' + from % 16);
		put(&c, 1);
	}
}

static void
heading(uint64_t fields)
{
	uint64_t f;

	text("#fields\tts\tkey\tv:int");
	for (f = 3; f < fields; f++) {
		text("\tf");
		number(f);
	}
	put("\n", 1);
}

int
main(int argc, char **argv)
{
	const char *form;
	uint64_t now = 0, newest = 0, mark = 0, keys = 10000, fields = 3, i, f;
	uint64_t width = 8, slower = 1, count, time, key, n, bits;
	bool single = false, stream;
	char sep;
	int c;

	while ((c = getopt(argc, argv, "f:k:st:w:")) != -1)
		switch (c) {
		case 'f': fields = positive(optarg); break;
		case 'k': keys = positive(optarg); break;
		case 's': single = true; break;
		case 't': slower = positive(optarg); break;
		case 'w': width = positive(optarg); break;
		default: return 2;
		}
	if (argc - optind != 2 || keys == 0)
		errx(2, "usage: gen [-s] [-f fields] [-k keys] [-t slower] "
		    "[-w width] form count");
	form = argv[optind];
	count = positive(argv[optind + 1]);
	stream = strcmp(form, "stream") == 0;
	sep = stream || strcmp(form, "tsv") == 0 ? '\t' : ',';
	if (stream)
		heading(fields);
	for (i = 0; i < count; i++) {
		bits = rnd();
		now += bits % 3 * slower;
		time = now + LATE - (bits >> 8) % (LATE + 1);
		key = single ? i : (bits >> 20) % keys;
		n = (bits >> 54) % 22;
		if (strcmp(form, "json") == 0) {
			json(START + time, key, n, i);
			continue;
		}
		row(time, key, n, sep, strcmp(form, "kafka") != 0,
		    i % 8 == 7 && strcmp(form, "csvq") == 0);
		for (f = 3; f < fields; f++) {
			put(&sep, 1);
			letters(width);
		}
		put("\n", 1);
		newest = time > newest ? time : newest;
		if (stream && newest / 1000 > mark + 1) {
			mark = newest / 1000 - 1;
			text("#watermark\t");
			number(START + newest - LATE);
			put("\n", 1);
		}
	}
	if (stream)
		text("#end\n");
	flush();
	return 0;
}
