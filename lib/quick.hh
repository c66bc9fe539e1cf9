/* quick - JSON of the common kind, checked in one pass; C++, for json.cc only */
#ifndef QUICK_HH
#define QUICK_HH
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "atom.hh"
#include "num.h"
#include "path.hh"
#include "utf8.h"

/*
 * These return what stands behind the thing that they have read, or nullptr
 * when they are not sure: an escape, a deep nesting, or anything wrong.  Then
 * simdjson reads the document again and has the last word.  p is never more
 * than JSON_PAD bytes behind the end.
 */
namespace {

#define QUICK_DEPTH 32

struct walk {
	const char *end;	/* of the document's text */
	json_value *val;
	uint64_t number;	/* of the document */
	od::document *doc;
	bool esc;		/* a backslash is somewhere in it */
	int depth;
};

/* The last of two keys counts, so what the first had goes. */
void
node_clear(const node *nd, json_value *val)
{
	for (size_t slot : nd->slots)
		val[slot].kind = JSON_NONE;
	for (auto &kid : nd->kids)
		node_clear(kid.get(), val);
}

inline node *
node_enter(node *kid, walk &w)
{
	if (kid->seen == w.number)
		node_clear(kid, w.val);
	kid->seen = w.number;
	return kid;
}

inline node *
node_index(node *nd, size_t index, walk &w)
{
	if (nd != nullptr)
		for (auto &kid : nd->kids)
			if (kid->index == index)
				return node_enter(kid.get(), w);
	return nullptr;
}

inline const char *
quick_blank(const char *p, const char *end)
{
	/* nearly always there is none */
	if ((unsigned char)*p > ' ')
		return p;
	while (p < end && is_blank(*p))
		p++;
	return p;
}

/* Where the first byte is that ends a string, needs care or is not ASCII; end or behind: nowhere. */
inline const char *
quick_stop(const char *p, const char *end)
{
#ifdef __SSE2__
	for (; p < end; p += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
		int m = _mm_movemask_epi8(_mm_or_si128(
		    _mm_cmplt_epi8(v, _mm_set1_epi8(' ')),
		    _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('"')),
		    _mm_cmpeq_epi8(v, _mm_set1_epi8('\\')))));

		if (m != 0)
			return p + __builtin_ctz((unsigned)m);
	}
	return p;
#else
	while (p < end && (unsigned char)*p >= ' ' &&
	    (unsigned char)*p < 0x80 && *p != '"' && *p != '\\')
		p++;
	return p;
#endif
}

/* The closing quote of the string that begins at p. */
inline const char *
quick_string(const char *p, const char *end)
{
	const char *s = p;
	bool wide = false;

	while ((p = quick_stop(p, end)) < end && (unsigned char)*p >= 0x80)
		for (wide = true; p < end && (unsigned char)*p >= 0x80; p++)
			;
	if (p >= end || *p != '"' || (wide && !utf8_ok(s, size_t(p - s))))
		return nullptr;
	return p;
}

inline const char *
quick_digits(const char *p, const char *end)
{
	const char *s = p;
	size_t n;

	/* no jump on how many there are, which is hard to foretell */
	do
		p += n = num_digits(p);
	while (n == 8 && p < end);
	return p > s && p <= end ? p : nullptr;
}

inline const char *
quick_number(const char *p, const char *end)
{
	const char *s = p += *p == '-';

	if ((p = quick_digits(p, end)) == nullptr || (*s == '0' && p - s > 1))
		return nullptr;
	if (p < end && *p == '.' &&
	    (p = quick_digits(p + 1, end)) == nullptr)
		return nullptr;
	if (p < end && (*p == 'e' || *p == 'E')) {
		p++;
		if (p < end && (*p == '+' || *p == '-'))
			p++;
		p = quick_digits(p, end);
	}
	return p;
}

inline const char *
quick_word(const char *p, const char *word, size_t n)
{
	return memcmp(p, word, n) == 0 ? p + n : nullptr;
}

inline void
quick_put(const node *nd, json_kind kind, const char *s, size_t n, walk &w)
{
	if (nd != nullptr)
		for (size_t slot : nd->slots)
			w.val[slot] = { kind, kind != JSON_TREE, s, n };
}

