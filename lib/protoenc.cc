/* Writing: fields in the order of their numbers, as the library does it, so that single values make the same bytes. */
#include <algorithm>
#include <cstring>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/type_resolver_util.h>

#include "path.hh"
#include "proto.hh"
#include "protowire.hh"
extern "C" {
#include "enc.h"
}

namespace {

struct work {
	struct proto &p;
	const struct field *val;
	size_t bad;		/* the path that does not fit */
};

const char *
type_word(const FD *f)
{
	return f->type() == FD::TYPE_ENUM ? f->enum_type()->name().c_str() :
	    f->message_type() != nullptr ? f->message_type()->name().c_str() :
	    f->type() == FD::TYPE_STRING ? "string (UTF-8)" :
	    f->type() == FD::TYPE_BYTES ? "bytes (base64)" : f->type_name();
}

/* JSON text, into a field with its tag. */
bool
tree_put(work &w, const proto_wfield &to, struct field f, std::string &out)
{
	const FD *fd = to.fd;
	std::string text, m;
	const char *why;
	struct buf quoted = {};

	if (!fd->is_repeated() && proto_word(fd->message_type())) {
		if (!utf8_ok(f.s, f.n)) {
			w.p.why = "not UTF-8";
			return false;
		}
		enc_json_string(&quoted, f.s, f.n);
		text.assign(quoted.s, quoted.n);
		buf_free(&quoted);
		f = { text.data(), text.size() };
	}
	/* it is put between braces, and the library is lenient */
	if (jtree_parse(w.p.json.get(), f.s, f.n, &why) == nullptr) {
		w.p.why = why;
		return false;
	}
	std::string object = "{\"" + fd->json_name() + "\":" +
	    std::string(f.s, f.n) + "}";
	auto k = pb::util::JsonToBinaryString(w.p.resolver.get(),
	    "type.googleapis.com/" + to.alone->full_name(), object, &m);
	if (!k.ok()) {
		w.p.why = "not JSON of type " + std::string(type_word(fd)) +
		    " (" + k.message().ToString() + ")";
		std::replace(w.p.why.begin(), w.p.why.end(), '\n', ' ');
		return false;
	}
	/* the library makes bytes of groups that it cannot read */
	if (to.groups)
		w.p.arena->Reset();
	if (to.groups && !w.p.factory->GetPrototype(to.alone)->New(
	    w.p.arena.get())->ParsePartialFromString(m)) {
		w.p.why = "JSON of a group, which cannot be written";
		return false;
	}
	out += m;
	return true;
}

bool
column_put(work &w, const proto_wfield &f, std::string &out)
{
	size_t at = out.size();
	int k;

	w.bad = f.slot;
	if (f.alone != nullptr)
		return tree_put(w, f, w.val[f.slot], out);
	out += f.tag;
	k = f.fd->message_type() != nullptr ?
	    proto_putstamp(w.val[f.slot], out) :
	    proto_putvalue(f.fd, w.val[f.slot], out);
	if (k < 0) {
		w.p.why = std::string("not of type ") + type_word(f.fd);
		return false;
	}
	/* what has no presence is not written if it is zero */
	if (k == 1 && !f.fd->has_presence() && !f.wrapped)
		out.resize(at);
	return true;
}

/* Whether a column of it has a value. */
bool
field_isset(const work &w, const proto_wfield &f)
{
	if (f.kid == nullptr)
		return w.val[f.slot].s != nullptr;
	for (const auto &k : f.kid->fields)
		if (field_isset(w, k))
			return true;
	return false;
}

size_t
first_slot(const proto_wfield &f)
{
	return f.kid == nullptr ? f.slot : first_slot(f.kid->fields[0]);
}

bool
oneof_take(work &w, proto_wnode &nd, const proto_wfield &f)
{
	auto o = f.fd->real_containing_oneof();

	if (o == nullptr)
		return true;
	const proto_wfield *&had = nd.oneof[size_t(o->index())];

	if (had != nullptr) {
		w.bad = first_slot(f);
		w.p.why = "set, and so is " + had->fd->name() + ", the other "
		    "of oneof " + o->name();
		return false;
	}
	had = &f;
	return true;
}

bool
node_put(work &w, proto_wnode &nd, size_t depth, std::string &out)
{
	std::fill(nd.oneof.begin(), nd.oneof.end(), nullptr);
	for (auto &f : nd.fields) {
		if (!field_isset(w, f)) {
			if (f.fd->is_required()) {
				w.bad = first_slot(f);
				w.p.why = "null, and the field is required";
				return false;
			}
			continue;
		}
		if (!oneof_take(w, nd, f))
			return false;
		if (f.kid == nullptr) {
			if (!column_put(w, f, out))
				return false;
			continue;
		}
		std::string &m = w.p.level[depth];

		m.clear();
		if (!node_put(w, *f.kid, depth + 1, m))
			return false;
		out += f.tag;
		if (f.fd->type() != FD::TYPE_GROUP)
			proto_putvarint(out, m.size());
		out += m;
		if (f.fd->type() == FD::TYPE_GROUP)
			proto_putvarint(out, uint64_t(f.fd->number()) << 3 |
			    WIRE_END);
	}
	return true;
}

std::string
tag_of(const FD *f)
{
	std::string tag;
	uint64_t wire;

	switch (f->type()) {
	case FD::TYPE_DOUBLE:
	case FD::TYPE_FIXED64:
	case FD::TYPE_SFIXED64:
		wire = 1;
		break;
	case FD::TYPE_FLOAT:
	case FD::TYPE_FIXED32:
	case FD::TYPE_SFIXED32:
		wire = 5;
		break;
	case FD::TYPE_STRING:
	case FD::TYPE_BYTES:
	case FD::TYPE_MESSAGE:
		wire = 2;
		break;
	case FD::TYPE_GROUP:
		wire = WIRE_GROUP;
		break;
	default:
		wire = 0;
	}
	proto_putvarint(tag, uint64_t(f->number()) << 3 | wire);
	return tag;
}

/* The place of a field among those that are written, made if need be. */
proto_wfield &
wfield_add(proto_wnode &nd, const FD *f)
{
	for (auto &w : nd.fields)
		if (w.fd == f)
			return w;
	nd.fields.emplace_back();
	proto_wfield &w = nd.fields.back();

	w.fd = f;
	w.tag = tag_of(f);
	w.slot = NO_INDEX;
	w.alone = nullptr;
	return w;
}

/* false and p.why: a required field of a message has no column. */
bool
node_settle(struct proto &p, proto_wnode &nd, size_t depth)
{
	if (p.level.size() <= depth)
		p.level.resize(depth + 1);
	nd.oneof.resize(size_t(nd.d->real_oneof_decl_count()));
	std::sort(nd.fields.begin(), nd.fields.end(),
	    [](const proto_wfield &a, const proto_wfield &b) {
		return a.fd->number() < b.fd->number();
	    });
	for (int i = 0; i < nd.d->field_count(); i++) {
		const FD *f = nd.d->field(i);

		if (f->is_required() && std::none_of(nd.fields.begin(),
		    nd.fields.end(), [f](const proto_wfield &w) {
			return w.fd == f;
		    })) {
			p.why = "no column for the required field " +
			    f->full_name();
			return false;
		}
	}
	for (auto &f : nd.fields)
		if (f.kid != nullptr && !node_settle(p, *f.kid, depth + 1))
			return false;
	return true;
}

}

