#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"
#include "json.h"
#include "raw.h"
#include "scan.h"

#define NUL_WHY "a NUL byte, which no stream can hold"

void
raw_init(struct raw *w, enum format format)
{
	*w = (struct raw){ .format = format };
	csvrec_init(&w->csv);
}

void
raw_free(struct raw *w)
{
	csvrec_free(&w->csv);
	buf_free(&w->text);
	free(w->split);
	free(w->at);
}

/* Cuts the record at each sep. */
static void
raw_cut(struct raw *w, char sep)
{
	const char *s = w->record.s, *end = s + w->record.n, *p;

	for (w->n = 0;; s = p + 1) {
		if (w->n == w->cap) {
			w->cap = w->cap != 0 ? w->cap * 2 : 64;
			w->split = mem_grow(w->split, w->cap, sizeof *w->split);
		}
		if ((p = memchr(s, sep, (size_t)(end - s))) == NULL)
			p = end;
		w->split[w->n++] = (struct field){ s, (size_t)(p - s) };
		if (p == end)
			break;
	}
	w->f = w->split;
	w->direct = false;
}

/* The fields of a record that is complete. */
static int
raw_fields(struct raw *w, const char **why)
{
	struct field f = w->record;

	w->direct = false;
	w->n = 1;
	w->f = &w->record;	/* line: the only field; else set below */
	if (w->format == FORMAT_JSON)
		return 1;	/* its reader looks at every byte */
	if (memchr(f.s, '\0', f.n) != NULL)
		return *why = NUL_WHY, -1;
	/* a message may be several lines, and so may a quoted field */
	w->clean = !scan_any(f.s, f.n, '\\', '\r', '\n',
	    w->format == FORMAT_TSV ? '\n' : '\t');
	w->plain = w->clean && w->format != FORMAT_CSV;
	if (w->format == FORMAT_CSV) {
		csvrec_split(&w->csv, f.s, f.n);
		w->f = w->csv.f;
		w->n = w->csv.n;
	} else if (w->format == FORMAT_TSV) {
		raw_cut(w, '\t');
	}
	return 1;
}

/* A record that fills the memory is a quote that should not be there. */
static void
raw_grow(struct raw *w, const struct in *in, const char *s, size_t n)
{
	char place[512];

	if (w->text.n + n > in->most) {
		origin_show(&w->from, place, sizeof place);
		errx(EXIT_BAD, "%s: the record is longer than %zu bytes, "
		    "in a quoted field", place, in->most);
	}
	buf_add(&w->text, s, n);
}

/*
 * A line of a CSV record with quotes.  n without the line end, all
 * with it.  1: the record is complete; 0: it goes on.
 */
static int
raw_quoted(struct raw *w, const struct in *in, struct field line, size_t all,
    const char **why)
{
	const char *bad = NULL;
	int k;

	if (!w->open)
		csvrec_begin(&w->csv);
	k = csvrec_scan(&w->csv, line.s, line.n, &bad);
	if (k == 0) {
		w->open = true;
		raw_grow(w, in, line.s, all);
		return 0;
	}
	w->record = line;
	if (w->open) {
		raw_grow(w, in, line.s, line.n);
		w->record = (struct field){ w->text.s, w->text.n };
		w->open = false;
	}
	if (k < 0)
		return *why = bad, -1;
	return raw_fields(w, why);
}

/* The record is the rest of the file. */
static int
raw_unclosed(struct raw *w, const char **why)
{
	w->open = false;
	w->record = (struct field){ w->text.s, w->text.n };
	*why = "a quote that is never closed";
	return -1;
}

/* A line as the reader split it, with nothing odd about it. */
static int
raw_direct(struct raw *w, struct field line, const char **why)
{
	w->direct = true;
	w->n = w->r.nf;
	w->record = line;
	w->plain = w->clean = true;
	if (w->format == FORMAT_TSV &&
	    scan_any(line.s, line.n, '\\', '\r', '\0', '\0')) {
		w->plain = w->clean = false;
		if (memchr(line.s, '\0', line.n) != NULL)
			return *why = NUL_WHY, -1;
	}
	return 1;
}

