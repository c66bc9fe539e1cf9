#include <cinttypes>
#include <cstdio>

#include "path.hh"
#include "protoplace.hh"
extern "C" {
#include "num.h"
}

using FD = pb::FieldDescriptor;

std::string
proto_string(const proto_place &at)
{
	const pb::Reflection *r = at.m->GetReflection();

	return at.i < 0 ? r->GetString(*at.m, at.f) :
	    r->GetRepeatedString(*at.m, at.f, at.i);
}

const pb::Message &
proto_message(const proto_place &at)
{
	const pb::Reflection *r = at.m->GetReflection();

	return at.i < 0 ? r->GetMessage(*at.m, at.f) :
	    r->GetRepeatedMessage(*at.m, at.f, at.i);
}

int
proto_enum(const proto_place &at)
{
	const pb::Reflection *r = at.m->GetReflection();

	return at.i < 0 ? r->GetEnumValue(*at.m, at.f) :
	    r->GetRepeatedEnumValue(*at.m, at.f, at.i);
}

std::string
proto_number(const proto_place &at)
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
		n = num_putint(s, proto_enum(at));
		break;
	}
#undef AT
	return std::string(s, n);
}

std::string
proto_key(const pb::Message &entry, const FD *key)
{
	proto_place at = { &entry, key, -1 };

	return key->cpp_type() == FD::CPPTYPE_STRING ? proto_string(at) :
	    proto_number(at);
}

bool
proto_goto(proto_place &at, const proto_step &s)
{
	const pb::Reflection *r = at.m->GetReflection();
	const pb::Descriptor *d = at.f->message_type();
	const pb::Message *found = nullptr;

	if (at.f->is_map() && at.i < 0) {
		for (int i = 0; i < r->FieldSize(*at.m, at.f); i++) {
			const pb::Message &m =
			    r->GetRepeatedMessage(*at.m, at.f, i);

			if (proto_key(m, d->map_key()) == s.key)
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
	found = &proto_message(at);
	at = { found, proto_named(found->GetDescriptor(), s.key), -1 };
	return at.f != nullptr;
}

bool
proto_isset(const proto_place &at)
{
	return at.i >= 0 || !at.f->has_presence() ||
	    at.m->GetReflection()->HasField(*at.m, at.f);
}
