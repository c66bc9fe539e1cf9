/* re:PATTERN and combined: lines that a regular expression with named groups takes apart. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <err.h>
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dectext.h"
#include "die.h"
#include "num.h"

#define STACK_MOST (1024 * 1024)	/* bytes for one match */

struct group {
	char *name;
	size_t number;
	size_t slot;		/* of f: number, or one for all of its name */
};

struct re {
	pcre2_code *code;	/* of characters */
	pcre2_code *bytes;	/* the same of bytes, for lines that are not UTF-8; or NULL */
	pcre2_match_data *match;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
	struct group *group;	/* those with a name, by number */
	size_t ngroup;
	struct field *f;	/* [0] the whole match, the groups, shared slots */
	size_t nf;
	size_t top;		/* the last group's number */
	const char *nomatch;	/* what is said of a line that does not match */
	/* combined's */
	size_t time;		/* the group that holds the time; 0: none */
	char iso[sizeof "2000-01-01T00:00:00+00:00"];
};

/*
 * The formats of Apache's mod_log_config "common" and "combined"; nginx's
 * combined is the same.  Within quotes a backslash escapes.
 */
#define QUOTED "(?:[^\"\\\\]++|\\\\.)*+"
static const char combined[] =
    "^(?<host>\\S+) (?<ident>\\S+) (?<user>.*?) "
    "\\[(?<time>\\d\\d/[A-Z][a-z][a-z]/\\d{4}:\\d\\d:\\d\\d:\\d\\d [+-]\\d{4})\\] "
    "\"(?<request>(?:(?<method>[A-Z]+) (?<path>(?:[^\\s\"\\\\]++|\\\\.)++)"
    "(?: (?<protocol>HTTP/[0-9.]+))?(?=\")|" QUOTED "))\" "
    "(?<status>\\d{3}) (?<bytes>\\d+|-)"
    "(?: \"(?<referer>" QUOTED ")\" \"(?<agent>" QUOTED ")\")?$";

/* Its columns without -f. */
static const char usual[] = "host,ident,user,time:time,request,status:int,"
    "bytes:int,referer,agent";

static int
group_compare(const void *a, const void *b)
{
	const struct group *p = a, *q = b;

	return p->number < q->number ? -1 : p->number > q->number;
}

/* The first group of the name of group i; with (?J) others may have it too. */
static struct group *
group_first(const struct re *re, size_t i)
{
	struct group *g = re->group;

	while (strcmp(g->name, re->group[i].name) != 0)
		g++;
	return g;
}

static void
group_place(struct re *re, size_t i)
{
	struct group *g = &re->group[i], *first = group_first(re, i);

	g->slot = g->number;
	if (first == g)
		return;
	if (first->slot == first->number)
		first->slot = re->nf++;
	g->slot = first->slot;
}

