/* A field without the message around it. */
#include <google/protobuf/descriptor.pb.h>
#include <set>

#include "proto.hh"

namespace {

bool
groups_find(const pb::Descriptor *d, std::set<const pb::Descriptor *> &seen)
{
	if (!seen.insert(d).second)
		return false;
	for (int i = 0; i < d->field_count(); i++) {
		const pb::FieldDescriptor *f = d->field(i);

		if (f->type() == pb::FieldDescriptor::TYPE_GROUP ||
		    (f->message_type() != nullptr &&
		    groups_find(f->message_type(), seen)))
			return true;
	}
	return false;
}

}

/*
 * The library's JSON wants all required fields of a message, and cannot name
 * its extensions.
 */
const pb::Descriptor *
proto_alone(struct proto &p, const pb::FieldDescriptor *f)
{
	std::string package = "weir.alone" + std::to_string(p.alone++);
	pb::FileDescriptorProto file;
	pb::DescriptorProto *m = file.add_message_type();
	pb::FieldDescriptorProto *to = m->add_field();
	const pb::FileDescriptor *built, *from = nullptr;

	f->CopyTo(to);
	to->set_json_name(f->json_name());
	to->clear_extendee();
	to->clear_oneof_index();
	to->clear_proto3_optional();
	to->clear_default_value();
	if (f->is_required())
		to->set_label(pb::FieldDescriptorProto::LABEL_OPTIONAL);
	m->set_name("Alone");
	if (f->is_map()) {
		f->message_type()->CopyTo(m->add_nested_type());
		to->set_type_name('.' + package + ".Alone." +
		    f->message_type()->name());
		f = f->message_type()->map_value();
	}
	if (f->message_type() != nullptr)
		from = f->message_type()->file();
	else if (f->enum_type() != nullptr)
		from = f->enum_type()->file();
	file.set_name(package + ".proto");
	file.set_package(package);
	file.set_syntax(f->file()->syntax() ==
	    pb::FileDescriptor::SYNTAX_PROTO3 ? "proto3" : "proto2");
	if (from != nullptr)
		file.add_dependency(from->name());
	built = p.pool.BuildFile(file);
	return built != nullptr ? built->message_type(0) : nullptr;
}

bool
proto_groups(const pb::Descriptor *d)
{
	std::set<const pb::Descriptor *> seen;

	return groups_find(d, seen);
}
