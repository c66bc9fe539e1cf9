#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "stages.h"

/* The text, and how far it is read. */
struct scan {
	const char *s;
	const char *why;		/* NULL: nothing is wrong */
};

static bool
is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || c == '_' || (unsigned char)c >= 0x80;
}

static void
scan_blank(struct scan *x)
{
	x->s += strspn(x->s, " \t\n\r");
}

static bool
scan_is(struct scan *x, const char *mark)
{
	size_t n = strlen(mark);

	scan_blank(x);
	if (strncmp(x->s, mark, n) != 0)
		return false;
	x->s += n;
	return true;
}

static int
scan_bad(struct scan *x, const char *why)
{
	x->why = why;
	return -1;
}

/* `,' the next record, `;' a later one, `;;' any later one. */
static bool
scan_near(struct scan *x, enum near *near)
{
	if (scan_is(x, ","))
		*near = NEAR_NEXT;
	else if (scan_is(x, ";;"))
		*near = NEAR_ANY;
	else if (scan_is(x, ";"))
		*near = NEAR_LATER;
	else
		return false;
	return true;
}

static int
scan_count(struct scan *x, int *n)
{
	const char *from;

	scan_blank(x);
	from = x->s;
	for (*n = 0; *x->s >= '0' && *x->s <= '9'; x->s++)
		if ((*n = *n * 10 + *x->s - '0') > STAGES_TIMES)
			return scan_bad(x, "a number of more than 9999");
	if (x->s == from)
		return scan_bad(x, "a number is missing");
	return 0;
}

/* Behind the `{': n} n,} n,m} */
static int
scan_times(struct scan *x, struct stage *g)
{
	const char *from = x->s;

	if (scan_count(x, &g->min) < 0)
		return -1;
	g->max = g->min;
	if (scan_is(x, ",")) {
		scan_blank(x);
		if (*x->s == '}')
			g->max = 0;
		else if (scan_count(x, &g->max) < 0)
			return -1;
		else if (g->max < g->min)
			return scan_bad(x, "fewer at most than at least");
		else if (g->max == 0)
			return scan_bad(x, "at most no record: use !");
	} else if (g->min == 0) {
		x->s = from;
		return scan_bad(x, "no record: use !");
	}
	if (!scan_is(x, "}"))
		return scan_bad(x, "the { is not closed");
	if (g->min == 0) {
		g->optional = true;
		g->min = 1;
	}
	return 0;
}

static bool
scan_until(struct scan *x)
{
	scan_blank(x);
	if (strncmp(x->s, "until", 5) != 0 || is_word(x->s[5]))
		return false;
	x->s += 5;
	return true;
}

/*
 * How close the records of a loop are to each other: the mark belongs to the
 * loop if no stage comes behind it.
 */
static int
scan_inner(struct scan *x, struct stage *g)
{
	const char *from = x->s, *to;
	bool inner;

	g->inner = NEAR_LATER;
	if (!g->counted || !scan_near(x, &g->inner))
		return 0;
	scan_blank(x);
	to = x->s;
	inner = strchr(":,;", *to) != NULL || scan_until(x);
	x->s = inner ? to : from;
	if (!inner) {
		g->inner = NEAR_LATER;
	} else if (g->greedy && g->inner == NEAR_ANY) {
		x->s = from;
		return scan_bad(x, "any records, but as many as there are: "
		    "leave out the second +");
	}
	return 0;
}

/* Quantifier, how greedy, optional, how close inside. */
static int
scan_often(struct scan *x, struct stage *g)
{
	const char *from;

	scan_blank(x);
	from = x->s;
	g->min = g->max = 1;
	if (scan_is(x, "+")) {
		g->counted = true;
		g->max = 0;
	} else if (scan_is(x, "*")) {
		g->counted = g->optional = true;
		g->max = 0;
	} else if (scan_is(x, "{")) {
		g->counted = true;
		if (scan_times(x, g) < 0)
			return -1;
	}
	if (g->counted && scan_is(x, "+"))
		g->greedy = true;
	if (!g->optional && scan_is(x, "?"))
		g->optional = true;
	if (g->not && x->s != from) {
		x->s = from;
		return scan_bad(x, "how often, of a stage with !");
	}
	return scan_inner(x, g);
}

/* Over a quoted text; a backslash takes the character behind it along. */
static int
skip_quoted(struct scan *x)
{
	const char *from = x->s;
	char quote = *x->s++;

	for (; *x->s != quote; x->s++) {
		if (*x->s == '\\' && quote != '`' && x->s[1] != '\0')
			x->s++;
		if (*x->s == '\0') {
			x->s = from;
			return scan_bad(x, "a quote that is not closed");
		}
	}
	x->s++;
	return 0;
}

/*
 * An expression goes up to a comma, a semicolon or `until' outside of quotes
 * and parentheses.
 */
