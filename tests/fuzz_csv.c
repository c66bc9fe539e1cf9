/* Any bytes as CSV or TSV: fields are escaped well and survive swrite's formats. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dec.h"
#include "enc.h"
#include "fuzz.h"

static bool
same(struct field a, struct field b)
{
	return a.n == b.n && memcmp(a.s, b.s, a.n) == 0;
}

/* Written in that format and read back, the record is the same. */
static void
round_trip(struct dec *d, const char *format)
{
	struct dec *back = dec_new(&(struct dec_opts){
	    .formats = dec_all, .spec = format });
	struct enc *e = enc_new(&(struct enc_opts){
	    .formats = enc_texts, .spec = format });
	struct field *f = dec_fields(d), *g;
	size_t i, n = dec_ncol(d);
	struct rec r = { .f = f, .nf = n + 1, .timed = true };
	struct head h = { 0 };
	struct buf b = { 0 };
	const char *why;
	int k;

	dec_head(d, "time", &h);
	enc_bind(e, &h);
	enc_rec(e, &r, &b);
	buf_addc(&b, '\n');
	k = dec_payload(back, b.s, b.n, &why);
	assert(k == 2);
	k = dec_payload(back, b.s, b.n, &why);
	assert(k == 1 && dec_ncol(back) == n);
	g = dec_fields(back);
	for (i = 1; i <= n; i++)
		assert(same(f[i], g[i]));
	buf_free(&b);
	head_free(&h);
	enc_free(e);
	dec_free(back);
}

static void
file_read(FILE *file, struct in *in, const char *format)
{
	struct dec *d = dec_new(&(struct dec_opts){
	    .formats = dec_all, .spec = format });
	struct field raw;
	const char *why;
	size_t i;
	int k;

	lseek(fileno(file), 0, SEEK_SET);
	in_reset(in, fileno(file), "fuzz");
	dec_setup(d, in);
	while ((k = dec_read(d, in, &raw, &why)) != 0) {
		if (k == 3)
			in_fill(in);
		if (k != 1)
			continue;
		for (i = 1; i <= dec_ncol(d); i++)
			field_check(dec_fields(d)[i]);
		round_trip(d, "csv");
		round_trip(d, "tsv");
	}
	dec_free(d);
}

static void
payload_read(const char *s, size_t n, const char *format)
{
	struct dec *d = dec_new(&(struct dec_opts){
	    .formats = dec_all, .spec = format });
	const char *why;
	size_t i;
	int k;

	if ((k = dec_payload(d, s, n, &why)) == 2)
		k = dec_payload(d, s, n, &why);
	for (i = 1; k == 1 && i <= dec_ncol(d); i++)
		field_check(dec_fields(d)[i]);
	dec_free(d);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static FILE *file;
	static struct in in;
	const char *s = (const char *)data;

	if (file == NULL) {
		if ((file = tmpfile()) == NULL)
			abort();
		in_init(&in, fileno(file), "fuzz");
	}
	if (ftruncate(fileno(file), 0) < 0 ||
	    pwrite(fileno(file), s, n, 0) != (ssize_t)n)
		abort();
	file_read(file, &in, "csv");
	file_read(file, &in, "tsv");
	payload_read(s, n, "csv");
	payload_read(s, n, "tsv");
	return 0;
}
