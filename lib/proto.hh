/* proto - what the modules of Protobuf share; C++, for proto*.cc only */
#ifndef PROTO_HH
#define PROTO_HH
#include <google/protobuf/arena.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/util/type_resolver.h>
#include <memory>
#include <string>
#include <vector>

#include "jtree.h"
#include "proto.h"

namespace pb = google::protobuf;

/* One step of a path: a name, or a place in a list. */
struct proto_step {
	std::string key;
	size_t index;		/* NO_INDEX: it is a name */
};

struct proto_leaf {
	size_t slot;
	std::vector<proto_step> rest;	/* of a tree: from the field on */
};

struct proto_node;

/* A field that paths ask for or go through. */
struct proto_want {
	const pb::FieldDescriptor *fd;
	uint32_t number;
	bool open;			/* enum: any number will do */
	std::vector<proto_leaf> leaves;	/* the value itself */
	std::vector<proto_leaf> trees;	/* something in it that the library reads */
	std::unique_ptr<proto_node> kid;	/* the message's own fields */
	std::string raw;		/* trees: the field as it stood */
	bool stamp;			/* a Timestamp: leaves are that */
	bool set;
	int64_t sec, nsec;
};

/* A message of which fields are wanted. */
struct proto_node {
	const pb::Descriptor *d;
	std::vector<proto_want> wants;
	size_t hint;			/* the field that is likely to come next */
	uint64_t seen;			/* the last record that had it */
};

struct proto_wnode;

/* A field to be written: of a column, or a message of further ones. */
struct proto_wfield {
	const pb::FieldDescriptor *fd;
	std::string tag;
	size_t slot;			/* NO_INDEX: a message of columns */
	const pb::Descriptor *alone;	/* of what is JSON in a column */
	bool groups;			/* there may be groups in it */
	std::unique_ptr<proto_wnode> kid;
	bool wrapped;			/* the value of a wrapper: written if it is zero, too */
};

struct proto_wnode {
	const pb::Descriptor *d;
	std::vector<proto_wfield> fields;
	std::vector<const proto_wfield *> oneof;	/* a place each: who has it */
};

struct proto_num {
	char s[48];
};

struct proto_freejson {
	void operator()(struct jtree *t) { jtree_free(t); }
};

struct proto {
	pb::DescriptorPool pool;
	std::unique_ptr<pb::DynamicMessageFactory> factory;
	std::unique_ptr<pb::util::TypeResolver> resolver;
	const pb::Descriptor *type;
	std::vector<const pb::FieldDescriptor *> fields;
	std::string index;		/* as the framing has it */
	std::string why;
	std::vector<std::string> source, source_name;
	/* reading */
	proto_node root;
	size_t npath;
	uint64_t number;		/* of the record */
	std::vector<enum type> want;	/* a slot each */
	std::vector<proto_num> num;	/* a slot each: a number's text */
	std::vector<std::string> text;	/* and a tree's */
	std::vector<char> block;	/* of the arena, kept */
	std::unique_ptr<pb::Arena> arena;
	int depth;			/* of the message that is being shown */
	/* writing */
	proto_wnode wroot;
	size_t nwpath;
	unsigned alone;			/* how many of these messages there are */
	std::unique_ptr<struct jtree, proto_freejson> json;
	std::vector<std::string> level;	/* messages being made, by depth */
};

std::vector<proto_step> proto_steps(const char *path);	/* empty: it is not one */
/* By its name or JSON name, an extension by its full name in brackets; nullptr: none. */
const pb::FieldDescriptor *proto_named(const pb::Descriptor *, const std::string &name);
/* The same; nullptr and p.why. */
const pb::FieldDescriptor *proto_find(struct proto &, const pb::Descriptor *, const std::string &name);
bool proto_wrapper(const pb::Descriptor *);	/* Int64Value and its like */
bool proto_word(const pb::Descriptor *);	/* in JSON it is a text without escapes: Duration and its like */
bool proto_isstamp(const pb::FieldDescriptor *);	/* one Timestamp */
inline bool proto_wellknown(const pb::Descriptor *d)
{
	return d->well_known_type() !=
	    pb::Descriptor::WELLKNOWNTYPE_UNSPECIFIED;
}

/* What stands at the end of a leaf's path, in a message that has its field.  false and p.why: JSON cannot hold it. */
bool proto_tree(struct proto &, const pb::Message &, const pb::FieldDescriptor *, const proto_leaf &, json_value &);
/*
 * Appends what stands behind the tag of a single value, of a Timestamp (ms or
 * RFC 3339).  -1: the text is no such value; else 1 if it is the zero of its
 * kind.
 */
int proto_putvalue(const pb::FieldDescriptor *, struct field, std::string &);
int proto_putstamp(struct field, std::string &);
void proto_putvarint(std::string &, uint64_t);
/* A message of this field and no other. */
const pb::Descriptor *proto_alone(struct proto &, const pb::FieldDescriptor *);
bool proto_groups(const pb::Descriptor *);	/* it, or what is in it, has groups */
size_t proto_putfloat(char *to, float);		/* the shortest text that is this float */
#endif
