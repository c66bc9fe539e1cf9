/* Functions of numbers, and from type to type. */
#include <math.h>
#include <string.h>

#include "func.h"
#include "num.h"
#include "stamp.h"
#include "val.h"

int
call_itoi(struct expr *e, struct ins *p)
{
	(void)e;
	p->d->i = p->a->i;
	return 0;
}

/* d has no fraction. */
static int
calc_toint(struct expr *e, struct ins *p, double d)
{
	char text[NUM_FLOATLEN];

	if (d >= -0x1p63 && d < 0x1p63) {
		p->d->i = (int64_t)d;
		return 0;
	}
	return func_bad(e, p, "no int holds it",
	    (struct field){ text, num_putfloat(text, d) });
}

int
call_ftoi(struct expr *e, struct ins *p)
{
	return calc_toint(e, p, trunc(p->a->d));
}

int
call_floor(struct expr *e, struct ins *p)
{
	return calc_toint(e, p, floor(p->a->d));
}

int
call_ceil(struct expr *e, struct ins *p)
{
	return calc_toint(e, p, ceil(p->a->d));
}

int
call_stoi(struct expr *e, struct ins *p)
{
	if (val_int(p->a->s, &p->d->i) < 0)
		return func_bad(e, p, "not an int", p->a->s);
	return 0;
}

int
call_ftof(struct expr *e, struct ins *p)
{
	(void)e;
	p->d->d = p->a->d;
	return 0;
}

int
call_stof(struct expr *e, struct ins *p)
{
	if (val_float(p->a->s, &p->d->d) < 0)
		return func_bad(e, p, "not a float", p->a->s);
	return 0;
}

int
call_btof(struct expr *e, struct ins *p)
{
	(void)e;
	p->d->d = (double)p->a->i;
	return 0;
}

int
call_itob(struct expr *e, struct ins *p)
{
	(void)e;
	p->d->i = p->a->i != 0;
	return 0;
}

int
call_stob(struct expr *e, struct ins *p)
{
	bool b;

	if (val_bool(p->a->s, &b) < 0)
		return func_bad(e, p, "neither true nor false", p->a->s);
	p->d->i = b;
	return 0;
}

int
call_itos(struct expr *e, struct ins *p)
{
	(void)e;
	p->n->tmp.n = 0;
	buf_addint(&p->n->tmp, p->a->i);
	func_text(p);
	return 0;
}

int
call_ftos(struct expr *e, struct ins *p)
{
	struct buf *b = &p->n->tmp;

	(void)e;
	b->n = 0;
	b->n = num_putfloat(buf_room(b, NUM_FLOATLEN), p->a->d);
	func_text(p);
	return 0;
}

int
call_btos(struct expr *e, struct ins *p)
{
	(void)e;
	p->n->tmp.n = 0;
	buf_adds(&p->n->tmp, p->a->i ? "true" : "false");
	func_text(p);
	return 0;
}

int
call_ttos(struct expr *e, struct ins *p)
{
	struct buf *b = &p->n->tmp;

	(void)e;
	b->n = 0;
	b->n = stamp_iso(buf_room(b, STAMP_LEN), p->a->i);
	func_text(p);
	return 0;
}

int
call_absi(struct expr *e, struct ins *p)
{
	char text[NUM_INTLEN];

	if (p->a->i == INT64_MIN)
		return func_bad(e, p, "integer overflow",
		    (struct field){ text, num_putint(text, p->a->i) });
	p->d->i = p->a->i < 0 ? -p->a->i : p->a->i;
	return 0;
}

int
call_absf(struct expr *e, struct ins *p)
{
	(void)e;
	p->d->d = fabs(p->a->d);
	return 0;
}

/* Halves go away from zero; no -0. */
int
call_round(struct expr *e, struct ins *p)
{
	(void)e;
	p->d->d = round(p->a->d) + 0.0;
	return 0;
}

static int
calc_digits(struct expr *e, struct ins *p)
{
	char text[NUM_INTLEN];

	if (p->b->i >= 0)
		return 0;
	return func_bad(e, p, "digits must not be negative",
	    (struct field){ text, num_putint(text, p->b->i) });
}

int
call_roundi(struct expr *e, struct ins *p)
{
	p->d->i = p->a->i;
	return calc_digits(e, p);
}

/*
 * Rounds the shortest decimal text of the number, as Spark does: 2.345 is half
 * way between 2.34 and 2.35, though the double is a little less.
 */
int
call_roundto(struct expr *e, struct ins *p)
{
	char text[NUM_FLOATLEN], digits[NUM_FLOATLEN], *s;
	size_t n = num_putfloat(text, p->a->d), i, len = 0;
	int64_t point = 0, tens = 0, keep;
	bool seen = false;
	double v;

	if (calc_digits(e, p) < 0)
		return -1;
	p->d->d = p->a->d;
	if (!isfinite(p->a->d) || p->b->i > 400)
		return 0;
	for (i = text[0] == '-'; i < n && text[i] != 'e'; i++) {
		if (text[i] == '.') {
			seen = true;
			continue;
		}
		digits[len++] = text[i];
		point += !seen;
	}
	if (i < n && num_int(text + i + 1, n - i - 1, &tens) < 0)
		return 0;
	keep = point + tens + p->b->i;
	if (keep >= (int64_t)len)
		return 0;
	if (keep < 0 || (keep == 0 && digits[0] < '5')) {
		p->d->d = 0;
		return 0;
	}
	/* 0.DIGITS, with one more place in front for the carry */
	s = text;
	*s++ = '0';
	memcpy(s, digits, (size_t)keep);
	s += keep;
	if (digits[keep] >= '5') {
		char *c = s - 1;

		for (; *c == '9'; c--)
			*c = '0';
		++*c;
	}
	*s++ = 'e';
	s += num_putint(s, -p->b->i);
	if (num_float(text, (size_t)(s - text), &v) == 0)
		p->d->d = p->a->d < 0 ? -v + 0.0 : v;
	return 0;
}

int
call_sqrt(struct expr *e, struct ins *p)
{
	(void)e;
	p->d->d = sqrt(p->a->d);
	return 0;
}

int
call_exp(struct expr *e, struct ins *p)
{
	(void)e;
	p->d->d = exp(p->a->d);
	return 0;
}

int
call_log(struct expr *e, struct ins *p)
{
	(void)e;
	p->d->null = p->a->d <= 0;
	p->d->d = p->d->null ? 0 : log(p->a->d);
	return 0;
}

int
call_pow(struct expr *e, struct ins *p)
{
	(void)e;
	p->d->d = pow(p->a->d, p->b->d);
	return 0;
}

int
call_least(struct expr *e, struct ins *p)
{
	(void)e;
	*p->d = value_cmp(p->a, p->b) <= 0 ? *p->a : *p->b;
	return 0;
}

int
call_greatest(struct expr *e, struct ins *p)
{
	(void)e;
	*p->d = value_cmp(p->a, p->b) >= 0 ? *p->a : *p->b;
	return 0;
}
