#include <string.h>

#include "conv.h"
#include "enc.h"
#include "enctext.h"
#include "num.h"
#include "scan.h"

int
enc_raw(struct buf *b, struct field f)
{
	struct field raw;
	size_t n = b->n;

	if (memchr(f.s, '\\', f.n) == NULL)
		buf_add(b, f.s, f.n);
	else if (esc_undo(f, b, &raw) < 0) {
		b->n = n;
		return ENC_ESCAPE;
	}
	return 0;
}

/* Text that a reader would take for something else must stand in quotes. */
static bool
csv_isodd(struct field f, bool first)
{
	return f.n == 0 || scan_any(f.s, f.n, ',', '"', '\n', '\r') ||
	    (first && f.n >= 3 && memcmp(f.s, "\xef\xbb\xbf", 3) == 0);
}

static void
csv_quote(struct buf *b, struct field f)
{
	const char *p, *end = f.s + f.n;

	buf_addc(b, '"');
	while ((p = memchr(f.s, '"', (size_t)(end - f.s))) != NULL) {
		buf_add(b, f.s, (size_t)(p - f.s) + 1);
		buf_addc(b, '"');
		f.s = p + 1;
	}
	buf_add(b, f.s, (size_t)(end - f.s));
	buf_addc(b, '"');
}

int
enc_csv(struct buf *b, struct field f, bool first)
{
	struct buf tmp = { 0 };

	if (memchr(f.s, '\\', f.n) != NULL && esc_undo(f, &tmp, &f) < 0) {
		buf_free(&tmp);
		return ENC_ESCAPE;
	}
	if (csv_isodd(f, first))
		csv_quote(b, f);
	else
		buf_add(b, f.s, f.n);
	buf_free(&tmp);
	return 0;
}

/* Bytes that a JSON string takes as they are, from s on; more than ASCII is none of them. */
static size_t
json_span(const char *s, size_t n)
{
	size_t i = 0;

#ifdef __SSE2__
	for (; n - i >= 16; i += 16) {
		__m128i v = SCAN_LOAD(s + i);
		/* signed: what is above ASCII is less than a blank, too */
		__m128i m = _mm_or_si128(_mm_cmplt_epi8(v, _mm_set1_epi8(' ')),
		    _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')),
		    _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'))));
		unsigned bits = (unsigned)_mm_movemask_epi8(m);

		if (bits != 0)
			return i + (size_t)__builtin_ctz(bits);
	}
#endif
	while (i < n && (unsigned char)s[i] >= ' ' &&
	    (unsigned char)s[i] < 0x80 && s[i] != '"' && s[i] != '\\')
		i++;
	return i;
}

static void
json_control(struct buf *b, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	static const char letters[] = "btn\0fr";	/* 8 to 13 */

	buf_addc(b, '\\');
	if (c >= 8 && c <= 13 && letters[c - 8] != '\0') {
		buf_addc(b, letters[c - 8]);
		return;
	}
	buf_add(b, "u00", 3);
	buf_addc(b, hex[c >> 4]);
	buf_addc(b, hex[c & 15]);
}

/* The inside of a string; escaped: s is a field, whose escapes are JSON's too. */
static int
json_text(struct buf *b, const char *s, size_t n, bool escaped)
{
	const char *end = s + n;
	size_t k;

	for (;;) {
		k = json_span(s, (size_t)(end - s));
		buf_add(b, s, k);
		s += k;
		if (s == end)
			break;
		if ((unsigned char)*s >= 0x80) {
			const char *p = s;

			while (s < end && (unsigned char)*s >= 0x80)
				s++;
			if (!utf8_ok(p, (size_t)(s - p)))
				return ENC_UTF8;
			buf_add(b, p, (size_t)(s - p));
		} else if (*s == '\\' && escaped) {
			if (end - s < 2 || strchr("tnr\\", s[1]) == NULL)
				return ENC_ESCAPE;
			buf_add(b, s, 2);
			s += 2;
		} else if (*s == '\\' || *s == '"') {
			buf_addc(b, '\\');
			buf_addc(b, *s++);
		} else {
			json_control(b, (unsigned char)*s++);
		}
	}
	return 0;
}

int
enc_string(struct buf *b, struct field f)
{
	char *p;
	int k;

	if (json_span(f.s, f.n) == f.n) {
		p = buf_room(b, f.n + 2);
		p[0] = '"';
		memcpy(p + 1, f.s, f.n);
		p[f.n + 1] = '"';
		b->n += f.n + 2;
		return 0;
	}
	buf_addc(b, '"');
	k = json_text(b, f.s, f.n, true);
	buf_addc(b, '"');
	return k;
}

void
enc_json_string(struct buf *b, const char *s, size_t n)
{
	buf_addc(b, '"');
	(void)json_text(b, s, n, false);
	buf_addc(b, '"');
}

/* Whether the text is a number as JSON wants it: no +, no 007, no .5, no 5. */
static bool
number_plain(struct field f)
{
	const char *s = f.s, *end = f.s + f.n;

	if (s < end && *s == '-')
		s++;
	if (s == end || *s < '0' || *s > '9' ||
	    (*s == '0' && end - s > 1 && s[1] >= '0' && s[1] <= '9'))
		return false;
	while (s < end && *s >= '0' && *s <= '9')
		s++;
	if (s < end && *s == '.')
		for (s++; s < end && *s >= '0' && *s <= '9'; s++)
			;
	return s == end && end[-1] != '.';
}

static int
json_float(struct buf *b, struct field f)
{
	char text[NUM_FLOATLEN];
	double v;

	if (number_plain(f)) {
		buf_add(b, f.s, f.n);
		return 0;
	}
	if (num_float(f.s, f.n, &v) < 0)
		return ENC_TYPE;
	f = (struct field){ text, num_putfloat(text, v) };
	/* JSON has no number for NaN and Infinity */
	if (v - v != 0)
		return enc_string(b, f);
	buf_add(b, f.s, f.n);
	return 0;
}

int
enc_value(struct buf *b, enum type type, struct field f)
{
	struct buf tmp = { 0 };
	struct field out;
	int k = 0;

	switch (type) {
	case TYPE_FLOAT:
		return json_float(b, f);
	case TYPE_INT:
	case TYPE_BOOL:
		if (type == TYPE_INT && int_canonical(f)) {
			buf_add(b, f.s, f.n);
			return 0;
		}
		if (conv_text(type, f, CONV_CLEAN, &tmp, &out) < 0)
			k = ENC_TYPE;
		else
			buf_add(b, out.s != NULL ? out.s : tmp.s, out.n);
		buf_free(&tmp);
		return k;
	case TYPE_STR:
	case TYPE_TIME:
		break;
	}
	return enc_string(b, f);
}
