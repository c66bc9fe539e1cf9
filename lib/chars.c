/* Functions of texts, as characters: what they get must be UTF-8. */
#include <locale.h>
#include <wchar.h>
#include <wctype.h>

#include "func.h"
#include "utf8.h"

static int
utf8_check(struct expr *e, const struct ins *p)
{
	if (utf8_ok(p->a->s.s, p->a->s.n))
		return 0;
	return func_bad(e, p, "not UTF-8", p->a->s);
}

/* Whether a character starts with this byte. */
static bool
is_start(char c)
{
	return ((unsigned char)c & 0xc0) != 0x80;
}

static int64_t
utf8_len(struct field f)
{
	int64_t n = 0;
	size_t i;

	for (i = 0; i < f.n; i++)
		n += is_start(f.s[i]);
	return n;
}

int
call_len(struct expr *e, struct ins *p)
{
	if (utf8_check(e, p) < 0)
		return -1;
	p->d->i = utf8_len(p->a->s);
	return 0;
}

/* The byte where character n starts, from 0; the end if there are fewer. */
static size_t
utf8_at(struct field f, int64_t n)
{
	size_t i;

	for (i = 0; i < f.n; i++)
		if (is_start(f.s[i]) && n-- == 0)
			break;
	return i;
}

int
call_substr(struct expr *e, struct ins *p)
{
	struct field f = p->a->s;
	int64_t from = p->b->i, to = INT64_MAX;
	bool limit = p->n->func->args[2] != '\0';
	size_t i;

	if (utf8_check(e, p) < 0)
		return -1;
	if (from > 0)
		from--;
	else if (from < 0)
		from += utf8_len(f);
	if (limit && __builtin_add_overflow(from, p->c->i, &to))
		to = p->c->i < 0 ? 0 : INT64_MAX;
	if (from < 0)
		from = 0;
	if (to < from)
		to = from;
	i = utf8_at(f, from);
	p->d->s.s = f.s + i;
	f.s += i;
	f.n -= i;
	p->d->s.n = utf8_at(f, to - from);
	return 0;
}

static void
utf8_put(struct buf *b, wint_t w)
{
	int shift = w < 0x80 ? 0 : w < 0x800 ? 6 : w < 0x10000 ? 12 : 18;
	static const unsigned char lead[] = { 0, 0xc0, 0xe0, 0xf0 };

	buf_addc(b, (char)(lead[shift / 6] | w >> shift));
	while ((shift -= 6) >= 0)
		buf_addc(b, (char)(0x80 | (w >> shift & 0x3f)));
}

/* Letter by letter: one becomes one. */
static int
utf8_case(struct expr *e, struct ins *p, wint_t (*to)(wint_t, locale_t))
{
	struct buf *b = &p->n->tmp;
	const char *s = p->a->s.s, *end = s + p->a->s.n;
	uint32_t ch;

	if (utf8_check(e, p) < 0)
		return -1;
	b->n = 0;
	while (s < end) {
		s += utf8_next(s, (size_t)(end - s), &ch);
		utf8_put(b, to(ch, p->n->aux));
	}
	func_text(p);
	return 0;
}

int
call_lower(struct expr *e, struct ins *p)
{
	return utf8_case(e, p, towlower_l);
}

int
call_upper(struct expr *e, struct ins *p)
{
	return utf8_case(e, p, towupper_l);
}

static void
locale_drop(void *loc)
{
	freelocale(loc);
}

int
ready_case(struct expr *e, struct node *n)
{
	if ((n->aux = newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL)) == NULL)
		return expr_fail(e, "%s wants the locale C.UTF-8, "
		    "which is not installed", n->func->name);
	n->drop = locale_drop;
	return 0;
}