int
proto_wpath(struct proto *p, const char *path, const char **why)
{
	std::vector<proto_step> steps = proto_steps(path);
	proto_wnode *nd = &p->wroot;
	const FD *f;
	bool wrapped = false;
	size_t i;

	p->why = "not a path such as a.b";
	for (i = 0; i < steps.size(); i++) {
		if (steps[i].index != NO_INDEX ||
		    (f = proto_find(*p, nd->d, steps[i].key)) == nullptr)
			break;
		if (f->type() == FD::TYPE_GROUP && (f->is_repeated() ||
		    i + 1 == steps.size())) {
			p->why = f->name() + (f->is_repeated() ? " is a list "
			    "of groups, which cannot be written" : " is a "
			    "group, of which only fields can be written");
			break;
		}
		proto_wfield &w = wfield_add(*nd, f);

		if (i + 1 == steps.size() && (f->is_repeated() ||
		    f->message_type() == nullptr ||
		    !proto_wrapper(f->message_type()))) {
			if (w.slot != NO_INDEX || w.kid != nullptr) {
				p->why = f->name() + " is written twice";
				break;
			}
			w.wrapped = wrapped;
			if ((f->is_repeated() || (f->message_type() != nullptr &&
			    !proto_isstamp(f))) &&
			    (w.alone = proto_alone(*p, f)) == nullptr) {
				p->why = f->name() + " cannot be written";
				break;
			}
			w.groups = w.alone != nullptr && proto_groups(w.alone);
			w.slot = p->nwpath++;
			return 0;
		}
		if (f->is_repeated()) {
			p->why = f->name() + " is a list or map, which is "
			    "written as a whole";
			break;
		}
		if (f->message_type() == nullptr) {
			p->why = f->name() + " is not a message, which has "
			    "fields that can be written";
			break;
		}
		if (w.slot != NO_INDEX) {
			p->why = f->name() + " is written twice";
			break;
		}
		if (i + 1 == steps.size()) {
			/* Int64Value and its like: a message of one value */
			steps.push_back({ "value", NO_INDEX });
			wrapped = true;
		}
		if (w.kid == nullptr) {
			w.kid = std::make_unique<proto_wnode>();
			w.kid->d = f->message_type();
		}
		nd = w.kid.get();
	}
	*why = p->why.c_str();
	return -1;
}

int
proto_settle(struct proto *p, const char **why)
{
	if (node_settle(*p, p->wroot, 0))
		return 0;
	*why = p->why.c_str();
	return -1;
}

int
proto_write(struct proto *p, const struct field *val, struct buf *out,
    size_t *bad, const char **why)
{
	work w = { *p, val, 0 };
	std::string &m = p->level[0];

	m.clear();
	if (!node_put(w, p->wroot, 1, m)) {
		*bad = w.bad;
		*why = p->why.c_str();
		return -1;
	}
	buf_add(out, m.data(), m.size());
	return 0;
}
