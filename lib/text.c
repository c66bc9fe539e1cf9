/* Functions of texts, as bytes. */
#include <string.h>

#include "func.h"
#include "num.h"
#include "xxh.h"

/* Where b first stands in [s, end), or end; b is not empty. */
static const char *
text_find(const char *s, const char *end, struct field b)
{
	for (; (size_t)(end - s) >= b.n; s++) {
		s = memchr(s, b.s[0], (size_t)(end - s) - b.n + 1);
		if (s == NULL)
			break;
		if (memcmp(s, b.s, b.n) == 0)
			return s;
	}
	return end;
}

int
call_same(struct expr *e, struct ins *p)
{
	(void)e;
	p->d->s = p->a->s;
	return 0;
}

int
call_concat(struct expr *e, struct ins *p)
{
	struct buf *b = &p->n->tmp;

	(void)e;
	b->n = 0;
	buf_add(b, p->a->s.s, p->a->s.n);
	buf_add(b, p->b->s.s, p->b->s.n);
	func_text(p);
	return 0;
}

int
call_contains(struct expr *e, struct ins *p)
{
	struct field a = p->a->s, b = p->b->s;

	(void)e;
	p->d->i = b.n == 0 || text_find(a.s, a.s + a.n, b) < a.s + a.n;
	return 0;
}

int
call_starts(struct expr *e, struct ins *p)
{
	struct field a = p->a->s, b = p->b->s;

	(void)e;
	p->d->i = a.n >= b.n && memcmp(a.s, b.s, b.n) == 0;
	return 0;
}

int
call_ends(struct expr *e, struct ins *p)
{
	struct field a = p->a->s, b = p->b->s;

	(void)e;
	p->d->i = a.n >= b.n && memcmp(a.s + a.n - b.n, b.s, b.n) == 0;
	return 0;
}

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

int
call_trim(struct expr *e, struct ins *p)
{
	struct field f = p->a->s;

	(void)e;
	for (; f.n > 0 && is_blank(*f.s); f.s++)
		f.n--;
	while (f.n > 0 && is_blank(f.s[f.n - 1]))
		f.n--;
	p->d->s = f;
	return 0;
}

int
call_replace(struct expr *e, struct ins *p)
{
	struct field a = p->a->s, from = p->b->s, to = p->c->s;
	const char *s = a.s, *end = a.s + a.n, *at;
	struct buf *b = &p->n->tmp;

	(void)e;
	if (from.n == 0) {
		p->d->s = a;
		return 0;
	}
	b->n = 0;
	for (; (at = text_find(s, end, from)) < end; s = at + from.n) {
		buf_add(b, s, (size_t)(at - s));
		buf_add(b, to.s, to.n);
	}
	buf_add(b, s, (size_t)(end - s));
	func_text(p);
	return 0;
}

/* Parts count from 1, or from the end, -1; one that is not there is null. */
int
call_part(struct expr *e, struct ins *p)
{
	struct field a = p->a->s, sep = p->b->s;
	const char *s = a.s, *end = a.s + a.n, *at;
	int64_t n = p->c->i, parts = 1;

	if (n == 0)
		return func_bad(e, p, "parts count from 1",
		    (struct field){ "0", 1 });
	if (sep.n == 0) {
		p->d->null = n != 1 && n != -1;
		p->d->s = a;
		return 0;
	}
	if (n < 0) {
		for (; (at = text_find(s, end, sep)) < end; s = at + sep.n)
			parts++;
		s = a.s;
		n = n < -parts ? 0 : parts + n + 1;
	}
	for (; n > 1 && (at = text_find(s, end, sep)) < end; n--)
		s = at + sep.n;
	p->d->null = n != 1;
	p->d->s = (struct field){ s, (size_t)(text_find(s, end, sep) - s) };
	return 0;
}

/* Spark's xxhash64, without the sign. */
int
call_hash(struct expr *e, struct ins *p)
{
	(void)e;
	p->d->i = (int64_t)(xxh64(p->a->s.s, p->a->s.n, 42) & INT64_MAX);
	return 0;
}
