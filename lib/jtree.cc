#include <cstring>
#include <new>

#include "atom.hh"
#include "jtree.h"

extern "C" {
#include "arena.h"
#include "num.h"
}

struct jtree {
	od::parser parser;
	struct arena arena = {};
	struct buf text = {};
};

namespace {

const char *
text_keep(struct jtree *t, std::string_view s)
{
	char *p = static_cast<char *>(arena_alloc(&t->arena, s.size() + 1));

	if (!s.empty())
		memcpy(p, s.data(), s.size());
	p[s.size()] = '\0';
	return p;
}

struct jnode *
node_new(struct jtree *t)
{
	void *p = arena_alloc(&t->arena, sizeof(struct jnode));

	return new (p) jnode();
}

error_code tree_read(struct jtree *, od::value &, struct jnode *, int);

template <typename T>
error_code
node_read(struct jtree *t, T &value, struct jnode *nd, int depth)
{
	std::string_view token;
	json_value v;
	error_code e;

	if constexpr (std::is_same_v<T, od::value>) {
		token = value.raw_json_token();
		if (token[0] == '{' || token[0] == '[')
			return tree_read(t, value, nd, depth);
	} else if ((e = value.raw_json_token().get(token))) {
		return e;
	}
	if ((e = scalar_read(value, token, true, v)))
		return e;
	nd->kind = v.kind;
	nd->s = text_keep(t, std::string_view(v.s, v.n));
	nd->n = v.n;
	return simdjson::SUCCESS;
}

struct jnode *
kid_add(struct jtree *t, struct jnode *nd, struct jnode **last)
{
	struct jnode *kid = node_new(t);

	if (*last != nullptr)
		(*last)->next = kid;
	else
		nd->kid = kid;
	*last = kid;
	nd->n++;
	return kid;
}

error_code
object_read(struct jtree *t, od::value &value, struct jnode *nd, int depth)
{
	struct jnode *last = nullptr;
	od::object object;
	error_code e;

	if ((e = value.get_object().get(object)))
		return e;
	for (auto item : object) {
		std::string_view key;

		if ((e = item.error()))
			return e;
		od::field &&field = std::move(item).value_unsafe();
		if ((e = field.unescaped_key().get(key)))
			return e;
		struct jnode *kid = kid_add(t, nd, &last);
		kid->key = text_keep(t, key);
		kid->nkey = key.size();
		if ((e = node_read(t, field.value(), kid, depth)))
			return e;
	}
	return simdjson::SUCCESS;
}

error_code
array_read(struct jtree *t, od::value &value, struct jnode *nd, int depth)
{
	struct jnode *last = nullptr;
	od::array array;
	error_code e;

	if ((e = value.get_array().get(array)))
		return e;
	for (auto item : array) {
		if ((e = item.error()))
			return e;
		od::value &&v = std::move(item).value_unsafe();
		if ((e = node_read(t, v, kid_add(t, nd, &last), depth)))
			return e;
	}
	return simdjson::SUCCESS;
}

error_code
tree_read(struct jtree *t, od::value &value, struct jnode *nd, int depth)
{
	if (depth == JSON_DEPTH)
		return simdjson::DEPTH_ERROR;
	nd->kind = JSON_TREE;
	nd->object = value.raw_json_token()[0] == '{';
	return nd->object ? object_read(t, value, nd, depth + 1) :
	    array_read(t, value, nd, depth + 1);
}

error_code
document_read(struct jtree *t, size_t n, struct jnode *nd)
{
	od::document doc;
	od::value value;
	std::string_view token;
	const char *at;
	error_code e;

	if ((e = t->parser.iterate(t->text.s, n, n + JSON_PAD).get(doc)) ||
	    (e = doc.raw_json_token().get(token)))
		return e;
	if (token[0] != '{' && token[0] != '[') {
		/* json.cc says the same: a scalar is the whole document */
		if (token.data() + token.size() != t->text.s + n)
			return simdjson::TRAILING_CONTENT;
		return node_read(t, doc, nd, 0);
	}
	if ((e = doc.get_value().get(value)) ||
	    (e = tree_read(t, value, nd, 0)))
		return e;
	return doc.current_location().get(at) == simdjson::OUT_OF_BOUNDS ?
	    simdjson::SUCCESS : simdjson::TRAILING_CONTENT;
}

}

struct jtree *
jtree_new(void)
{
	std::set_new_handler(mem_none);
	return new jtree;
}

void
jtree_free(struct jtree *t)
{
	if (t == nullptr)
		return;
	arena_free(&t->arena);
	buf_free(&t->text);
	delete t;
}

struct jnode *
jtree_parse(struct jtree *t, const char *s, size_t n, const char **why)
{
	struct jnode *nd;
	error_code e;

	arena_free(&t->arena);
	t->text.n = 0;
	memset(buf_room(&t->text, n + JSON_PAD) + n, 0, JSON_PAD);
	buf_add(&t->text, s, n);
	nd = node_new(t);
	if ((e = document_read(t, n, nd))) {
		*why = error_say(e);
		return nullptr;
	}
	return nd;
}

const struct jnode *
jtree_member(const struct jnode *nd, const char *key, size_t nkey)
{
	const struct jnode *kid, *found = nullptr;

	if (nd->kind != JSON_TREE || !nd->object)
		return nullptr;
	for (kid = nd->kid; kid != nullptr; kid = kid->next)
		if (kid->nkey == nkey && memcmp(kid->key, key, nkey) == 0)
			found = kid;
	return found;
}

const char *
jtree_string(const struct jnode *nd, const char *key)
{
	const struct jnode *kid = jtree_member(nd, key, strlen(key));

	return kid != nullptr && kid->kind == JSON_STRING ? kid->s : nullptr;
}

int
jtree_int(const struct jnode *nd, const char *key, int64_t *v)
{
	const struct jnode *kid = jtree_member(nd, key, strlen(key));

	return kid != nullptr && kid->kind == JSON_NUMBER ?
	    num_int(kid->s, kid->n, v) : -1;
}
