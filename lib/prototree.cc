/* What lies in lists, maps and whole messages: found by a path, for a column. */
#include "protoplace.hh"

using FD = pb::FieldDescriptor;

namespace {

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
value_show(struct proto &p, const proto_place &at, bool name, std::string &text,
    enum json_kind &kind)
{
	const pb::EnumValueDescriptor *e = nullptr;

	kind = JSON_STRING;
	switch (at.f->cpp_type()) {
	case FD::CPPTYPE_STRING:
		text = proto_string(at);
		if (at.f->type() == FD::TYPE_BYTES)
			text = proto_base64(text);
		return true;
	case FD::CPPTYPE_ENUM:
		if (name)
			e = at.f->enum_type()->FindValueByNumber(proto_enum(at));
		text = e != nullptr ? e->name() : proto_number(at);
		if (e == nullptr)
			kind = JSON_NUMBER;
		return true;
	case FD::CPPTYPE_MESSAGE:
		if (!proto_putmessage(p, proto_message(at), text))
			return false;
		kind = kind_of(text[0]);
		if (proto_word(at.f->message_type())) {
			text = text.substr(1, text.size() - 2);
			kind = JSON_STRING;
		}
		return true;
	default:
		text = proto_number(at);
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
	proto_place at = { &m, f, -1 };

	text.clear();
	v.clean = false;
	v.kind = JSON_NONE;
	for (const auto &s : l.rest)
		if (!proto_goto(at, s))
			return true;
	if (!proto_isset(at))
		return true;
	if (at.f->message_type() != nullptr && (at.i >= 0 ||
	    !at.f->is_repeated()) && proto_wrapper(at.f->message_type()))
		at = { &proto_message(at), at.f->message_type()->field(0), -1 };
	if (at.i < 0 && at.f->is_repeated()) {
		if (!proto_puttree(p, at, text))
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