static int
scan_expr(struct scan *x, char **to)
{
	const char *from, *word;
	size_t n, depth = 0;

	scan_blank(x);
	from = x->s;
	while (*x->s != '\0' && (depth > 0 || (*x->s != ',' && *x->s != ';'))) {
		if (*x->s == '\'' || *x->s == '"' || *x->s == '`') {
			if (skip_quoted(x) < 0)
				return -1;
			continue;
		}
		for (word = x->s; is_word(*x->s); x->s++)
			;
		n = (size_t)(x->s - word);
		if (depth == 0 && n == 5 && memcmp(word, "until", 5) == 0) {
			x->s = word;
			break;
		}
		if (n > 0)
			continue;
		if (*x->s == '(')
			depth++;
		else if (*x->s == ')' && depth > 0)
			depth--;
		x->s++;
	}
	for (n = (size_t)(x->s - from); n > 0 &&
	    strchr(" \t\n\r", from[n - 1]) != NULL; n--)
		;
	if (n == 0)
		return scan_bad(x, "a condition is missing");
	*to = mem_copy(from, n);
	return 0;
}

static int
scan_name(struct scan *x, const struct stages *p, struct stage *g)
{
	const char *from;

	scan_blank(x);
	from = x->s;
	while (is_word(*x->s))
		x->s++;
	if (x->s == from || (*from >= '0' && *from <= '9')) {
		x->s = from;
		return scan_bad(x, "the name of a stage is missing");
	}
	g->name = mem_copy(from, (size_t)(x->s - from));
	if (stages_find(p, g->name) != g) {
		x->s = from;
		return scan_bad(x, "a second stage of this name");
	}
	return 0;
}

/* What makes no sense; the rules are those of Flink's Pattern. */
static int
stage_check(struct scan *x, const struct stage *g, bool first)
{
	if (first && g->not)
		return scan_bad(x, "the first stage has a !");
	if (first)
		return 0;
	if (g->not && g->near == NEAR_ANY)
		return scan_bad(x, "a ! behind ;;");
	if (g->not && g[-1].optional)
		return scan_bad(x, "a ! behind an optional stage");
	if (g->not && g->near == NEAR_NEXT && g[-1].not &&
	    g[-1].near != NEAR_NEXT)
		return scan_bad(x, "a , ! behind a ; !");
	if (g->optional && g[-1].greedy)
		return scan_bad(x, "an optional stage behind a greedy one");
	return 0;
}

static int
scan_stage(struct scan *x, const struct stages *p, struct stage *g)
{
	const char *from;

	scan_blank(x);
	from = x->s;
	g->not = scan_is(x, "!");
	if (scan_name(x, p, g) < 0 || scan_often(x, g) < 0)
		return -1;
	if (scan_is(x, ":") && scan_expr(x, &g->where) < 0)
		return -1;
	if (scan_until(x)) {
		if (g->max != 0) {
			x->s -= 5;
			return scan_bad(x, "until, of a stage that ends by "
			    "itself");
		}
		if (scan_expr(x, &g->until) < 0)
			return -1;
	}
	if (stage_check(x, g, g == p->v) < 0) {
		x->s = from;
		return -1;
	}
	return 0;
}

static int
scan_stages(struct scan *x, struct stages *p, bool within)
{
	enum near near = NEAR_NEXT;
	const char *from;
	struct stage *g;

	do {
		if (p->n == STAGES_MOST)
			return scan_bad(x, "more than 32 stages");
		scan_blank(x);
		from = x->s;
		p->v = mem_grow(p->v, p->n + 1, sizeof *p->v);
		g = &p->v[p->n++];
		*g = (struct stage){ .near = near };
		if (scan_stage(x, p, g) < 0)
			return -1;
	} while (scan_near(x, &near));
	if (*x->s != '\0')
		return scan_bad(x, "this means nothing here");
	if (g->not && g->near == NEAR_LATER && !within) {
		x->s = from;
		return scan_bad(x, "a ; ! at the end without -W");
	}
	return 0;
}

int
stages_parse(struct stages *p, const char *text, bool within,
    const char **why, size_t *at)
{
	struct scan x = { .s = text };

	*p = (struct stages){ 0 };
	if (scan_stages(&x, p, within) == 0)
		return 0;
	*why = x.why;
	*at = (size_t)(x.s - text);
	stages_free(p);
	return -1;
}

const struct stage *
stages_find(const struct stages *p, const char *name)
{
	size_t i;

	for (i = 0; i < p->n; i++)
		if (strcmp(p->v[i].name, name) == 0)
			return &p->v[i];
	return NULL;
}

void
stages_free(struct stages *p)
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		free(p->v[i].name);
		free(p->v[i].where);
		free(p->v[i].until);
	}
	free(p->v);
	*p = (struct stages){ 0 };
}
