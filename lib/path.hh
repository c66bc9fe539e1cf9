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

#define NO_INDEX SIZE_MAX
#define INDEX_DIGITS 9

namespace {

/* Where paths part: a key of an object or a place in an array. */
struct node {
	std::string key;
	uint64_t start = 0;		/* the key's first 8 bytes, zeros behind, as they lie in memory */
	size_t index = NO_INDEX;	/* or it is a key */
	std::vector<size_t> slots;	/* paths that end here */
	std::vector<std::unique_ptr<node>> kids;
	uint64_t lengths = 0;		/* of the kids' keys, a bit each, modulo 64 */
	size_t hint = 0;		/* the kid that is likely to come next */
	uint64_t seen = 0;		/* last document that had it */
};

/* raw stands behind a key's opening quote; the padding allows for short keys. */
inline bool
key_is(const char *raw, const std::string &key)
{
	size_t i, n = key.size();

	if (n > 0 && raw[0] != key[0])
		return false;
	if (n < JSON_PAD / 2)
		return raw[n] == '"' && memcmp(raw, key.data(), n) == 0;
	for (i = 0; i < n; i++)
		if (raw[i] != key[i] || raw[i] == '"')
			return false;
	return raw[n] == '"';
}

/* Which bits of `start` a key of so many bytes has. */
inline uint64_t
key_mask(size_t n)
{
	static const char ones[] = "\xff\xff\xff\xff\xff\xff\xff\xff"
	    "\0\0\0\0\0\0\0";
	uint64_t mask;

	memcpy(&mask, ones + (n < 8 ? 8 - n : 0), sizeof mask);
	return mask;
}

inline node *
path_kid(node *at, const std::string &key, size_t index)
{
	node *kid;

	for (auto &k : at->kids)
		if (k->key == key && k->index == index)
			return k.get();
	at->kids.push_back(std::make_unique<node>());
	kid = at->kids.back().get();
	kid->key = key;
	kid->index = index;
	at->lengths |= (uint64_t)1 << (key.size() & 63);
	memcpy(&kid->start, key.data(), key.size() < 8 ? key.size() : 8);
	return kid;
}

/* One step of a path: s moves behind it, at to where it leads; or false. */
inline bool
path_step(const char *&s, node *&at)
{
	const char *end;

	if (*s != '[') {
		end = s + strcspn(s, ".[");
		if (end == s)
			return false;
		at = path_kid(at, std::string(s, end), NO_INDEX);
		s = end;
		return true;
	}
	s++;
	if (*s == '"') {
		if ((end = strstr(s + 1, "\"]")) == nullptr)
			return false;
		at = path_kid(at, std::string(s + 1, end), NO_INDEX);
		s = end + 2;
		return true;
	}
	end = s + strspn(s, "0123456789");
	if (end == s || end - s > INDEX_DIGITS || *end != ']')
		return false;
	at = path_kid(at, "", strtoul(s, nullptr, 10));
	s = end + 1;
	return true;
}

/* Where the path ends, made if need be; nullptr: it is not a path. */
inline node *
path_add(node &root, const char *s)
{
	node *at = &root;

	for (;;) {
		if (!path_step(s, at))
			return nullptr;
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
