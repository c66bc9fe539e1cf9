/* The schema: a descriptor set, one of its messages, what its framing says. */
#include <err.h>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/util/type_resolver_util.h>
#include <iterator>
#include <new>
#include <set>

#include "path.hh"
#include "proto.hh"
#include "registry.h"
extern "C" {
#include "die.h"
}

#define ARENA_BLOCK 65536

namespace {

/* The first error of a file that does not fit together. */
class Collector : public pb::DescriptorPool::ErrorCollector {
public:
	std::string first;

	void AddError(const std::string &file, const std::string &element,
	    const pb::Message *, ErrorLocation, const std::string &text)
	    override
	{
		if (first.empty())
			first = file + ": " + element + ": " + text;
	}
};

void
pool_fill(pb::DescriptorPool &pool, const std::string &path)
{
	std::ifstream in(path, std::ios::binary);
	pb::FileDescriptorSet set;
	Collector errors;

	if (!in)
		err(EXIT_BAD, "%s", path.c_str());
	std::string all((std::istreambuf_iterator<char>(in)),
	    std::istreambuf_iterator<char>());
	if (in.bad() || !set.ParseFromString(all) || set.file_size() == 0)
		errx(EXIT_BAD, "%s: not a file of protoc "
		    "--descriptor_set_out", path.c_str());
	for (const auto &file : set.file())
		if (pool.BuildFileCollectingErrors(file, &errors) == nullptr)
			errx(EXIT_BAD, "%s: %s (made without "
			    "--include_imports?)", path.c_str(),
			    errors.first.c_str());
}

/* Zigzag, as a varint. */
void
index_put(std::string &s, uint64_t n)
{
	for (n <<= 1; n >= 0x80; n >>= 7)
		s += char(n | 0x80);
	s += char(n);
}

/* Where the message stands in its file; its first is one zero byte. */
std::string
index_of(const pb::Descriptor *d)
{
	std::vector<int> path;
	std::string s;

	for (; d != nullptr; d = d->containing_type())
		path.push_back(d->index());
	if (path.size() == 1 && path[0] == 0)
		return std::string(1, '\0');
	index_put(s, path.size());
	for (size_t i = path.size(); i-- > 0;)
		index_put(s, uint64_t(path[i]));
	return s;
}

/* A varint of the framing; false: cut off or too long. */
bool
index_skip(const char *&s, const char *end, uint64_t &v)
{
	int shift = 0;

	for (v = 0; s < end && shift < 35; shift += 7) {
		v |= uint64_t(*s & 0x7f) << shift;
		if ((*s++ & 0x80) == 0)
			return true;
	}
	return false;
}

void
source_add(struct proto &p, const pb::FileDescriptor *f,
    std::set<std::string> &done)
{
	if (!done.insert(f->name()).second)
		return;
	p.source.push_back(f->DebugString());
	p.source_name.push_back(f->name());
	for (int i = 0; i < f->dependency_count(); i++)
		source_add(p, f->dependency(i), done);
}

}

std::vector<proto_step>
proto_steps(const char *path)
{
	std::vector<proto_step> steps;
	node root, *at = &root;

	if (path_add(root, path) == nullptr)
		return steps;
	while (!at->kids.empty()) {
		at = at->kids[0].get();
		steps.push_back({ at->key, at->index });
	}
	return steps;
}

const pb::FieldDescriptor *
proto_named(const pb::Descriptor *d, const std::string &name)
{
	const pb::FieldDescriptor *f = d->FindFieldByName(name);
	size_t n = name.size();

	for (int i = 0; f == nullptr && i < d->field_count(); i++)
		if (d->field(i)->json_name() == name)
			f = d->field(i);
	if (f == nullptr && n > 2 && name[0] == '[' && name[n - 1] == ']')
		f = d->file()->pool()->FindExtensionByPrintableName(d,
		    name.substr(1, n - 2));
	return f;
}

const pb::FieldDescriptor *
proto_find(struct proto &p, const pb::Descriptor *d, const std::string &name)
{
	const pb::FieldDescriptor *f = proto_named(d, name);

	if (f == nullptr)
		p.why = "no field " + name + " in message " + d->full_name();
	return f;
}

bool
proto_wrapper(const pb::Descriptor *d)
{
	auto k = d->well_known_type();

	return k >= pb::Descriptor::WELLKNOWNTYPE_DOUBLEVALUE &&
	    k <= pb::Descriptor::WELLKNOWNTYPE_BOOLVALUE;
}

bool
proto_word(const pb::Descriptor *d)
{
	auto k = d->well_known_type();

	return k == pb::Descriptor::WELLKNOWNTYPE_DURATION ||
	    k == pb::Descriptor::WELLKNOWNTYPE_TIMESTAMP ||
	    k == pb::Descriptor::WELLKNOWNTYPE_FIELDMASK;
}

