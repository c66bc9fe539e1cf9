/* Any bytes as JSON: values lie where they should, and what swrite makes of them is stable. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "dec.h"
#include "enc.h"
#include "fuzz.h"
#include "json.h"

#define FIELDS "a,b:int,c:float,d:bool,e:time,f=a.b,g=a[0].b,h=a"

/* What the columns of a document are when written as JSON; false: it is bad. */
static bool
document_write(const char *fields, const char *s, size_t n, struct buf *b)
{
	struct dec *d = dec_new(&(struct dec_opts){
	    .formats = dec_all, .spec = "json", .fields = fields });
	struct enc *e = enc_new(&(struct enc_opts){
	    .formats = enc_texts, .spec = "json" });
	struct head h = { 0 };
	struct rec r = { .timed = true };
	const char *why;
	size_t i;
	bool good = dec_payload(d, s, n, &why) == 1;

	if (good) {
		dec_head(d, "time", &h);
		enc_bind(e, &h);
		r.f = dec_fields(d);
		r.nf = dec_ncol(d) + 1;
		for (i = 1; i < r.nf; i++)
			field_check(r.f[i]);
		enc_rec(e, &r, b);
		assert(utf8_ok(b->s, b->n));
	}
	head_free(&h);
	enc_free(e);
	dec_free(d);
	return good;
}

/* The elements of an array are what paths find in it. */
static void
list_read(const char *s, size_t n)
{
	static struct json *list, *path;
	const struct json_value *v;
	struct json_value first;
	struct buf one = { 0 }, two = { 0 };
	const char *why;
	size_t len;
	int k;

	if (list == NULL) {
		list = json_new();
		path = json_new();
		json_path(path, "a[0]");
	}
	memset(buf_room(&one, n + JSON_PAD) + n, 0, JSON_PAD);
	buf_add(&one, s, n);
	buf_adds(&two, "{\"a\":");
	buf_add(&two, s, n);
	buf_addc(&two, '}');
	memset(buf_room(&two, JSON_PAD), 0, JSON_PAD);
	if ((v = json_list(list, one.s, one.n, &len, &why)) != NULL) {
		k = json_read(path, two.s, two.n, &first, &why);
		/* one level deeper it may be too deep */
		assert(k == 0 || strstr(why, "deeper") != NULL);
		assert(k < 0 || v->kind == first.kind);
		assert(k < 0 || len == 0 || (v->n == first.n &&
		    memcmp(v->s, first.s, v->n) == 0));
	}
	buf_free(&one);
	buf_free(&two);
}

/*
 * What is read in one pass is what simdjson finds: a member with an escape, put
 * in front of the others, keeps the document from the first way.
 */
static void
ways_same(const char *s, size_t n)
{
	struct buf doc = { 0 }, one = { 0 }, two = { 0 };
	size_t i = 0, k;

	while (i < n && strchr(" \t\r\n", s[i]) != NULL && s[i] != '\0')
		i++;
	for (k = i + 1; k < n && strchr(" \t\r\n", s[k]) != NULL && s[k] != '\0';)
		k++;
	if (i < n && s[i] == '{' && k < n && s[k] == '"') {
		buf_add(&doc, s, i + 1);
		buf_adds(&doc, "\"\\u0021\":0,");
		buf_add(&doc, s + i + 1, n - i - 1);
		assert(document_write(FIELDS, s, n, &one) ==
		    document_write(FIELDS, doc.s, doc.n, &two));
		assert(one.n == two.n &&
		    (one.n == 0 || memcmp(one.s, two.s, one.n) == 0));
	}
	buf_free(&doc);
	buf_free(&one);
	buf_free(&two);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf one = { 0 }, two = { 0 };
	const char *s = (const char *)data;
	bool good;

	list_read(s, n);
	ways_same(s, n);
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
