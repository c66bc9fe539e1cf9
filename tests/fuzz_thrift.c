/* Any bytes as a struct: paths find what the whole says; single values are the same when written and read again. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "dec.h"
#include "enc.h"
#include "fuzz.h"

#define FIELDS "a=1,b=2,c=3,d=4.1,e=4.2"
#define PATHS ",o:map<binary,i32>=1,p:list<struct<1:binary,2:map<str,binary>>>=2,q:binary=1,f=4,g=5[0],h=6.k,i=6[\"1\"].2,j=7[1][2],k=2.1"

static struct dec *
dec_make(const char *spec, const char *fields)
{
	struct dec_opts o = { .formats = dec_all, .spec = spec,
	    .fields = fields, .kafka = true };
	struct dec *d = dec_new(&o);

	dec_bind(d, NULL);
	return d;
}

static struct enc *
enc_make(const char *spec, const struct dec *d)
{
	struct enc_opts o = { .formats = enc_all, .spec = spec,
	    .fields = FIELDS };
	struct enc *e = enc_new(&o);
	struct head h = { 0 };

	dec_head(d, "time", &h);
	enc_bind(e, &h);
	head_free(&h);
	return e;
}

static bool
line_of(struct dec *d, const char *s, size_t n, struct rec *r,
    struct buf *line)
{
	const char *why;

	if (dec_payload(d, s, n, &why) != 1)
		return false;
	*r = (struct rec){ .timed = true, .f = dec_fields(d),
	    .nf = dec_ncol(d) + 1 };
	rec_join(r, line);
	return true;
}

static void
protocol_try(const char *spec, struct dec **d, struct enc **e, const char *s,
    size_t n)
{
	struct buf one = { 0 }, two = { 0 }, bytes = { 0 };
	struct rec r;
	bool good;

	if (d[0] == NULL) {
		d[0] = dec_make(spec, NULL);
		d[1] = dec_make(spec, FIELDS);
		d[2] = dec_make(spec, FIELDS PATHS);
		*e = enc_make(spec, d[1]);
	}
	(void)line_of(d[0], s, n, &r, &one);
	one.n = 0;
	(void)line_of(d[2], s, n, &r, &one);
	one.n = 0;
	if (line_of(d[1], s, n, &r, &one)) {
		enc_rec(*e, &r, &bytes);
		good = line_of(d[1], bytes.s, bytes.n, &r, &two);
		assert(good);
		assert(one.n == two.n && memcmp(one.s, two.s, one.n) == 0);
	}
	buf_free(&one);
	buf_free(&two);
	buf_free(&bytes);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct dec *binary[3], *compact[3];
	static struct enc *enc[2];

	protocol_try("thrift:binary", binary, &enc[0], (const char *)data, n);
	protocol_try("thrift:compact", compact, &enc[1], (const char *)data, n);
	return 0;
}
