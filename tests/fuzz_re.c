/* Any line as -s combined and by a pattern: columns that a stream can hold, and its types. */
#include <assert.h>
#include <string.h>

#include "dec.h"
#include "fuzz.h"
#include "num.h"

static void
line_read(struct dec *d, const char *s, size_t n)
{
	struct field *f;
	const char *why = NULL;
	int64_t v;
	size_t i;

	if (dec_payload(d, s, n, &why) < 0) {
		assert(why != NULL);
		return;
	}
	f = dec_fields(d);
	for (i = 1; i <= dec_ncol(d); i++)
		field_check(f[i]);
	/* the last column is an int in both */
	i = dec_ncol(d);
	assert(field_isnull(f[i]) || num_int(f[i].s, f[i].n, &v) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct dec *combined, *pattern;

	if (combined == NULL) {
		combined = dec_new(&(struct dec_opts){ .formats = dec_all,
		    .spec = "combined", .fields = "at:time=time,host,user,"
		    "request,path,agent,referer,bytes:int" });
		pattern = dec_new(&(struct dec_opts){ .formats = dec_all,
		    .spec = "re:(?<a>\\w*)(?:-(?<b>.)?|=(?<c>\\p{L}+))(?<n>\\d*)",
		    .fields = "a,b,c,d:float=n,n:int" });
		(void)dec_bind(combined, NULL);
		(void)dec_bind(pattern, NULL);
	}
	line_read(combined, (const char *)data, n);
	line_read(pattern, (const char *)data, n);
	return 0;
}
