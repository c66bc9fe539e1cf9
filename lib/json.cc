#include <cstring>
#include <new>

#include "quick.hh"

struct json {
	od::parser parser;
	node root;
	size_t npath = 0;
	uint64_t number = 0;
	std::vector<json_value> list;	/* of json_list */
};

namespace {

/* The kid that the field's key names, or none; *e: the key is broken. */
node *
node_key(node *nd, od::field &field, walk &w, error_code *e)
{
	std::string_view name;
	size_t i, k, n = nd != nullptr ? nd->kids.size() : 0;
	const char *raw = field.key().raw();

	*e = simdjson::SUCCESS;
	if (w.esc && (*e = field.unescaped_key().get(name)))
		return nullptr;
	for (i = 0; i < n; i++) {
		k = nd->hint + i < n ? nd->hint + i : nd->hint + i - n;
		node *kid = nd->kids[k].get();

		if (kid->index == NO_INDEX && (w.esc ? name == kid->key :
		    key_is(raw, kid->key))) {
			nd->hint = k + 1 < n ? k + 1 : 0;
			return node_enter(kid, w);
		}
	}
	return nullptr;
}

error_code tree_walk(od::value &, bool, node *, walk &);

/* A value; nd: the paths that go through it, or none. */
error_code
value_walk(od::value &value, node *nd, walk &w)
{
	const char *end, *start;
	std::string_view t = value.raw_json_token();
	bool wanted = nd != nullptr && !nd->slots.empty();
	json_value other, &v = wanted ? w.val[nd->slots[0]] : other;
	error_code e;

	if (t[0] == '{' || t[0] == '[') {
		start = t.data();
		if ((e = tree_walk(value, t[0] == '{', nd, w)) || !wanted)
			return e;
		/* the next token is a comma or bracket at the least */
		if ((e = w.doc->current_location().get(end)))
			return e;
		t = trim(std::string_view(start, size_t(end - start)));
		v = { JSON_TREE, false, t.data(), t.size() };
	} else if ((e = scalar_read(value, t, w.esc, v))) {
		return e;
	}
	for (size_t i = 1; wanted && i < nd->slots.size(); i++)
		w.val[nd->slots[i]] = v;
	return simdjson::SUCCESS;
}

error_code
object_walk(od::object &object, node *nd, walk &w)
{
	error_code e;

	for (auto item : object) {
		node *kid;

		if ((e = item.error()))
			return e;
		/* in place: copies of it were half of the time */
		od::field &&field = std::move(item).value_unsafe();
		kid = node_key(nd, field, w, &e);
		if (e || (e = value_walk(field.value(), kid, w)))
			return e;
	}
	return simdjson::SUCCESS;
}

error_code
array_walk(od::array &array, node *nd, walk &w)
{
	size_t index = 0;
	error_code e;

	for (auto item : array) {
		if ((e = item.error()))
			return e;
		od::value &&value = std::move(item).value_unsafe();
		if ((e = value_walk(value, node_index(nd, index++, w), w)))
			return e;
	}
	return simdjson::SUCCESS;
}

error_code
tree_walk(od::value &value, bool is_object, node *nd, walk &w)
{
	od::object object;
	od::array array;
	error_code e;

	if (w.depth++ == JSON_DEPTH)
		return simdjson::DEPTH_ERROR;
	if (is_object)
		e = value.get_object().get(object);
	else
		e = value.get_array().get(array);
	if (!e)
		e = is_object ? object_walk(object, nd, w) :
		    array_walk(array, nd, w);
	w.depth--;
	return e;
}

/* Nothing may follow the value. */
error_code
document_end(od::document &doc)
{
	const char *at;

	return doc.current_location().get(at) == simdjson::OUT_OF_BOUNDS ?
	    simdjson::SUCCESS : simdjson::TRAILING_CONTENT;
}

/* A document that is an array, its elements into the list. */
error_code
list_walk(json *j, od::document &doc, walk &w)
{
	json_value v;
	node each;
	od::array array;
	error_code e;

	w.val = &v;
	each.slots.push_back(0);
	j->list.clear();
	if ((e = doc.get_array().get(array)))
		return e;
	for (auto item : array) {
		if ((e = item.error()))
			return e;
		od::value &&value = std::move(item).value_unsafe();
		if ((e = value_walk(value, &each, w)))
			return e;
		j->list.push_back(v);
	}
	return document_end(doc);
}

error_code
document_walk(json *j, od::document &doc, walk &w)
{
	std::string_view t;
	od::object object;
	od::value value;
	json_value v;
	error_code e;

	if ((e = doc.raw_json_token().get(t)))
		return e;
	if (j->npath > 0) {
		if ((e = doc.get_object().get(object)) ||
		    (e = object_walk(object, &j->root, w)))
			return e;
	} else if (t[0] == '{' || t[0] == '[') {
		if ((e = doc.get_value().get(value)) ||
		    (e = value_walk(value, nullptr, w)))
			return e;
	} else if (t.data() + t.size() != w.end) {
		return simdjson::TRAILING_CONTENT;
	} else {
		return scalar_read(doc, t, w.esc, v);
	}
	return document_end(doc);
}

}

struct json *
json_new(void)
{
	/* never an exception; simdjson's own allocations come here, too */
	std::set_new_handler(mem_none);
	return new json;
}

void
json_free(struct json *j)
{
	delete j;
}

int
json_path(struct json *j, const char *path)
{
	node *at = path_add(j->root, path);

	if (at == nullptr)
		return -1;
	at->slots.push_back(j->npath++);
	return 0;
}

/* The document, indexed but not yet looked at. */
static error_code
json_open(struct json *j, const char *s, size_t n, od::document &doc)
{
	error_code e;
	size_t i;

	/* in powers of two, else each longer document would allocate */
	if (j->parser.capacity() < n) {
		for (i = 65536; i < n; i *= 2)
			;
		if ((e = j->parser.allocate(i)))
			return e;
	}
	return j->parser.iterate(s, n, n + JSON_PAD).get(doc);
}

static void
json_clear(const struct json *j, struct json_value *val)
{
	for (size_t i = 0; i < j->npath; i++)
		val[i] = { JSON_NONE, true, nullptr, 0 };
}

int
json_read(struct json *j, const char *s, size_t n, struct json_value *val,
    const char **why)
{
	od::document doc;
	walk w = { s + n, val, ++j->number, nullptr, false, 0 };
	error_code e;

	json_clear(j, val);
	if (quick_document(s, j->npath > 0 ? &j->root : nullptr, w))
		return 0;
	json_clear(j, val);
	w = { s + n, val, ++j->number, &doc, memchr(s, '\\', n) != nullptr, 0 };
	if ((e = json_open(j, s, n, doc)) || (e = document_walk(j, doc, w)))
		return *why = error_say(e), -1;
	return 0;
}

const struct json_value *
json_list(struct json *j, const char *s, size_t n, size_t *len,
    const char **why)
{
	od::document doc;
	walk w = { s + n, nullptr, ++j->number, &doc,
	    memchr(s, '\\', n) != nullptr, 1 };
	error_code e;

	if ((e = json_open(j, s, n, doc)) || (e = list_walk(j, doc, w))) {
		*why = e == simdjson::INCORRECT_TYPE ?
		    "not a JSON array" : error_say(e);
		return nullptr;
	}
	*len = j->list.size();
	/* of none, a place all the same */
	j->list.push_back({ JSON_NONE, true, nullptr, 0 });
	return j->list.data();
}
