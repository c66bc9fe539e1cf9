/* What lies in lists, maps and whole messages: found by a path, and as JSON of the proto3 mapping. */
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/type_resolver_util.h>
#include <map>

#include "path.hh"
#include "proto.hh"
extern "C" {
#include "b64.h"
#include "enc.h"
#include "num.h"
}

#define DEPTH 100		/* of messages, as the library's, but for all that Any hides */

using FD = pb::FieldDescriptor;

namespace {

/* A value: a field of a message, or one element of it. */
struct place {
	const pb::Message *m;
	const FD *f;
	int i;			/* -1: the field itself */
};

bool tree_put(struct proto &, const place &, std::string &);
bool value_put(struct proto &, const place &, std::string &);
bool message_put(struct proto &, const pb::Message &, std::string &);

std::string
string_at(const place &at)
{
	const pb::Reflection *r = at.m->GetReflection();

	return at.i < 0 ? r->GetString(*at.m, at.f) :
	    r->GetRepeatedString(*at.m, at.f, at.i);
}

const pb::Message &
message_at(const place &at)
{
	const pb::Reflection *r = at.m->GetReflection();

	return at.i < 0 ? r->GetMessage(*at.m, at.f) :
	    r->GetRepeatedMessage(*at.m, at.f, at.i);
}

int
enum_at(const place &at)
{
	const pb::Reflection *r = at.m->GetReflection();

	return at.i < 0 ? r->GetEnumValue(*at.m, at.f) :
	    r->GetRepeatedEnumValue(*at.m, at.f, at.i);
}

/* The text of a number or bool. */
std::string
number_at(const place &at)
{
	const pb::Reflection *r = at.m->GetReflection();
	char s[NUM_FLOATLEN];
	size_t n = 0;

#define AT(Type) (at.i < 0 ? r->Get##Type(*at.m, at.f) : \
	r->GetRepeated##Type(*at.m, at.f, at.i))
	switch (at.f->cpp_type()) {
	case FD::CPPTYPE_INT32:
		n = num_putint(s, AT(Int32));
		break;
	case FD::CPPTYPE_UINT32:
		n = num_putint(s, AT(UInt32));
		break;
	case FD::CPPTYPE_INT64:
		n = num_putint(s, AT(Int64));
		break;
	case FD::CPPTYPE_UINT64:
		n = size_t(snprintf(s, sizeof s, "%" PRIu64, AT(UInt64)));
		break;
	case FD::CPPTYPE_FLOAT:
		n = proto_putfloat(s, AT(Float));
		break;
	case FD::CPPTYPE_DOUBLE:
		n = num_putfloat(s, AT(Double));
		break;
	case FD::CPPTYPE_BOOL:
		return AT(Bool) ? "true" : "false";
	default:
		n = num_putint(s, enum_at(at));
		break;
	}
#undef AT
	return std::string(s, n);
}

/* A string in quotes; false and p.why: it is not UTF-8. */
bool
quote_put(struct proto &p, const FD *f, const std::string &text,
    std::string &out)
{
	struct buf b = {};

	if (!utf8_ok(text.data(), text.size())) {
		p.why = "field " + f->name() + " is text that is not UTF-8, "
		    "so JSON cannot hold it";
		return false;
	}
	enc_json_string(&b, text.data(), text.size());
	out.append(b.s, b.n);
	buf_free(&b);
	return true;
}

std::string
base64(const std::string &bytes)
{
	struct buf b = {};

	buf_room(&b, 1);
	b64_add(&b, bytes.data(), bytes.size());
	std::string text(b.s, b.n);
	buf_free(&b);
	return text;
}

bool
known_none(struct proto &p, const pb::Message &m)
{
	p.why = "JSON has no way to write this " +
	    m.GetDescriptor()->full_name();
	return false;
}

/*
 * An Any and what is in it.  Not by the library: what it parses goes as deep as
 * the bytes say, until the stack is full.
 */
bool
any_put(struct proto &p, const pb::Message &m, std::string &out)
{
	const pb::Descriptor *d = m.GetDescriptor();
	std::string url = string_at({ &m, d->FindFieldByNumber(1), -1 });
	std::string bytes = string_at({ &m, d->FindFieldByNumber(2), -1 });
	size_t slash = url.rfind('/');
	pb::Message *in;
	std::string text;

	if (url.empty() && bytes.empty()) {
		out += "{}";
		return true;
	}
	d = slash == url.npos ? nullptr :
	    p.pool.FindMessageTypeByName(url.substr(slash + 1));
	if (d == nullptr)
		return known_none(p, m);
	in = p.factory->GetPrototype(d)->New(p.arena.get());
	if (!in->ParsePartialFromString(bytes))
		return known_none(p, m);
	if (!message_put(p, *in, text))
		return false;
	out += "{\"@type\":";
	if (!quote_put(p, m.GetDescriptor()->FindFieldByNumber(1), url,
	    out))
		return false;
	if (proto_wellknown(d))
		out += ",\"value\":" + text + '}';
	else if (text != "{}")
		out += ',' + text.substr(1);
	else
		out += '}';
	return true;
}

/* A message that has a way of its own in JSON. */
bool
known_put(struct proto &p, const pb::Message &m, std::string &out)
{
	std::string text;

	if (m.GetDescriptor()->well_known_type() ==
	    pb::Descriptor::WELLKNOWNTYPE_ANY)
		return any_put(p, m, out);
	if (!pb::util::BinaryToJsonString(p.resolver.get(),
	    "type.googleapis.com/" + m.GetDescriptor()->full_name(),
	    m.SerializePartialAsString(), &text).ok())
		return known_none(p, m);
	out += text;
	return true;
}

bool
fields_put(struct proto &p, const pb::Message &m, std::string &out)
{
	std::vector<const FD *> set;
	char c = '{';

	if (proto_wrapper(m.GetDescriptor()))
		return value_put(p, { &m, m.GetDescriptor()->field(0), -1 },
		    out);
	if (proto_wellknown(m.GetDescriptor()))
		return known_put(p, m, out);
	m.GetReflection()->ListFields(m, &set);
	for (auto f : set) {
		out += c;
		c = ',';
		if (!quote_put(p, f, f->is_extension() ? '[' + f->full_name() +
		    ']' : f->json_name(), out))
			return false;
		out += ':';
		if (!tree_put(p, { &m, f, -1 }, out))
			return false;
	}
	if (c == '{')
		out += c;
	out += '}';
	return true;
}

bool
message_put(struct proto &p, const pb::Message &m, std::string &out)
{
	bool ok;

	if (p.depth == DEPTH) {
		p.why = "messages nested deeper than " + std::to_string(DEPTH);
		return false;
	}
	p.depth++;
	ok = fields_put(p, m, out);
	p.depth--;
	return ok;
}

/* A value that is neither list nor map. */
bool
value_put(struct proto &p, const place &at, std::string &out)
{
	const pb::EnumValueDescriptor *e;
	std::string text;

	switch (at.f->cpp_type()) {
	case FD::CPPTYPE_MESSAGE:
		return message_put(p, message_at(at), out);
	case FD::CPPTYPE_STRING:
		text = string_at(at);
		if (at.f->type() != FD::TYPE_BYTES)
			return quote_put(p, at.f, text, out);
		out += '"' + base64(text) + '"';
		return true;
	case FD::CPPTYPE_ENUM:
		e = at.f->enum_type()->FindValueByNumber(enum_at(at));
		if (at.f->enum_type()->full_name() ==
		    "google.protobuf.NullValue")
			out += "null";
		else if (e != nullptr)
			out += '"' + e->name() + '"';
		else
			out += number_at(at);
		return true;
	case FD::CPPTYPE_INT64:
	case FD::CPPTYPE_UINT64:
		/* a double, which JSON numbers are to many, would not do */
		out += '"' + number_at(at) + '"';
		return true;
	case FD::CPPTYPE_FLOAT:
	case FD::CPPTYPE_DOUBLE:
		text = number_at(at);
		if (text.back() == 'y' || text.back() == 'N')
			text = '"' + text + '"';
		else if (text == "-0")
			text += ".0";	/* or the library takes it for an int */
		out += text;
		return true;
	default:
		out += number_at(at);
		return true;
	}
}

/* The text of an entry's key. */
std::string
key_of(const pb::Message &entry, const FD *key)
{
	place at = { &entry, key, -1 };

	return key->cpp_type() == FD::CPPTYPE_STRING ? string_at(at) :
	    number_at(at);
}

/* Sorted by key, since a map has no order; of equal keys the last counts. */
bool
map_put(struct proto &p, const place &at, std::string &out)
{
	const pb::Reflection *r = at.m->GetReflection();
	const pb::Descriptor *d = at.f->message_type();
	std::map<std::string, const pb::Message *> sorted;
	char c = '{';

	for (int i = 0; i < r->FieldSize(*at.m, at.f); i++) {
		const pb::Message &m = r->GetRepeatedMessage(*at.m, at.f, i);

		sorted[key_of(m, d->map_key())] = &m;
	}
	for (const auto &entry : sorted) {
		out += c;
		c = ',';
		if (!quote_put(p, at.f, entry.first, out))
			return false;
		out += ':';
		if (!value_put(p, { entry.second, d->map_value(), -1 }, out))
			return false;
	}
	if (c == '{')
		out += c;
	out += '}';
	return true;
}

bool
tree_put(struct proto &p, const place &at, std::string &out)
{
	int n;

	if (at.i >= 0 || !at.f->is_repeated())
		return value_put(p, at, out);
	if (at.f->is_map())
		return map_put(p, at, out);
	n = at.m->GetReflection()->FieldSize(*at.m, at.f);
	out += '[';
	for (int i = 0; i < n; i++) {
		if (i > 0)
			out += ',';
		if (!value_put(p, { at.m, at.f, i }, out))
			return false;
	}
	out += ']';
	return true;
}

/* One step on; false: nothing is there. */
bool
place_step(place &at, const proto_step &s)
{
	const pb::Reflection *r = at.m->GetReflection();
	const pb::Descriptor *d = at.f->message_type();
	const pb::Message *found = nullptr;

	if (at.f->is_map() && at.i < 0) {
		for (int i = 0; i < r->FieldSize(*at.m, at.f); i++) {
			const pb::Message &m =
			    r->GetRepeatedMessage(*at.m, at.f, i);

			if (key_of(m, d->map_key()) == s.key)
				found = &m;
		}
		at = { found, d->map_value(), -1 };
		return found != nullptr;
	}
	if (at.f->is_repeated() && at.i < 0) {
		if (s.index >= size_t(r->FieldSize(*at.m, at.f)))
			return false;
		at.i = int(s.index);
		return true;
	}
	if (at.i < 0 && !r->HasField(*at.m, at.f))
		return false;
	found = &message_at(at);
	at = { found, proto_named(found->GetDescriptor(), s.key), -1 };
	return at.f != nullptr;
}

/* Whether there is anything there, by the rules of proto_read. */
bool
place_isset(const place &at)
{
	return at.i >= 0 || !at.f->has_presence() ||
	    at.m->GetReflection()->HasField(*at.m, at.f);
}

/* What the JSON text of a message is to a column. */
enum json_kind
kind_of(char first)
{
	switch (first) {
	case '{': case '[': case '"': return JSON_TREE;
	case 't': case 'f': return JSON_BOOL;
	case 'n': return JSON_NULL;
	default: return JSON_NUMBER;
	}
}

/* A value of a column: numbers and texts as they are, all else as JSON. */
bool
value_show(struct proto &p, const place &at, bool name, std::string &text,
    enum json_kind &kind)
{
	const pb::EnumValueDescriptor *e = nullptr;

