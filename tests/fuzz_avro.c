/* Any bytes as a schema and a datum, and as a container: they are read or refused, and what is read can be written. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "avrofile.h"
#include "avroput.h"
#include "avrowalk.h"
#include "cols.h"
#include "fuzz.h"

/* All that a type can be. */
static const char all[] =
    "{\"type\":\"record\",\"name\":\"R\",\"fields\":["
    "{\"name\":\"b\",\"type\":\"boolean\"},"
    "{\"name\":\"i\",\"type\":[\"null\",\"int\"]},"
    "{\"name\":\"l\",\"type\":\"long\"},"
    "{\"name\":\"f\",\"type\":\"float\"},"
    "{\"name\":\"d\",\"type\":\"double\"},"
    "{\"name\":\"y\",\"type\":\"bytes\"},"
    "{\"name\":\"s\",\"type\":\"string\"},"
    "{\"name\":\"e\",\"type\":{\"type\":\"enum\",\"name\":\"E\",\"symbols\":[\"A\",\"B\"]}},"
    "{\"name\":\"x\",\"type\":{\"type\":\"fixed\",\"name\":\"X\",\"size\":3}},"
    "{\"name\":\"t\",\"type\":{\"type\":\"long\",\"logicalType\":\"timestamp-micros\"}},"
    "{\"name\":\"c\",\"type\":{\"type\":\"bytes\",\"logicalType\":\"decimal\",\"precision\":9,\"scale\":2}},"
    "{\"name\":\"n\",\"type\":{\"type\":\"array\",\"items\":\"null\"}},"
    "{\"name\":\"a\",\"type\":{\"type\":\"array\",\"items\":[\"string\",\"R\"]}},"
    "{\"name\":\"m\",\"type\":{\"type\":\"map\",\"values\":\"R\"}}]}";

static const char fields[] =
    "b:bool,i:int,l,f:float,d,y,s,e,x,t:time,t2=t,c:float,n,a,a0=a[0],ad=a[1].d,m,mk=m.k.s";

/* A datum of the schema, and what follows it. */
static void
datum_read(const struct avro_schema *schema, const char *columns,
    const char *s, size_t n)
{
	struct avro_pairs pairs = { 0 };
	struct row row = { 0 };
	struct avro_walk walk = { .row = &row };
	const struct col *nowhere;
	const struct avro_res *res;
	struct avro_want *want;
	const char *why;
	size_t i;

	cols_parse(&row.cols, 'f', columns, false);
	row_ready(&row);
	for (i = 0; i < row.cols.n; i++)
		row.cols.col[i].to = i + 1;
	res = avro_pair(&pairs, avro_root(schema), NULL, &why);
	if (res != NULL) {
		want = avro_plan(&pairs, (struct avro_res *)(uintptr_t)res,
		    &row, &nowhere);
		walk.s = s;
		walk.end = s + n;
		if (want != NULL && avro_read(&walk, res, want) == 1) {
			assert(walk.s >= s && walk.s <= walk.end);
			for (i = 1; i <= row.cols.n; i++)
				field_check(row.f[i]);
		}
	}
	avro_walkfree(&walk);
	avro_unpair(&pairs);
	row_free(&row);
}

/* Text as JSON into the type; what was made is a datum of it. */
static void
json_write(const struct avro_schema *schema, const char *s, size_t n)
{
	struct avro_pairs pairs = { 0 };
	struct avro_walk walk = { 0 };
	struct row row = { 0 };
	struct avroput put;
	struct jtree *tree = jtree_new();
	const struct jnode *nd = jtree_parse(tree, s, n, &(const char *){ 0 });
	struct buf b = { 0 };
	const char *why;

	avroput_init(&put);
	buf_room(&b, 1);
	row_ready(&row);
	if (nd != NULL && avroput_json(&put, &b, avro_root(schema), nd,
	    &why) == 0) {
		walk.row = &row;
		walk.s = b.s;
		walk.end = b.s + b.n;
		if (avro_read(&walk, avro_pair(&pairs, avro_root(schema), NULL,
		    &why), NULL) == 1)
			assert(walk.s == walk.end);
	}
	avro_walkfree(&walk);
	avro_unpair(&pairs);
	avroput_free(&put);
	jtree_free(tree);
	buf_free(&b);
	row_free(&row);
}

static void
container_read(const char *s, size_t n)
{
	struct avrofile f = { 0 };
	static struct in in;
	struct field bad;
	const char *why;
	size_t room, at = 0, k;
	int64_t calls = 0;

	if (in.buf == NULL)
		in_init(&in, -1, "fuzz");
	in_reset(&in, -1, "fuzz");
	in.bytes = true;
	in.most = 1 << 20;
	for (;;) {
		int r = avrofile_next(&f, &in, &bad, &why);

		/* each call takes bytes, or says that it needs some */
		assert(calls++ < 1000000);
		if (r == 0 || r == -2)
			break;
		if (r == 1) {
			assert(f.left >= 0 && f.at <= f.end);
			f.left = 0;
			f.at = f.end;
			continue;
		}
		if (r == 3) {
			char *to = in_room(&in, &room);

			k = n - at < room ? n - at : room;
			k = k > 7 ? 7 : k;
			memcpy(to, s + at, k);
			at += k;
			in_got(&in, k);
		}
	}
	avrofile_free(&f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct avro_schema *every;
	struct avro_schema *own;
	const char *s = (const char *)data, *why, *nul;

	if (every == NULL)
		every = avro_parse(all, strlen(all), &why);
	datum_read(every, fields, s, n);
	json_write(every, s, n);
	container_read(s, n);
	nul = memchr(s, '\0', n);
	if (n > 0 && nul != NULL &&
	    (own = avro_parse(s, (size_t)(nul - s), &why)) != NULL) {
		datum_read(own, "a,b=a.b,value", nul + 1,
		    (size_t)(s + n - nul) - 1);
		avro_free(own);
	}
	return 0;
}
