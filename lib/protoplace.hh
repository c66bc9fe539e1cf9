/* protoplace - a value in a message that the library has read, and what it is in JSON; C++, for proto*.cc only */
#ifndef PROTOPLACE_HH
#define PROTOPLACE_HH
#include "proto.hh"

/* A value: a field of a message, or one element of it. */
struct proto_place {
	const pb::Message *m;
	const pb::FieldDescriptor *f;
	int i;			/* -1: the field itself */
};

/* The value, which is of that type; of an enum its number, of a number or bool its text. */
std::string proto_string(const proto_place &);
const pb::Message &proto_message(const proto_place &);
int proto_enum(const proto_place &);
std::string proto_number(const proto_place &);
std::string proto_key(const pb::Message &entry, const pb::FieldDescriptor *key);	/* the text of an entry's key */
bool proto_goto(proto_place &, const proto_step &);	/* one step on; false: nothing is there */
bool proto_isset(const proto_place &);	/* whether there is anything there, by the rules of proto_read */

/* Append it as in the JSON of the proto3 mapping.  false and p.why: JSON cannot hold it. */
bool proto_puttree(struct proto &, const proto_place &, std::string &);
bool proto_putmessage(struct proto &, const pb::Message &, std::string &);
std::string proto_base64(const std::string &);
#endif