	kind = JSON_STRING;
	switch (at.f->cpp_type()) {
	case FD::CPPTYPE_STRING:
		text = string_at(at);
		if (at.f->type() == FD::TYPE_BYTES)
			text = base64(text);
		return true;
	case FD::CPPTYPE_ENUM:
		if (name)
			e = at.f->enum_type()->FindValueByNumber(enum_at(at));
		text = e != nullptr ? e->name() : number_at(at);
		if (e == nullptr)
			kind = JSON_NUMBER;
		return true;
	case FD::CPPTYPE_MESSAGE:
		if (!message_put(p, message_at(at), text))
			return false;
		kind = kind_of(text[0]);
		if (proto_word(at.f->message_type())) {
			text = text.substr(1, text.size() - 2);
			kind = JSON_STRING;
		}
		return true;
	default:
		text = number_at(at);
		if (at.f->cpp_type() == FD::CPPTYPE_BOOL)
			kind = JSON_BOOL;
		else if (text.back() != 'y' && text.back() != 'N')
			kind = JSON_NUMBER;
		return true;
	}
}

}

bool
proto_tree(struct proto &p, const pb::Message &m, const FD *f,
    const proto_leaf &l, json_value &v)
{
	std::string &text = p.text[l.slot];
	place at = { &m, f, -1 };

	text.clear();
	v.clean = false;
	v.kind = JSON_NONE;
	for (const auto &s : l.rest)
		if (!place_step(at, s))
			return true;
	if (!place_isset(at))
		return true;
	if (at.f->message_type() != nullptr && (at.i >= 0 ||
	    !at.f->is_repeated()) && proto_wrapper(at.f->message_type()))
		at = { &message_at(at), at.f->message_type()->field(0), -1 };
	if (at.i < 0 && at.f->is_repeated()) {
		if (!tree_put(p, at, text))
			return false;
		v.kind = JSON_TREE;
	} else if (!value_show(p, at, p.want[l.slot] == TYPE_STR, text,
	    v.kind)) {
		return false;
	}
	v.s = text.data();
	v.n = text.size();
	return true;
}
