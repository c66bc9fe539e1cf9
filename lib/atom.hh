/* atom - a JSON value that is no tree, checked; C++, for json.cc only */
#ifndef ATOM_HH
#define ATOM_HH
#include <simdjson.h>
#include <string_view>

#include "buf.h"
#include "json.h"

namespace od = simdjson::ondemand;
using simdjson::error_code;

namespace {

inline bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

inline bool
number_ok(const char *s, const char *end)
{
	if (s < end && *s == '-')
		s++;
	if (s == end || !is_digit(*s))
		return false;
	if (*s++ == '0' && s < end && is_digit(*s))
		return false;
	while (s < end && is_digit(*s))
		s++;
	if (s < end && *s == '.') {
		if (++s == end || !is_digit(*s))
			return false;
		while (s < end && is_digit(*s))
			s++;
	}
	if (s < end && (*s == 'e' || *s == 'E')) {
		if (++s < end && (*s == '+' || *s == '-'))
			s++;
		if (s == end || !is_digit(*s))
			return false;
		while (s < end && is_digit(*s))
			s++;
	}
	return s == end;
}

inline bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

inline std::string_view
trim(std::string_view t)
{
	while (!t.empty() && is_blank(t.back()))
		t.remove_suffix(1);
	return t;
}

/* A value that is no string and no tree, checked. */
inline error_code
atom_read(std::string_view t, json_value &v)
{
	v.s = t.data();
	v.n = t.size();
	v.clean = true;
	switch (t[0]) {
	case 't':
		v.kind = JSON_BOOL;
		return t == "true" ? simdjson::SUCCESS : simdjson::T_ATOM_ERROR;
	case 'f':
		v.kind = JSON_BOOL;
		return t == "false" ? simdjson::SUCCESS : simdjson::F_ATOM_ERROR;
	case 'n':
		v.kind = JSON_NULL;
		return t == "null" ? simdjson::SUCCESS : simdjson::N_ATOM_ERROR;
	default:
		v.kind = JSON_NUMBER;
		if (t[0] != '-' && !is_digit(t[0]))
			return simdjson::TAPE_ERROR;
		return number_ok(t.data(), t.data() + t.size()) ?
		    simdjson::SUCCESS : simdjson::NUMBER_ERROR;
	}
}

/* T: a value or a whole document; t: its token. */
template <typename T>
error_code
scalar_read(T &value, std::string_view t, bool esc, json_value &v)
{
	error_code e;

	t = trim(t);
	if (t.empty())
		return simdjson::TAPE_ERROR;
	if (t[0] != '"')
		return atom_read(t, v);
	if (t.size() < 2 || t.back() != '"')
		return simdjson::STRING_ERROR;
	v.kind = JSON_STRING;
	v.clean = !esc;
	if (!esc) {
		od::raw_json_string raw;

		/* steps over it: a string left alone may be taken for a key */
		if ((e = value.get_raw_json_string().get(raw)))
			return e;
		v.s = raw.raw();
		v.n = t.size() - 2;
		return simdjson::SUCCESS;
	}
	if ((e = value.get_string().get(t)))
		return e;
	v.s = t.data();
	v.n = t.size();
	return simdjson::SUCCESS;
}

inline const char *
error_say(error_code e)
{
	switch (e) {
	case simdjson::UTF8_ERROR:
		return "not JSON: invalid UTF-8";
	case simdjson::UNCLOSED_STRING:
		return "not JSON: a string that is not closed";
	case simdjson::UNESCAPED_CHARS:
		return "not JSON: a control character in a string";
	case simdjson::STRING_ERROR:
		return "not JSON: a broken escape in a string";
	case simdjson::NUMBER_ERROR:
		return "not JSON: a broken number";
	case simdjson::T_ATOM_ERROR:
	case simdjson::F_ATOM_ERROR:
	case simdjson::N_ATOM_ERROR:
		return "not JSON: a broken literal";
	case simdjson::DEPTH_ERROR:
		return "JSON nested deeper than 500";
	case simdjson::INCORRECT_TYPE:
		return "not a JSON object";
	case simdjson::TRAILING_CONTENT:
		return "not JSON: something follows the value";
	case simdjson::EMPTY:
		return "not JSON: empty";
	case simdjson::CAPACITY:
		return "a JSON document of 4 GiB or more";
	case simdjson::MEMALLOC:
		mem_none();	/* a retry may find some: not the record's fault */
	default:
		return "not JSON: a comma, colon, brace or bracket "
		    "is missing or too many";
	}
}

}
#endif