bool
proto_isstamp(const pb::FieldDescriptor *f)
{
	return !f->is_repeated() &&
	    f->type() == pb::FieldDescriptor::TYPE_MESSAGE &&
	    f->message_type()->well_known_type() ==
	    pb::Descriptor::WELLKNOWNTYPE_TIMESTAMP;
}

struct proto *
proto_new(const char *spec)
{
	const char *colon = strrchr(spec, ':');
	struct proto *p;

	/* never an exception, and no words but weir's */
	std::set_new_handler(mem_none);
	pb::SetLogHandler(nullptr);
	if (colon == nullptr || colon == spec || colon[1] == '\0')
		errx(EXIT_USAGE, "-s: proto:FILE:MESSAGE, a file of protoc "
		    "--descriptor_set_out and a message of it, is wanted: "
		    "proto:%s", spec);
	p = new struct proto();
	std::string path(spec, colon);
	pool_fill(p->pool, path);
	p->type = p->pool.FindMessageTypeByName(colon + 1);
	if (p->type == nullptr)
		errx(EXIT_BAD, "%s: no message %s", path.c_str(), colon + 1);
	p->factory = std::make_unique<pb::DynamicMessageFactory>(&p->pool);
	p->resolver.reset(pb::util::NewTypeResolverForDescriptorPool(
	    "type.googleapis.com", &p->pool));
	p->json.reset(jtree_new());
	p->index = index_of(p->type);
	for (int i = 0; i < p->type->field_count(); i++)
		p->fields.push_back(p->type->field(i));
	p->root.d = p->wroot.d = p->type;
	p->block.resize(ARENA_BLOCK);
	pb::ArenaOptions o;
	o.initial_block = p->block.data();
	o.initial_block_size = p->block.size();
	p->arena = std::make_unique<pb::Arena>(o);
	return p;
}

void
proto_free(struct proto *p)
{
	delete p;
}

size_t
proto_nfield(const struct proto *p)
{
	return p->fields.size();
}

/* The type of a column for a value that stands alone. */
static enum type
field_type(const pb::FieldDescriptor *f)
{
	switch (f->cpp_type()) {
	case pb::FieldDescriptor::CPPTYPE_INT32:
	case pb::FieldDescriptor::CPPTYPE_INT64:
	case pb::FieldDescriptor::CPPTYPE_UINT32:
	case pb::FieldDescriptor::CPPTYPE_UINT64:
		return TYPE_INT;
	case pb::FieldDescriptor::CPPTYPE_DOUBLE:
	case pb::FieldDescriptor::CPPTYPE_FLOAT:
		return TYPE_FLOAT;
	case pb::FieldDescriptor::CPPTYPE_BOOL:
		return TYPE_BOOL;
	default:
		return TYPE_STR;
	}
}

const char *
proto_field(const struct proto *p, size_t i, enum type *type)
{
	const pb::FieldDescriptor *f = p->fields[i];

	if (f->is_repeated())
		*type = TYPE_STR;
	else if (proto_isstamp(f))
		*type = TYPE_TIME;
	else if (f->message_type() != nullptr &&
	    proto_wrapper(f->message_type()))
		*type = field_type(f->message_type()->field(0));
	else
		*type = field_type(f);
	return f->name().c_str();
}

int
proto_unframe(struct proto *p, const char **s, size_t *n, const char **why)
{
	const char *at = *s, *end = *s + *n, *start;
	uint64_t k, v;

	/* no field has the number 0 */
	if (*n == 0 || *at != '\0')
		return 0;
	if (*n <= FRAME_LEN) {
		*why = "not Protobuf: the framing is cut off";
		return -1;
	}
	start = at += FRAME_LEN;
	if (!index_skip(at, end, k) || (k & 1) != 0 || k >> 1 > *n) {
		*why = "not Protobuf: broken message indexes in the framing";
		return -1;
	}
	for (k >>= 1; k > 0; k--)
		if (!index_skip(at, end, v)) {
			*why = "not Protobuf: the message indexes in the "
			    "framing are cut off";
			return -1;
		}
	std::string index(start, at);
	/* the long form of the first message, which some write */
	if (index == std::string("\x02\0", 2))
		index.assign(1, '\0');
	if (index != p->index) {
		p->why = "the framing names another message of the schema "
		    "than " + p->type->full_name();
		*why = p->why.c_str();
		return -1;
	}
	*s = at;
	*n = size_t(end - at);
	return 1;
}

void
proto_putindex(const struct proto *p, struct buf *b)
{
	buf_add(b, p->index.data(), p->index.size());
}

const char *
proto_source(struct proto *p, size_t i, const char **name, bool *known)
{
	std::set<std::string> done;

	if (p->source.empty())
		source_add(*p, p->type->file(), done);
	if (i >= p->source.size())
		return nullptr;
	*name = p->source_name[i].c_str();
	*known = p->source_name[i].rfind("google/protobuf/", 0) == 0;
	return p->source[i].c_str();
}
