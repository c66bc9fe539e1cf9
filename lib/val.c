#include <math.h>
#include <string.h>

#include "dur.h"
#include "num.h"
#include "val.h"

int
val_int(struct field f, int64_t *v)
{
	return num_int(f.s, f.n, v);
}

int
val_time(struct field f, int64_t *v)
{
	int64_t t;

	if (num_int(f.s, f.n, &t) < 0 || t > TIME_LIMIT || t < -TIME_LIMIT)
		return -1;
	*v = t;
	return 0;
}

int
val_float(struct field f, double *v)
{
	return num_float(f.s, f.n, v);
}

int
val_bool(struct field f, bool *v)
{
	if (f.n == 4 && memcmp(f.s, "true", 4) == 0)
		*v = true;
	else if (f.n == 5 && memcmp(f.s, "false", 5) == 0)
		*v = false;
	else
		return -1;
	return 0;
}

int
val_plain(enum type type, struct field f, char *to, struct field *out)
{
	int64_t i;
	double d;
	bool b;

	*out = f;
	switch (type) {
	case TYPE_STR:
		return 0;
	case TYPE_BOOL:
		return val_bool(f, &b);
	case TYPE_FLOAT:
		if (val_float(f, &d) < 0)
			return -1;
		if (d == 0)
			d = 0;		/* not -0 */
		*out = (struct field){ to, num_putfloat(to, d) };
		return 0;
	case TYPE_INT:
	case TYPE_TIME:
		break;
	}
	if ((type == TYPE_INT ? val_int(f, &i) : val_time(f, &i)) < 0)
		return -1;
	*out = (struct field){ to, num_putint(to, i) };
	return 0;
}

int
val_cmpfloat(double a, double b)
{
	if (isnan(a) || isnan(b))
		return (isnan(a) != 0) - (isnan(b) != 0);
	return (a > b) - (a < b);
}

/* The byte at *p, its escape undone, and p moved behind it. */
static int
val_byte(const char **p, const char *end)
{
	if (**p != '\\' || end - *p < 2)
		return (unsigned char)*(*p)++;
	*p += 2;
	switch ((*p)[-1]) {
	case 't':
		return '\t';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	default:
		return (unsigned char)(*p)[-1];
	}
}

/* The bytes that two texts have in common compare as they stand. */
static int
val_cmpstr(struct field a, struct field b)
{
	const char *p = a.s, *q = b.s, *pend = p + a.n, *qend = q + b.n;
	int x, y;

	if (memchr(p, '\\', a.n) == NULL && memchr(q, '\\', b.n) == NULL) {
		x = memcmp(p, q, a.n < b.n ? a.n : b.n);
		return x != 0 ? x : (a.n > b.n) - (a.n < b.n);
	}
	while (p < pend && q < qend) {
		x = val_byte(&p, pend);
		y = val_byte(&q, qend);
		if (x != y)
			return x - y;
	}
	return (p < pend) - (q < qend);
}

/* A value of any type but str as an int, or in *d; -1: it is none. */
static int
val_read(enum type type, struct field f, int64_t *i, double *d)
{
	bool b;

	switch (type) {
	case TYPE_FLOAT:
		return val_float(f, d);
	case TYPE_BOOL:
		if (val_bool(f, &b) < 0)
			return -1;
		*i = b;
		return 0;
	case TYPE_TIME:
		return val_time(f, i);
	default:
		return val_int(f, i);
	}
}

int
val_cmp(enum type type, struct field a, struct field b)
{
	int64_t i = 0, j = 0;
	double c = 0, d = 0;
	int x = field_isnull(a), y = field_isnull(b);

	if (x || y)
		return y - x;
	if (type == TYPE_STR)
		return val_cmpstr(a, b);
	x = val_read(type, a, &i, &c);
	y = val_read(type, b, &j, &d);
	if (x < 0 && y < 0)
		return val_cmpstr(a, b);
	if (x != y)
		return x - y;
	if (type == TYPE_FLOAT)
		return val_cmpfloat(c, d);
	return (i > j) - (i < j);
}
