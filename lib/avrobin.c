#include <stdarg.h>
#include <stdio.h>

#include "avrobin.h"

#define EMPTY_MOST (1 << 20)	/* items without a byte, in a datum */

int
avro_bad(struct avro_walk *w, const char *why)
{
	w->why = why;
	return -1;
}

int
avro_badf(struct avro_walk *w, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(w->room, sizeof w->room, fmt, ap);
	va_end(ap);
	return avro_bad(w, w->room);
}

/* More than one byte. */
int
avro_longmore(const char **s, const char *end, int64_t *v)
{
	const char *p = *s;
	uint64_t u = 0;
	unsigned shift = 0;

	for (; p < end; p++) {
		u |= (uint64_t)(*p & 0x7f) << shift;
		if ((*p & 0x80) == 0) {
			if (shift == 63 && *p > 1)
				return -1;
			*v = (int64_t)(u >> 1) ^ -(int64_t)(u & 1);
			*s = p + 1;
			return 0;
		}
		if ((shift += 7) > 63)
			return -1;
	}
	return -1;
}

int
avro_longbad(struct avro_walk *w)
{
	return avro_bad(w, w->end - w->s < 10 ? AVRO_CUT :
	    "a number has more than 10 bytes");
}

int
avro_bytes(struct avro_walk *w, const char **s, size_t *n)
{
	int64_t len;

	if (avro_long(w, &len) < 0)
		return -1;
	if (len < 0)
		return avro_bad(w, "a length below 0");
	if (len > w->end - w->s)
		return avro_bad(w, AVRO_CUT);
	*s = w->s;
	*n = (size_t)len;
	w->s += len;
	return 0;
}

int
avro_skipbytes(struct avro_walk *w, size_t n)
{
	if ((size_t)(w->end - w->s) < n)
		return avro_bad(w, AVRO_CUT);
	w->s += n;
	return 0;
}

/* How many items come next, 0: it is the end; and the bytes of them all, or -1. */
int
avro_block(struct avro_walk *w, const struct avro_type *t, int64_t *count,
    int64_t *size)
{
	size_t least = t->branch[0]->least + (t->kind == AVRO_MAP);

	*size = -1;
	if (avro_long(w, count) < 0)
		return -1;
	if (*count < 0) {
		if (*count == INT64_MIN)
			return avro_bad(w, "too many items");
		*count = -*count;
		if (avro_long(w, size) < 0)
			return -1;
		if (*size < 0 || *size > w->end - w->s)
			return avro_bad(w, AVRO_CUT);
	}
	if (least > 0)
		return (uint64_t)*count <= (size_t)(w->end - w->s) / least ? 0 :
		    avro_bad(w, AVRO_CUT);
	if (*count > EMPTY_MOST - w->empty)
		return avro_bad(w, "too many items that take no bytes");
	w->empty += *count;
	return 0;
}

static int
skip_items(struct avro_walk *w, const struct avro_type *t)
{
	int64_t count, size;
	const char *s;
	size_t n;

	for (;;) {
		if (avro_block(w, t, &count, &size) < 0)
			return -1;
		if (count == 0)
			return 0;
		if (size >= 0) {
			w->s += size;
			continue;
		}
		for (; count > 0; count--) {
			if (t->kind == AVRO_MAP && avro_bytes(w, &s, &n) < 0)
				return -1;
			if (avro_skip(w, t->branch[0]) < 0)
				return -1;
		}
	}
}

static int
skip_tree(struct avro_walk *w, const struct avro_type *t)
{
	int64_t v;
	size_t i = 0;
	int k = 0;

	if (w->depth == AVRO_DEPTH)
		return avro_bad(w, "nested deeper than 500");
	w->depth++;
	if (t->kind == AVRO_RECORD) {
		for (i = 0; i < t->n && k == 0; i++)
			k = avro_skip(w, t->field[i].type);
	} else if (t->kind == AVRO_UNION) {
		if ((k = avro_long(w, &v)) == 0)
			k = v >= 0 && (uint64_t)v < t->n ?
			    avro_skip(w, t->branch[v]) :
			    avro_badf(w, "a union has no branch %lld",
			    (long long)v);
	} else {
		k = skip_items(w, t);
	}
	w->depth--;
	return k;
}

int
avro_skip(struct avro_walk *w, const struct avro_type *t)
{
	const char *s;
	int64_t v;
	size_t n;

	switch (t->kind) {
	case AVRO_NULL:
		return 0;
	case AVRO_BOOLEAN:
		return avro_skipbytes(w, 1);
	case AVRO_INT:
	case AVRO_LONG:
	case AVRO_ENUM:
		return avro_long(w, &v);
	case AVRO_FLOAT:
		return avro_skipbytes(w, 4);
	case AVRO_DOUBLE:
		return avro_skipbytes(w, 8);
	case AVRO_BYTES:
	case AVRO_STRING:
		return avro_bytes(w, &s, &n);
	case AVRO_FIXED:
		return avro_skipbytes(w, t->size);
	default:
		return skip_tree(w, t);
	}
}

int
avro_branch(struct avro_walk *w, const struct avro_res *res, size_t *i)
{
	int64_t v;

	if (avro_long(w, &v) < 0)
		return -1;
	if (v < 0 || (uint64_t)v >= res->w->n)
		return avro_badf(w, "a union has no branch %lld", (long long)v);
	*i = (size_t)v;
	return 0;
}
