#include <math.h>
#include <string.h>

#include "node.h"
#include "num.h"
#include "val.h"

/* 2^63 and beyond are no int64: what is between is, cut to its whole part. */
int
value_cmpif(int64_t i, double d)
{
	int64_t whole;
	double rest;

	if (isnan(d) || d >= 0x1p63)
		return -1;
	if (d < -0x1p63)
		return 1;
	whole = (int64_t)d;
	if (i != whole)
		return i < whole ? -1 : 1;
	rest = d - (double)whole;
	return (rest < 0) - (rest > 0);
}

static int
value_cmps(struct field a, struct field b)
{
	int k = memcmp(a.s, b.s, a.n < b.n ? a.n : b.n);

	return k != 0 ? (k > 0) - (k < 0) : (a.n > b.n) - (a.n < b.n);
}

int
value_cmp(const struct value *a, const struct value *b)
{
	if (a->type == TYPE_FLOAT)
		return val_cmpfloat(a->d, b->d);
	if (a->type == TYPE_STR)
		return value_cmps(a->s, b->s);
	return (a->i > b->i) - (a->i < b->i);
}

size_t
value_put(const struct value *v, char *to)
{
	if (v->null) {
		memcpy(to, "\\N", 2);
		return 2;
	}
	if (v->type == TYPE_FLOAT)
		return num_putfloat(to, v->d);
	if (v->type != TYPE_BOOL)
		return num_putint(to, v->i);
	memcpy(to, v->i ? "true" : "false", 5);
	return v->i ? 4 : 5;
}

void
value_print(const struct value *v, struct buf *b)
{
	if (v->type == TYPE_STR && !v->null)
		esc_add(b, v->s.s, v->s.n);
	else
		b->n += value_put(v, buf_room(b, VALUE_LEN));
}