int
raw_read(struct raw *w, struct in *in, bool whole, const char **why)
{
	struct field line;
	size_t all;
	int k;

	if (!w->open)
		w->text.n = 0;
	for (;;) {
		if (w->open && !in_ready(in) && !in->eof)
			return 3;
		if ((k = in_line(in, &w->r)) == 0)
			return w->open ? raw_unclosed(w, why) : 0;
		if (!w->open)
			w->from = in->from;
		line.s = w->r.base + (uint32_t)(w->r.sep[-1] + 1);
		line.n = (size_t)(w->r.base + w->r.sep[w->r.nf - 1] - line.s);
		all = line.n + (k == 1);
		w->cr = 0;
		if (k == 1 && line.n > 0 && line.s[line.n - 1] == '\r') {
			w->cr = 1;
			line.n--;
		}
		if (in->from.pos == 1 && line.n >= 3 &&
		    memcmp(line.s, "\xef\xbb\xbf", 3) == 0) {
			line.s += 3;
			line.n -= 3;
			all -= 3;
			if (all == 0)
				continue;	/* nothing but the mark */
		} else if (!w->open && !in->special && !whole && k == 1 &&
		    w->format <= FORMAT_TSV) {
			return raw_direct(w, line, why);
		}
		if (w->format != FORMAT_CSV) {
			w->record = line;
			return raw_fields(w, why);
		}
		if ((k = raw_quoted(w, in, line, all, why)) != 0)
			return k;
	}
}

/* Without the line end that some producers put behind a message. */
static struct field
raw_chop(const char *s, size_t n)
{
	if (n > 0 && s[n - 1] == '\n') {
		n--;
		if (n > 0 && s[n - 1] == '\r')
			n--;
	}
	return (struct field){ s, n };
}

void
raw_padded(struct raw *w, const char *s, size_t n)
{
	w->text.n = 0;
	memset(buf_room(&w->text, n + JSON_PAD) + n, 0, JSON_PAD);
	buf_add(&w->text, s, n);
	w->record = (struct field){ w->text.s, n };
}

int
raw_lines(struct raw *w, const char *s, size_t n, const char **why)
{
	w->record = (struct field){ s, n };
	return raw_fields(w, why);
}

int
raw_tsv(struct raw *w, const char *s, size_t n, const char **why)
{
	w->record = raw_chop(s, n);
	if (memchr(s, '\n', w->record.n) != NULL)
		return *why = "more than one line", -1;
	return raw_fields(w, why);
}

/*
 * Cuts a record in which nothing needs care at its commas, in a copy, behind
 * which more may be read.  There the commas are TABs, so that fields that stay
 * neighbours are written as one.  False: there may be something.
 */
static bool
raw_commas(struct raw *w)
{
	size_t n = w->record.n, i, k = 1, m;
	unsigned commas, odd;
	char *s;

	w->text.n = 0;
	s = buf_room(&w->text, n + SCAN_STEP);
	if (w->atcap < n + 2) {
		w->atcap = n + 256;
		w->at = mem_grow(w->at, w->atcap, sizeof *w->at);
		w->at[0] = UINT32_MAX;
	}
	for (i = 0; i < n; i += SCAN_STEP) {
		m = n - i < SCAN_STEP ? n - i : SCAN_STEP;
		commas = scan_commas(s + i, w->record.s + i, m, &odd);
		if (odd != 0)
			return false;
		for (; commas != 0; commas &= commas - 1)
			w->at[k++] = (uint32_t)i +
			    (uint32_t)__builtin_ctz(commas);
	}
	w->at[k] = (uint32_t)n;
	w->n = k;
	w->r = (struct rec){ .base = s, .sep = w->at + 1, .nf = k };
	w->cr = 0;
	w->plain = w->clean = w->direct = true;
	return true;
}

int
raw_csv(struct raw *w, const char *s, size_t n, const char **why)
{
	int k;

	w->record = raw_chop(s, n);
	if (raw_commas(w))
		return 1;
	csvrec_begin(&w->csv);
	k = csvrec_scan(&w->csv, w->record.s, w->record.n, why);
	if (k > 0)
		return raw_fields(w, why);
	if (k == 0)
		*why = "a quote that is never closed";
	return -1;
}
