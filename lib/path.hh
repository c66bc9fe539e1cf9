/* path - a tree of JSON paths; C++, for json.cc only */
#ifndef PATH_HH
#define PATH_HH
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "json.h"

namespace {

/* Where paths part: a key of an object or a place in an array. */
struct node {
	std::string key;
	size_t index = SIZE_MAX;	/* SIZE_MAX: never in an array */
	bool named = true;		/* may be a key */
	std::vector<size_t> slots;	/* paths that end here */
	std::vector<std::unique_ptr<node>> kids;
	size_t hint = 0;		/* the kid that is likely to come next */
	uint64_t seen = 0;		/* last document that had it */
};

/* raw stands behind a key's opening quote; the padding allows for short keys. */
inline bool
key_is(const char *raw, const std::string &key)
{
	size_t i, n = key.size();

	if (n < JSON_PAD / 2)
		return raw[n] == '"' && memcmp(raw, key.data(), n) == 0;
	for (i = 0; i < n; i++)
		if (raw[i] != key[i] || raw[i] == '"')
			return false;
	return raw[n] == '"';
}

/* One step of a path: s moves behind it; its name, or false. */
inline bool
path_step(const char *&s, std::string &name, bool &quoted, bool &bracket)
{
	const char *end;

	quoted = bracket = false;
	if (*s == '[') {
		bracket = true;
		if (s[1] == '"') {
			quoted = true;
			if ((end = strstr(s + 2, "\"]")) == nullptr)
				return false;
			name.assign(s + 2, end);
			s = end + 2;
			return true;
		}
		s++;
		end = s + strspn(s, "0123456789");
		if (end == s || *end != ']')
			return false;
		name.assign(s, end);
		s = end + 1;
		return true;
	}
	end = s + strcspn(s, ".[");
	name.assign(s, end);
	s = end;
	return !name.empty();
}

inline node *
path_kid(node *at, const std::string &name, size_t index, bool named)
{
	node *kid;

	for (auto &k : at->kids)
		if (k->key == name && k->index == index && k->named == named)
			return k.get();
	at->kids.push_back(std::make_unique<node>());
	kid = at->kids.back().get();
	kid->key = name;
	kid->index = index;
	kid->named = named;
	return kid;
}

/* Where the path ends, made if need be; nullptr: it is not a path. */
inline node *
path_add(node &root, const char *s)
{
	std::string name;
	bool quoted, bracket;
	node *at = &root;
	size_t index;

	for (;;) {
		if (!path_step(s, name, quoted, bracket))
			return nullptr;
		index = SIZE_MAX;
		if (!quoted && name.size() <= 9 &&
		    name.find_first_not_of("0123456789") == name.npos)
			index = strtoul(name.c_str(), nullptr, 10);
		else if (bracket && !quoted)
			return nullptr;
		at = path_kid(at, name, index, quoted || !bracket);
		if (*s == '\0')
			return at;
		if (*s == '.')
			s++;
		else if (*s != '[')
			return nullptr;
	}
}

}
#endif