static void
re_groups(struct re *re)
{
	uint32_t count, size, top, i;
	PCRE2_SPTR p;

	pcre2_pattern_info(re->code, PCRE2_INFO_NAMECOUNT, &count);
	pcre2_pattern_info(re->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
	pcre2_pattern_info(re->code, PCRE2_INFO_NAMETABLE, &p);
	pcre2_pattern_info(re->code, PCRE2_INFO_CAPTURECOUNT, &top);
	re->ngroup = count;
	re->group = mem_alloc((count + 1) * sizeof *re->group);
	for (i = 0; i < count; i++, p += size)
		re->group[i] = (struct group){
		    .number = (size_t)p[0] << 8 | p[1],
		    .name = mem_copy(p + 2, strlen((const char *)p + 2)) };
	qsort(re->group, re->ngroup, sizeof *re->group, group_compare);
	re->top = top;
	re->nf = re->top + 1;
	for (i = 0; i < count; i++)
		group_place(re, i);
	re->f = mem_alloc(re->nf * sizeof *re->f);
}

static pcre2_code *
code_new(const char *pattern, uint32_t how, int *code, PCRE2_SIZE *at)
{
	pcre2_code *c = pcre2_compile((PCRE2_SPTR)pattern, strlen(pattern),
	    how, code, at, NULL);

	/* where there is no JIT a match is only slower */
	if (c != NULL)
		(void)pcre2_jit_compile(c, PCRE2_JIT_COMPLETE);
	return c;
}

static struct re *
re_compile(const char *pattern)
{
	struct re *re = mem_alloc(sizeof *re);
	PCRE2_UCHAR why[256];
	PCRE2_SIZE at, at2;
	int code, code2;

	re->code = code_new(pattern, PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C,
	    &code, &at);
	if (re->code == NULL) {
		pcre2_get_error_message(code, why, sizeof why);
		errx(EXIT_USAGE, "-s re: character %zu: %s: %s", (size_t)at + 1,
		    (const char *)why, pattern);
	}
	re->bytes = code_new(pattern, 0, &code2, &at2);
	re->match = pcre2_match_data_create_from_pattern(re->code, NULL);
	re->context = pcre2_match_context_create(NULL);
	re->stack = pcre2_jit_stack_create(32 * 1024, STACK_MOST, NULL);
	if (re->match == NULL || re->context == NULL || re->stack == NULL)
		mem_none();
	pcre2_jit_stack_assign(re->context, NULL, re->stack);
	re_groups(re);
	return re;
}

/* By its name or number; 0: there is no such group. */
static size_t
re_find(const struct re *re, const char *name)
{
	int64_t number;
	size_t i;

	for (i = 0; i < re->ngroup; i++)
		if (strcmp(re->group[i].name, name) == 0)
			return re->group[i].slot;
	if (num_int(name, strlen(name), &number) == 0 && number > 0 &&
	    (uint64_t)number <= re->top)
		return (size_t)number;
	return 0;
}

/* The groups' names, for a message; stays. */
static const char *
re_show(const struct re *re)
{
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < re->ngroup; i++) {
		if (group_first(re, i) != &re->group[i])
			continue;
		buf_addc(&b, ' ');
		buf_adds(&b, re->group[i].name);
	}
	buf_addc(&b, '\0');
	return b.s;
}

static void
re_columns(struct dec *d, struct re *re)
{
	struct col *c;
	size_t i;

	d->own = re;
	for (i = 0; i < d->row.cols.n; i++) {
		c = &d->row.cols.col[i];
		if (!col_own(c))
			continue;
		if ((c->from = re_find(re, c->path)) == 0)
			errx(EXIT_USAGE, "-f: no group %s in the pattern, "
			    "there are:%s", c->path, re_show(re));
	}
}

static void
re_open(struct dec *d)
{
	struct re *re = re_compile(d->arg);
	size_t i;

	re->nomatch = "the pattern does not match";
	if (!d->named && re->ngroup == 0)
		errx(EXIT_USAGE, "-s re: no group with a name, as "
		    "(?<name>...), in the pattern: %s", d->arg);
	for (i = 0; !d->named && i < re->ngroup; i++)
		if (group_first(re, i) == &re->group[i])
			cols_add(&d->row.cols, re->group[i].name,
			    strlen(re->group[i].name), TYPE_STR);
	re_columns(d, re);
}

static void
combined_open(struct dec *d)
{
	struct re *re = re_compile(combined);

	re->nomatch = "not a line of the combined log format";
	re->time = re_find(re, "time");
	if (!d->named)
		cols_parse(&d->row.cols, 'f', usual, false);
	re_columns(d, re);
}

static void
re_close(struct dec *d)
{
	struct re *re = d->own;
	size_t i;

	for (i = 0; i < re->ngroup; i++)
		free(re->group[i].name);
	free(re->group);
	free(re->f);
	pcre2_jit_stack_free(re->stack);
	pcre2_match_context_free(re->context);
	pcre2_match_data_free(re->match);
	pcre2_code_free(re->bytes);
	pcre2_code_free(re->code);
	free(re);
}

