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

#include "proto.hh"
#include "protowire.hh"
#include "scan.h"
extern "C" {
#include "enc.h"
#include "num.h"
#include "stamp.h"
}

#define NSEC_MS 1000000
#define NSEC 1000000000
#define STAMP_FIRST INT64_C(-62135596800)	/* 0001-01-01 */
#define STAMP_LAST INT64_C(253402300799)	/* 9999-12-31T23:59:59 */

namespace {

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