/* The kid that a key names, or none. */
inline node *
quick_key(node *nd, const char *s, size_t len, walk &w)
{
	size_t i, k, n = nd != nullptr ? nd->kids.size() : 0;
	uint64_t start, mask = key_mask(len);

	if (n == 0 || (nd->lengths >> (len & 63) & 1) == 0)
		return nullptr;
	memcpy(&start, s, sizeof start);
	for (i = 0, k = nd->hint; i < n; i++, k = k + 1 < n ? k + 1 : 0) {
		node *kid = nd->kids[k].get();

		if (kid->key.size() == len && kid->index == NO_INDEX &&
		    ((kid->start ^ start) & mask) == 0 && (len <= 8 ||
		    memcmp(kid->key.data() + 8, s + 8, len - 8) == 0)) {
			nd->hint = k + 1 < n ? k + 1 : 0;
			return node_enter(kid, w);
		}
	}
	return nullptr;
}

const char *quick_tree(const char *, node *, walk &);

inline const char *
quick_value(const char *p, node *nd, walk &w)
{
	const char *s = p;

	if (p >= w.end)
		return nullptr;
	switch (*p) {
	case '"':
		if ((p = quick_string(s + 1, w.end)) == nullptr)
			return nullptr;
		quick_put(nd, JSON_STRING, s + 1, size_t(p - s - 1), w);
		return p + 1;
	case '{':
	case '[':
		if ((p = quick_tree(s, nd, w)) != nullptr)
			quick_put(nd, JSON_TREE, s, size_t(p - s), w);
		return p;
	case 't':
	case 'f':
		p = *p == 't' ? quick_word(p, "true", 4) :
		    quick_word(p, "false", 5);
		if (p != nullptr)
			quick_put(nd, JSON_BOOL, s, size_t(p - s), w);
		return p;
	case 'n':
		if ((p = quick_word(p, "null", 4)) != nullptr)
			quick_put(nd, JSON_NULL, s, 4, w);
		return p;
	default:
		if (!is_digit(*p) && *p != '-')
			return nullptr;
		if ((p = quick_number(p, w.end)) != nullptr)
			quick_put(nd, JSON_NUMBER, s, size_t(p - s), w);
		return p;
	}
}

/* A member up to its value, which *kid is to have. */
inline const char *
quick_member(const char *p, node *nd, node **kid, walk &w)
{
	const char *s = p + 1;

	if (p >= w.end || *p != '"' ||
	    (p = quick_string(s, w.end)) == nullptr)
		return nullptr;
	*kid = quick_key(nd, s, size_t(p - s), w);
	p = quick_blank(p + 1, w.end);
	return *p == ':' ? quick_blank(p + 1, w.end) : nullptr;
}

/* Its first byte is a brace or bracket. */
inline const char *
quick_tree(const char *p, node *nd, walk &w)
{
	bool is_object = *p == '{';
	char close = is_object ? '}' : ']';
	size_t index = 0;
	node *kid;

	if (w.depth++ == QUICK_DEPTH)
		return nullptr;
	p = quick_blank(p + 1, w.end);
	while (index > 0 || *p != close) {
		if (!is_object)
			kid = node_index(nd, index, w);
		else if ((p = quick_member(p, nd, &kid, w)) == nullptr)
			return nullptr;
		if ((p = quick_value(p, kid, w)) == nullptr)
			return nullptr;
		index++;
		p = quick_blank(p, w.end);
		if (*p == close)
			break;
		if (*p != ',')
			return nullptr;
		p = quick_blank(p + 1, w.end);
	}
	w.depth--;
	return p + 1;
}

/* Whether it is a document, with paths an object, and nothing else. */
inline bool
quick_document(const char *s, node *nd, walk &w)
{
	s = quick_blank(s, w.end);
	if (s == w.end || (*s != '{' && (*s != '[' || nd != nullptr)))
		return false;
	s = quick_tree(s, nd, w);
	return s != nullptr && quick_blank(s, w.end) == w.end;
}

}
#endif
