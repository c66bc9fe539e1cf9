/*
 * Reading.  Single values are taken straight off the wire by the paths that
 * ask for them, which costs a fifth of parsing the message by the library's
 * reflection and less than its generated classes; what lies in lists, maps and
 * whole messages is parsed by the library, from the bytes of that field alone.
 */
#include <charconv>
#include <cinttypes>
#include <cstdio>
#include <cstring>

#include "path.hh"
#include "proto.hh"
#include "scan.h"
extern "C" {
#include "enc.h"
#include "num.h"
#include "stamp.h"
}

#define GROUP_DEPTH 100		/* as the library's */
#define NSEC_MS 1000000
#define NSEC 1000000000
#define STAMP_FIRST INT64_C(-62135596800)	/* 0001-01-01 */
#define STAMP_LAST INT64_C(253402300799)	/* 9999-12-31T23:59:59 */

using FD = pb::FieldDescriptor;

namespace {

enum wire { WIRE_VARINT, WIRE_64, WIRE_BYTES, WIRE_GROUP, WIRE_END, WIRE_32 };

struct span {
	const char *s, *end;
};

inline bool
varint_read(span &w, uint64_t &v)
{
	uint64_t x;
	int shift = 7;

	if (w.s == w.end)
		return false;
	x = uint8_t(*w.s++);
	if (x < 0x80) {
		v = x;
		return true;
	}
	for (x &= 0x7f; w.s < w.end && shift < 70; shift += 7) {
		uint64_t b = uint8_t(*w.s++);

		x |= (b & 0x7f) << shift;
		if (b < 0x80) {
			v = x;
			return true;
		}
	}
	return false;
}

inline bool
bytes_take(span &w, uint64_t n, span &v)
{
	if (n > uint64_t(w.end - w.s))
		return false;
	v = { w.s, w.s + n };
	w.s += n;
	return true;
}

/* The value behind a tag: its number or its bytes.  false: broken. */
bool
value_read(span &w, uint64_t tag, uint64_t &v, span &b)
{
	uint64_t n;
	int depth = 0;

	switch (tag & 7) {
	case WIRE_VARINT:
		return varint_read(w, v);
	case WIRE_64:
		if (!bytes_take(w, 8, b))
			return false;
		memcpy(&v, b.s, 8);
		v = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? v :
		    __builtin_bswap64(v);
		return true;
	case WIRE_32: {
		uint32_t x;

		if (!bytes_take(w, 4, b))
			return false;
		memcpy(&x, b.s, 4);
		v = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? x :
		    __builtin_bswap32(x);
		return true;
	}
	case WIRE_BYTES:
		return varint_read(w, n) && bytes_take(w, n, b);
	case WIRE_GROUP:
		break;
	default:
		return false;
	}
	/* a group: to the end tag that belongs to it */
	uint64_t open[GROUP_DEPTH];

	b.s = w.s;
	open[depth++] = tag >> 3;
	while (depth > 0) {
		if (!varint_read(w, n) || n >> 3 == 0 || n > UINT32_MAX)
			return false;
		if ((n & 7) == WIRE_GROUP) {
			if (depth == GROUP_DEPTH)
				return false;
			open[depth++] = n >> 3;
		} else if ((n & 7) == WIRE_END) {
			if (open[--depth] != n >> 3)
				return false;
		} else {
			uint64_t number;
			span bytes;

			if (!value_read(w, n, number, bytes))
				return false;
		}
	}
	b.end = w.s;
	return true;
}

enum wire
wire_of(const FD *f)
{
	switch (f->type()) {
	case FD::TYPE_DOUBLE:
	case FD::TYPE_FIXED64:
	case FD::TYPE_SFIXED64:
		return WIRE_64;
	case FD::TYPE_FLOAT:
	case FD::TYPE_FIXED32:
	case FD::TYPE_SFIXED32:
		return WIRE_32;
	case FD::TYPE_STRING:
	case FD::TYPE_BYTES:
	case FD::TYPE_MESSAGE:
		return WIRE_BYTES;
	case FD::TYPE_GROUP:
		return WIRE_GROUP;
	default:
		return WIRE_VARINT;
	}
}

inline int64_t
zigzag(uint64_t v)
{
	return int64_t(v >> 1) ^ -int64_t(v & 1);
}

/* Of one record. */
struct walk {
	struct proto &p;
	json_value *val;
};

void
number_set(walk &w, const proto_want &f, const proto_leaf &l, uint64_t v)
{
	json_value &to = w.val[l.slot];
	char *s = w.p.num[l.slot].s;
	double d;
	float x;
	uint32_t low = uint32_t(v);

	to = { JSON_NUMBER, true, s, 0 };
	switch (f.fd->type()) {
	case FD::TYPE_DOUBLE:
		memcpy(&d, &v, sizeof d);
		to.n = num_putfloat(s, d);
		to.kind = d - d == 0 ? JSON_NUMBER : JSON_STRING;
		return;
	case FD::TYPE_FLOAT:
		memcpy(&x, &low, sizeof x);
		to.n = proto_putfloat(s, x);
		to.kind = x - x == 0 ? JSON_NUMBER : JSON_STRING;
		return;
	case FD::TYPE_BOOL:
		to.kind = JSON_BOOL;
		to.s = v != 0 ? "true" : "false";
		to.n = v != 0 ? 4 : 5;
		return;
	case FD::TYPE_ENUM:
		if (w.p.want[l.slot] == TYPE_STR) {
			auto e = f.fd->enum_type()->FindValueByNumber(int(v));

			if (e != nullptr) {
				to = { JSON_STRING, true, e->name().data(),
				    e->name().size() };
				return;
			}
		}
		/* FALLTHROUGH */
	case FD::TYPE_INT32:
	case FD::TYPE_SFIXED32:
		to.n = num_putint(s, int32_t(v));
		return;
	case FD::TYPE_UINT32:
	case FD::TYPE_FIXED32:
		to.n = num_putint(s, low);
		return;
	case FD::TYPE_SINT32:
		to.n = num_putint(s, int32_t(zigzag(low)));
		return;
	case FD::TYPE_SINT64:
		to.n = num_putint(s, zigzag(v));
		return;
	case FD::TYPE_UINT64:
	case FD::TYPE_FIXED64:
		if (v > INT64_MAX) {
			to.n = size_t(snprintf(s, sizeof w.p.num[0].s,
			    "%" PRIu64, v));
			return;
		}
		/* FALLTHROUGH */
	default:
		to.n = num_putint(s, int64_t(v));
	}
}

bool
bytes_set(walk &w, const proto_want &f, const proto_leaf &l, span b)
{
	size_t n = size_t(b.end - b.s);

	if (f.fd->type() == FD::TYPE_STRING &&
	    f.fd->file()->syntax() == pb::FileDescriptor::SYNTAX_PROTO3 &&
	    !utf8_ok(b.s, n)) {
		w.p.why = "field " + f.fd->name() + " is text that is not "
		    "UTF-8";
		return false;
	}
	w.val[l.slot] = { JSON_STRING, !scan_any(b.s, n, '\\', '\t', '\r',
	    '\n') && memchr(b.s, '\0', n) == nullptr, b.s, n };
	return true;
}

/* The zero of a field without presence, in a message that is there. */
void
zero_set(walk &w, const proto_want &f)
{
	for (const auto &l : f.leaves) {
		if (f.fd->has_presence())
			w.val[l.slot].kind = JSON_NONE;
		else if (wire_of(f.fd) == WIRE_BYTES)
			w.val[l.slot] = { JSON_STRING, true, "", 0 };
		else
			number_set(w, f, l, 0);
	}
}

void node_forget(walk &, proto_node &);

void
want_forget(walk &w, proto_want &f)
{
	for (const auto &l : f.leaves)
		w.val[l.slot].kind = JSON_NONE;
	f.raw.clear();
	f.set = false;
	f.sec = f.nsec = 0;
	if (f.kid != nullptr)
		node_forget(w, *f.kid);
}

void
node_forget(walk &w, proto_node &nd)
{
	nd.seen = 0;
	for (auto &f : nd.wants)
		want_forget(w, f);
}

/* A message is there; later parts of it are merged into the first. */
void
node_enter(walk &w, proto_node &nd)
{
	if (nd.seen == w.p.number)
		return;
	nd.seen = w.p.number;
	for (auto &f : nd.wants) {
		want_forget(w, f);
		zero_set(w, f);
	}
}

/* The field is set, so the others of its oneof are not. */
void
oneof_clear(walk &w, proto_node &nd, const proto_want &set)
{
	auto o = set.fd->real_containing_oneof();

	if (o == nullptr)
		return;
	for (auto &f : nd.wants)
		if (&f != &set && f.fd->containing_oneof() == o)
			want_forget(w, f);
}

proto_want *
node_find(proto_node &nd, uint64_t number)
{
	size_t i, n = nd.wants.size();

	for (i = nd.hint; i < n; i++)
		if (nd.wants[i].number == number) {
			nd.hint = i + 1;
			return &nd.wants[i];
		}
	for (i = 0; i < nd.hint; i++)
		if (nd.wants[i].number == number) {
			nd.hint = i + 1;
			return &nd.wants[i];
		}
	return nullptr;
}

bool
stamp_read(proto_want &f, span b)
{
	uint64_t tag, v;
	span bytes;

	while (b.s < b.end) {
		if (!varint_read(b, tag) || tag >> 3 == 0 ||
		    tag > UINT32_MAX || !value_read(b, tag, v, bytes))
			return false;
		if (tag == (1 << 3 | WIRE_VARINT))
			f.sec = int64_t(v);
		else if (tag == (2 << 3 | WIRE_VARINT))
			f.nsec = int32_t(v);
	}
	return true;
}

bool node_read(walk &, proto_node &, span);

/* A field that is wanted; what is of another type on the wire is not it. */
bool
want_read(walk &w, proto_node &nd, proto_want &f, uint64_t tag, uint64_t v,
    span b, span all)
{
	/* lists come one by one or packed: the library knows */
	if (!f.trees.empty())
		f.raw.append(all.s, size_t(all.end - all.s));
	if (f.fd->is_repeated() || (tag & 7) != wire_of(f.fd))
		return true;
	if (!f.open && f.fd->type() == FD::TYPE_ENUM &&
	    f.fd->enum_type()->FindValueByNumber(int(v)) == nullptr)
		return true;
	oneof_clear(w, nd, f);
	f.set = true;
	if (f.stamp && !stamp_read(f, b))
		return false;
	if (f.kid != nullptr) {
		node_enter(w, *f.kid);
		return node_read(w, *f.kid, b);
	}
	for (const auto &l : f.leaves)
		if (f.stamp)
			continue;	/* when all of it is there */
		else if (wire_of(f.fd) != WIRE_BYTES)
			number_set(w, f, l, v);
		else if (f.fd->type() == FD::TYPE_STRING) {
			if (!bytes_set(w, f, l, b))
				return false;
		}
	return true;
}

bool
node_read(walk &w, proto_node &nd, span in)
{
	uint64_t tag, v = 0;
	proto_want *f;
	span b = { nullptr, nullptr }, all;

	nd.hint = 0;
	while (in.s < in.end) {
		all.s = in.s;
		if (!varint_read(in, tag) || tag >> 3 == 0 ||
		    tag > UINT32_MAX || !value_read(in, tag, v, b))
			return false;
		all.end = in.s;
		if ((f = node_find(nd, tag >> 3)) != nullptr &&
		    !want_read(w, nd, *f, tag, v, b, all))
			return false;
	}
	return true;
}

/* What the library reads, when all parts of it are there. */
bool
trees_read(walk &w, proto_want &f, const proto_node &nd)
{
	pb::Message *m;

	for (const auto &l : f.trees)
		w.val[l.slot].kind = JSON_NONE;
	if (f.raw.empty() && f.fd->has_presence())
		return true;
	m = w.p.factory->GetPrototype(nd.d)->New(w.p.arena.get());
	if (!m->ParsePartialFromString(f.raw)) {
		w.p.why = "not Protobuf: field " + f.fd->name() + " is broken";
		return false;
	}
	for (const auto &l : f.trees)
		if (!proto_tree(w.p, *m, f.fd, l, w.val[l.slot]))
			return false;
	return true;
}

/* As the library writes it: no fraction, or one of 3, 6 or 9 digits. */
size_t
stamp_text(char *to, int64_t sec, int64_t nsec)
{
	size_t n = stamp_iso(to, sec * 1000);
	int digits = nsec % 1000 != 0 ? 9 : nsec % 1000000 != 0 ? 6 : 3;

	if (nsec == 0)
		return n;
	for (int i = digits; i < 9; i++)
		nsec /= 10;
	/* before the Z */
	return n - 1 + size_t(snprintf(to + n - 1, sizeof (proto_num) - n,
	    ".%0*" PRId64 "Z", digits, nsec));
}

bool
stamp_settle(walk &w, proto_want &f)
{
	for (const auto &l : f.leaves) {
		char *s = w.p.num[l.slot].s;

		if (!f.set)
			continue;
		if (f.sec < STAMP_FIRST || f.sec > STAMP_LAST || f.nsec < 0 ||
		    f.nsec >= NSEC) {
			w.p.why = "field " + f.fd->name() +
			    " is no Timestamp: it is out of the range of one";
			return false;
		}
		if (w.p.want[l.slot] == TYPE_TIME)
			w.val[l.slot] = { JSON_NUMBER, true, s, num_putint(s,
			    f.sec * 1000 + f.nsec / NSEC_MS) };
		else
			w.val[l.slot] = { JSON_STRING, true, s,
			    stamp_text(s, f.sec, f.nsec) };
	}
	return true;
}

bool
node_settle(walk &w, proto_node &nd)
{
	if (nd.seen != w.p.number)
		return true;
	for (auto &f : nd.wants) {
		if (!f.trees.empty() && !trees_read(w, f, nd))
			return false;
		if (f.stamp && !stamp_settle(w, f))
			return false;
		if (f.kid != nullptr && !node_settle(w, *f.kid))
			return false;
	}
	return true;
}

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

size_t
proto_putfloat(char *to, float x)
{
	char text[NUM_FLOATLEN];
	double d = double(x);

	if (x - x == 0) {
		auto r = std::to_chars(text, text + sizeof text, x,
		    std::chars_format::scientific);

		/* weir's own way to write that number */
		(void)num_float(text, size_t(r.ptr - text), &d);
	}
	return num_putfloat(to, d);
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

int
proto_read(struct proto *p, const char *s, size_t n, struct json_value *val,
    const char **why)
{
	walk w = { *p, val };

	if (p->num.size() != p->npath) {
		p->num.resize(p->npath);
		p->text.resize(p->npath);
	}
	p->number++;
	for (size_t i = 0; i < p->npath; i++)
		val[i] = { JSON_NONE, true, nullptr, 0 };
	p->why = "not Protobuf: a field is cut off or of no known kind";
	node_enter(w, p->root);
	if (!node_read(w, p->root, { s, s + n }) || !node_settle(w, p->root)) {
		*why = p->why.c_str();
		p->arena->Reset();
		return -1;
	}
	p->arena->Reset();
	return 0;
}
