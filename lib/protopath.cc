/* Where paths lead that are read: the fields of messages that are wanted. */
#include "path.hh"
#include "proto.hh"

using FD = pb::FieldDescriptor;

namespace {

proto_want &
want_add(proto_node &nd, const FD *f)
{
	for (auto &w : nd.wants)
		if (w.fd == f)
			return w;
	nd.wants.emplace_back();
	proto_want &w = nd.wants.back();

	w.fd = f;
	w.number = uint32_t(f->number());
	w.open = f->file()->syntax() == pb::FileDescriptor::SYNTAX_PROTO3;
	return w;
}

/* All of a oneof, since one that nobody asks for unsets the others. */
void
oneof_add(proto_node &nd, const FD *f)
{
	auto o = f->real_containing_oneof();

	for (int i = 0; o != nullptr && i < o->field_count(); i++)
		want_add(nd, o->field(i));
}

/* Whether the steps from i on fit the field; else p.why. */
bool
steps_check(struct proto &p, const FD *f, const std::vector<proto_step> &steps,
    size_t i)
{
	const proto_step *s;
	bool element = false;	/* of a list or map: what f says of one */

	for (; i < steps.size(); i++) {
		s = &steps[i];
		if (f->is_map() && !element) {
			if (s->index != NO_INDEX) {
				p.why = f->name() + " is a map, not a list";
				return false;
			}
			f = f->message_type()->map_value();
		} else if (f->is_repeated() && !element) {
			if (s->index == NO_INDEX) {
				p.why = f->name() + " is a list: an index "
				    "such as [0] is wanted";
				return false;
			}
			element = true;
		} else if (s->index != NO_INDEX) {
			p.why = f->name() + " is not a list";
			return false;
		} else if (f->message_type() == nullptr) {
			p.why = f->name() + " has no fields";
			return false;
		} else {
			f = proto_find(p, f->message_type(), s->key);
			if (f == nullptr)
				return false;
			element = false;
		}
	}
	return true;
}

}

/* As far as single messages go the walk knows the way; the rest is the library's. */
int
proto_path(struct proto *p, const char *path, enum type type, const char **why)
{
	std::vector<proto_step> steps = proto_steps(path);
	proto_node *nd = &p->root;
	const FD *f;
	size_t i;

	p->why = "not a path such as a.b or a[0].b";
	*why = p->why.c_str();
	p->want.resize(p->npath);
	p->want.push_back(type);
	if (steps.empty() || steps[0].index != NO_INDEX)
		return -1;
	for (i = 0;; i++) {
		if (steps[i].index != NO_INDEX)
			p->why = f->name() + " is not a list";
		if (steps[i].index != NO_INDEX ||
		    (f = proto_find(*p, nd->d, steps[i].key)) == nullptr ||
		    (f->is_repeated() && !steps_check(*p, f, steps, i + 1))) {
			*why = p->why.c_str();
			return -1;
		}
		oneof_add(*nd, f);
		proto_want &w = want_add(*nd, f);

		if (f->is_repeated() || f->type() == FD::TYPE_GROUP) {
			if (!steps_check(*p, f, steps, i + 1)) {
				*why = p->why.c_str();
				return -1;
			}
			w.trees.push_back({ p->npath++,
			    { steps.begin() + ptrdiff_t(i) + 1,
			    steps.end() } });
			return 0;
		}
		if (i + 1 == steps.size() && proto_isstamp(f)) {
			w.stamp = true;
			w.leaves.push_back({ p->npath++, {} });
			return 0;
		}
		if (i + 1 == steps.size() && (f->message_type() == nullptr ||
		    !proto_wrapper(f->message_type()))) {
			auto &to = f->message_type() != nullptr ||
			    f->type() == FD::TYPE_BYTES ? w.trees : w.leaves;

			to.push_back({ p->npath++, {} });
			return 0;
		}
		if (f->message_type() == nullptr) {
			p->why = f->name() + " has no fields";
			*why = p->why.c_str();
			return -1;
		}
		if (i + 1 == steps.size())
			steps.push_back({ "value", NO_INDEX });
		if (w.kid == nullptr) {
			w.kid = std::make_unique<proto_node>();
			w.kid->d = f->message_type();
		}
		nd = w.kid.get();
	}
}

void
proto_type(struct proto *p, size_t path, enum type type)
{
	p->want[path] = type;
}
