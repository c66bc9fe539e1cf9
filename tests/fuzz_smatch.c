/*
 * Event patterns of any text, and their automata at work: the pattern, a zero
 * byte, then two bytes a record: how much later it is, and what it is.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "match.h"

#define RECORDS 8		/* what has begun may double with each */

/* The records of a match are in order, and so are its stages. */
static void
see_found(void *m, const struct track *t, const struct found *f)
{
	const struct step *s;

	check(t->nkey == 1 && t->key[0] == 'k' && f->last != NULL);
	for (s = f->last; s->prev != NULL; s = s->prev)
		check(step_seq(s->prev) < step_seq(s) &&
		    s->prev->stage <= s->stage);
	check(!f->timeout || ((struct matcher *)m)->within > 0);
}

static void
drop(struct matcher *m, struct partials *h)
{
	size_t i;

	for (i = 0; i < h->n; i++)
		step_drop(&m->steps, h->v[i].last);
	partials_free(h);
}

static void
feed(struct matcher *m, const uint8_t *s, size_t n)
{
	struct field f[2] = { { "", 0 }, { "k", 1 } };
	struct rec r = { .f = f, .nf = 2, .timed = true };
	struct track *t = NULL;
	size_t i;

	for (i = 0; i + 1 < n && i < (size_t)2 * RECORDS; i += 2) {
		r.time += s[i] / 32;
		/* the same for each half of the stages, and until is rare */
		match_feed(m, &t, f[1], &r, s[i + 1] * 0x01010101u |
		    (uint64_t)(s[i + 1] > 250) << STAGES_MOST);
		match_time(m, r.time);
	}
	if (m->within > 0) {
		match_time(m, INT64_MAX);
		check(t == NULL);
	} else if (t != NULL) {
		drop(m, &t->part);
		drop(m, &t->done);
		free(t);
	}
}

static size_t
states(const struct stages *p)
{
	size_t i, n = 0;

	for (i = 0; i < p->n; i++)
		n += (size_t)(p->v[i].max > 0 ? p->v[i].max : p->v[i].min);
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *s, size_t n)
{
	const uint8_t *end = n > 0 ? memchr(s, 0, n) : NULL;
	size_t len = end != NULL ? (size_t)(end - s) : n, at;
	char *text = mem_copy(s, len);
	static struct matcher m;	/* its memory is used again */
	const char *why = NULL;
	struct stages p;

	m.found = see_found;
	m.arg = &m;
	m.within = n % 2 ? 10 : 0;
	m.skip = (enum skip)(n / 2 % 5);
	if (stages_parse(&p, text, m.within > 0, &why, &at) < 0) {
		check(why != NULL && at <= len && p.n == 0);
	} else {
		check(p.n > 0 && p.n <= STAGES_MOST && !p.v[0].not);
		nfa_build(&m.nfa, &p);
		if (end != NULL && states(&p) < 40)
			feed(&m, end + 1, n - len - 1);
		nfa_free(&m.nfa);
		stages_free(&p);
	}
	free(text);
	return 0;
}
