/* Regular expressions: =~, !~ and match(). */
#include <locale.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "func.h"
#include "num.h"

struct pattern {
	regex_t re;
	locale_t loc;		/* its characters are UTF-8 */
	regmatch_t *m;		/* the whole match and each group */
	bool made;
};

static void
pattern_free(void *v)
{
	struct pattern *pt = v;

	if (pt->made)
		regfree(&pt->re);
	if (pt->loc != NULL)
		freelocale(pt->loc);
	free(pt->m);
	free(pt);
}

int
ready_pattern(struct expr *e, struct node *n)
{
	struct pattern *pt = mem_alloc(sizeof *pt);
	struct node *k = n->kid->next;
	bool like = strcmp(n->func->name, "=~") == 0;
	locale_t old;
	char why[200], *text;
	int code;

	n->aux = pt;
	n->drop = pattern_free;
	if ((pt->loc = newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL)) == NULL)
		return expr_fail(e, "%s wants the locale C.UTF-8, "
		    "which is not installed", n->func->name);
	text = mem_copy(k->v.s.s, k->v.s.n);
	old = uselocale(pt->loc);
	code = regcomp(&pt->re, text, REG_EXTENDED | (like ? REG_NOSUB : 0));
	uselocale(old);
	free(text);
	if (code != 0) {
		regerror(code, &pt->re, why, sizeof why);
		return expr_fail(e, "bad pattern %.*s: %s",
		    AT(k), why);
	}
	pt->made = true;
	pt->m = mem_grow(NULL, pt->re.re_nsub + 1, sizeof *pt->m);
	k = k->next;
	if (k != NULL && k->fixed && !k->v.null &&
	    (k->v.i < 0 || (uint64_t)k->v.i > pt->re.re_nsub))
		return expr_fail(e, "the pattern has %zu groups: %.*s",
		    pt->re.re_nsub, AT(n));
	return 0;
}

/*
 * REG_STARTEND, of BSD and glibc: the text may hold a NUL.  It matches in a
 * copy with a NUL behind it all the same, for what stands before regexec(3)
 * (the address sanitizer) and asks for the text's length.
 */
static bool
pattern_run(const struct pattern *pt, struct ins *p, size_t nmatch)
{
	struct buf *b = &p->n->tmp;
	locale_t old = uselocale(pt->loc);
	int code;

	pt->m[0] = (regmatch_t){ .rm_so = 0, .rm_eo = (regoff_t)p->a->s.n };
	b->n = 0;
	buf_add(b, p->a->s.s, p->a->s.n);
	buf_addc(b, '\0');
	code = regexec(&pt->re, b->s, nmatch, pt->m, REG_STARTEND);
	uselocale(old);
	return code == 0;
}

int
call_like(struct expr *e, struct ins *p)
{
	(void)e;
	p->d->i = pattern_run(p->n->aux, p, 0);
	return 0;
}

int
call_match(struct expr *e, struct ins *p)
{
	struct pattern *pt = p->n->aux;
	int64_t n = p->n->func->args[2] != '\0' ? p->c->i : 0;
	char text[NUM_INTLEN];
	regmatch_t *m;

	if (n < 0 || (uint64_t)n > pt->re.re_nsub)
		return func_bad(e, p, "the pattern has no such group",
		    (struct field){ text, num_putint(text, n) });
	m = &pt->m[n];
	if (!pattern_run(pt, p, (size_t)n + 1) || m->rm_so < 0) {
		p->d->null = true;
		return 0;
	}
	p->d->s.s = p->a->s.s + m->rm_so;
	p->d->s.n = (size_t)(m->rm_eo - m->rm_so);
	return 0;
}