/* Groups that took no part in the match are null. */
static void
re_fields(struct re *re, const char *s, size_t n)
{
	const PCRE2_SIZE *at = pcre2_get_ovector_pointer(re->match);
	const struct group *g;
	size_t i;

	for (i = 0; i < re->nf; i++)
		re->f[i] = i >= n || at[2 * i] == PCRE2_UNSET ?
		    (struct field){ NULL, 0 } :
		    (struct field){ s + at[2 * i], at[2 * i + 1] - at[2 * i] };
	if (re->nf == re->top + 1)
		return;
	for (i = 0; i < re->ngroup; i++) {
		g = &re->group[i];
		if (re->f[g->slot].s == NULL)
			re->f[g->slot] = re->f[g->number];
	}
}

static int
re_match(struct dec *d, const char **why)
{
	struct raw *w = &d->lane->raw;
	struct re *re = d->own;
	PCRE2_UCHAR text[256];
	int k;

	k = pcre2_match(re->code, (PCRE2_SPTR)w->record.s, w->record.n, 0, 0,
	    re->match, re->context);
	if (k <= PCRE2_ERROR_UTF8_ERR1 && k >= PCRE2_ERROR_UTF8_ERR21 &&
	    re->bytes != NULL)
		k = pcre2_match(re->bytes, (PCRE2_SPTR)w->record.s,
		    w->record.n, 0, 0, re->match, re->context);
	if (k == PCRE2_ERROR_NOMATCH) {
		*why = re->nomatch;
		return -1;
	}
	if (k == PCRE2_ERROR_NOMEMORY)
		mem_none();
	if (k < 0) {
		pcre2_get_error_message(k, text, sizeof text);
		snprintf(d->why, sizeof d->why, "the pattern: %s",
		    (const char *)text);
		*why = d->why;
		return -1;
	}
	re_fields(re, w->record.s, (size_t)k);
	w->f = re->f;
	w->n = re->nf;
	return 1;
}

static int
re_row(struct dec *d, const char **why)
{
	if (re_match(d, why) < 0)
		return -1;
	return row_cut(&d->row, &d->lane->raw, why);
}

/* 10/Oct/2000:13:55:36 -0700 as RFC 3339; the pattern has looked at its form. */
static bool
combined_time(struct re *re)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	const char *s = re->f[re->time].s;
	int m;

	for (m = 0; m < 12 && memcmp(months + 3 * m, s + 3, 3) != 0; m++)
		;
	snprintf(re->iso, sizeof re->iso, "%.4s-%02d-%.2sT%.8s%.3s:%.2s",
	    s + 7, (m + 1) % 100, s, s + 12, s + 21, s + 24);
	re->f[re->time] = (struct field){ re->iso, sizeof re->iso - 1 };
	return m < 12;
}

static int
combined_row(struct dec *d, const char **why)
{
	struct re *re = d->own;
	size_t i;

	if (re_match(d, why) < 0)
		return -1;
	if (!combined_time(re)) {
		*why = re->nomatch;
		return -1;
	}
	/* what the server does not know */
	for (i = 1; i < re->nf; i++)
		if (re->f[i].n == 1 && *re->f[i].s == '-')
			re->f[i] = (struct field){ NULL, 0 };
	return row_cut(&d->row, &d->lane->raw, why);
}

const struct dec_format dec_re = {
	.spec = { .name = "re", .arg = "PATTERN", .argneeded = true,
	    .messages = true, .files = true },
	.paths = true,
	.cut = FORMAT_LINE,
	.open = re_open,
	.close = re_close,
	.read = text_read,
	.message = line_message,
	.row = re_row,
};

const struct dec_format dec_combined = {
	.spec = { .name = "combined", .messages = true, .files = true },
	.paths = true,
	.cut = FORMAT_LINE,
	.open = combined_open,
	.close = re_close,
	.read = text_read,
	.message = line_message,
	.row = combined_row,
};
