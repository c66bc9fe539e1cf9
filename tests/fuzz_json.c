/* Any bytes as JSON: values lie where they should, and what swrite makes of them is stable. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "dec.h"
#include "enc.h"

int LLVMFuzzerTestOneInput(const uint8_t *, size_t);

#define FIELDS "a,b:int,c:float,d:bool,e:time,f=a.b,g=a[0].b,h=a"

/* What the columns of a document are when written as JSON; false: it is bad. */
static bool
document_write(const char *fields, const char *s, size_t n, struct buf *b)
{
	struct dec *d = dec_new("json", fields, false, false);
	struct enc *e = enc_new("json", NULL, false, NULL);
	struct head h = { 0 };
	struct rec r = { .timed = true };
	struct buf tmp = { 0 };
	struct field raw;
	const char *why;
	size_t i;
	bool good = dec_payload(d, s, n, &why) == 1;

	if (good) {
		dec_head(d, "time", &h);
		enc_bind(e, &h);
		r.f = dec_fields(d);
		r.nf = dec_ncol(d) + 1;
		for (i = 1; i < r.nf; i++)
			assert(field_isnull(r.f[i]) ||
			    esc_undo(r.f[i], &tmp, &raw) == 0);
		enc_rec(e, &r, b);
		assert(utf8_ok(b->s, b->n));
	}
	buf_free(&tmp);
	head_free(&h);
	enc_free(e);
	dec_free(d);
	return good;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf one = { 0 }, two = { 0 };
	const char *s = (const char *)data;
	bool good;

	(void)document_write(NULL, s, n, &one);
	one.n = 0;
	if (document_write(FIELDS, s, n, &one)) {
		good = document_write("a,b:int,c:float,d:bool,e:time,f,g,h",
		    one.s, one.n, &two);
		assert(good);
		assert(one.n == two.n && memcmp(one.s, two.s, one.n) == 0);
	}
	buf_free(&one);
	buf_free(&two);
	return 0;
}
