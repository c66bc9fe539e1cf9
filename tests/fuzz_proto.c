/* Any bytes as a message: what is read of it, written and read again is the same. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dec.h"
#include "enc.h"
#include "fuzz.h"

int LLVMFuzzerInitialize(int *, char ***);

/* Paths that can be written, too; then some that cannot. */
#define WHOLE "d,f,s,u,b,text,raw,color,byname,byid,inners,one,two,three,opt," \
    "dur,wrapped,list"
#define CITY ",city=inner.city,code=inner.code,deep=inner.more.city,nums=inner.nums"
#define PARTS ",i=inner,m=inner.more.more,n=inners[1].city,k=byname.a.code,e:int=color," \
    "e1:int=byid[\"1\"],l:float=list[0],v=any,w=wrapped.value,sec=ts.seconds,t=ts"

static char spec[512];
static struct dec *all, *parts;
static struct enc *enc;

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	char path[] = "/tmp/fuzz_proto.XXXXXX", command[256];
	struct dec_opts r = { .formats = dec_all, .spec = spec,
	    .fields = WHOLE CITY, .kafka = true };
	struct enc_opts w = { .formats = enc_all, .spec = spec,
	    .fields = WHOLE CITY };
	struct head h = { 0 };
	int fd = mkstemp(path), k;

	(void)argc;
	(void)argv;
	assert(fd >= 0);
	snprintf(command, sizeof command, "protoc --include_imports "
	    "--descriptor_set_out=%s -Itests tests/all.proto", path);
	k = system(command);
	assert(k == 0);
	snprintf(spec, sizeof spec, "proto:%s:t.All", path);
	all = dec_new(&r);
	dec_bind(all, NULL);
	r.fields = WHOLE CITY PARTS;
	parts = dec_new(&r);
	dec_bind(parts, NULL);
	dec_head(all, "time", &h);
	enc = enc_new(&w);
	enc_bind(enc, &h);
	head_free(&h);
	close(fd);
	unlink(path);
	return 0;
}

/* The columns as a line; false: it is bad. */
static bool
line_of(struct dec *d, const char *s, size_t n, struct buf *line)
{
	struct rec r = { .timed = true };
	const char *why;

	if (dec_payload(d, s, n, &why) != 1)
		return false;
	r.f = dec_fields(d);
	r.nf = dec_ncol(d) + 1;
	rec_join(&r, line);
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct buf one = { 0 }, two = { 0 }, some = { 0 }, bytes = { 0 };
	const char *s = (const char *)data;
	struct rec r = { .timed = true };
	bool good;

	/* what is framed is written unframed */
	if (line_of(parts, s, n, &some))
		assert(line_of(all, s, n, &one));
	one.n = 0;
	if (line_of(all, s, n, &one)) {
		r.f = dec_fields(all);
		r.nf = dec_ncol(all) + 1;
		buf_room(&bytes, 1);
		enc_rec(enc, &r, &bytes);
		good = line_of(all, bytes.s, bytes.n, &two);
		assert(good);
		assert(one.n == two.n && memcmp(one.s, two.s, one.n) == 0);
	}
	buf_free(&one);
	buf_free(&two);
	buf_free(&some);
	buf_free(&bytes);
	return 0;
}
