/* Values as JSON of the proto3 mapping. */
#include <google/protobuf/util/json_util.h>
#include <map>

#include "protoplace.hh"
extern "C" {
#include "b64.h"
#include "enc.h"
}

#define DEPTH 100		/* of messages, as the library's, but for all that Any hides */

using FD = pb::FieldDescriptor;

namespace {

bool value_put(struct proto &, const proto_place &, std::string &);

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

/* A key of an object; before: '{' or, behind another one, ','. */
bool
key_put(struct proto &p, const FD *f, const std::string &key, char &before,
    std::string &out)
{
	out += before;
	before = ',';
	if (!quote_put(p, f, key, out))
		return false;
	out += ':';
	return true;
}

void
object_end(char before, std::string &out)
{
	if (before == '{')
		out += before;
	out += '}';
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
	std::string url = proto_string({ &m, d->FindFieldByNumber(1), -1 });
	std::string bytes = proto_string({ &m, d->FindFieldByNumber(2), -1 });
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
	if (!proto_putmessage(p, *in, text))
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
		if (!key_put(p, f, f->is_extension() ? '[' + f->full_name() +
		    ']' : f->json_name(), c, out) ||
		    !proto_puttree(p, { &m, f, -1 }, out))
			return false;
	}
	object_end(c, out);
	return true;
}

/* A value that is neither list nor map. */
bool
value_put(struct proto &p, const proto_place &at, std::string &out)
{
	const pb::EnumValueDescriptor *e;
	std::string text;

	switch (at.f->cpp_type()) {
	case FD::CPPTYPE_MESSAGE:
		return proto_putmessage(p, proto_message(at), out);
	case FD::CPPTYPE_STRING:
		text = proto_string(at);
		if (at.f->type() != FD::TYPE_BYTES)
			return quote_put(p, at.f, text, out);
		out += '"' + proto_base64(text) + '"';
		return true;
	case FD::CPPTYPE_ENUM:
		e = at.f->enum_type()->FindValueByNumber(proto_enum(at));
		if (at.f->enum_type()->full_name() ==
		    "google.protobuf.NullValue")
			out += "null";
		else if (e != nullptr)
			out += '"' + e->name() + '"';
		else
			out += proto_number(at);
		return true;
	case FD::CPPTYPE_INT64:
	case FD::CPPTYPE_UINT64:
		/* a double, which JSON numbers are to many, would not do */
		out += '"' + proto_number(at) + '"';
		return true;
	case FD::CPPTYPE_FLOAT:
	case FD::CPPTYPE_DOUBLE:
		text = proto_number(at);
		if (text.back() == 'y' || text.back() == 'N')
			text = '"' + text + '"';
		else if (text == "-0")
			text += ".0";	/* or the library takes it for an int */
		out += text;
		return true;
	default:
		out += proto_number(at);
		return true;
	}
}

/* Sorted by key, since a map has no order; of equal keys the last counts. */
bool
map_put(struct proto &p, const proto_place &at, std::string &out)
{
	const pb::Reflection *r = at.m->GetReflection();
	const pb::Descriptor *d = at.f->message_type();
	std::map<std::string, const pb::Message *> sorted;
	char c = '{';

	for (int i = 0; i < r->FieldSize(*at.m, at.f); i++) {
		const pb::Message &m = r->GetRepeatedMessage(*at.m, at.f, i);

		sorted[proto_key(m, d->map_key())] = &m;
	}
	for (const auto &entry : sorted) {
		if (!key_put(p, at.f, entry.first, c, out) ||
		    !value_put(p, { entry.second, d->map_value(), -1 }, out))
			return false;
	}
	object_end(c, out);
	return true;
}

}

std::string
proto_base64(const std::string &bytes)
{
	struct buf b = {};

	buf_room(&b, 1);
	b64_add(&b, bytes.data(), bytes.size());
	std::string text(b.s, b.n);
	buf_free(&b);
	return text;
}

bool
proto_putmessage(struct proto &p, const pb::Message &m, std::string &out)
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

bool
proto_puttree(struct proto &p, const proto_place &at, std::string &out)
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
