/* Writing: fields in the order of their numbers, as the library does it, so that single values make the same bytes. */
#include <algorithm>
#include <cstring>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/type_resolver_util.h>

#include "path.hh"
#include "proto.hh"
extern "C" {
#include "b64.h"
#include "enc.h"
#include "floor.h"
#include "iso.h"
#include "num.h"
}

#define STAMP_FIRST INT64_C(-62135596800000)	/* 0001-01-01 */
#define STAMP_LAST INT64_C(253402300799999)	/* 9999-12-31T23:59:59.999 */

using FD = pb::FieldDescriptor;

namespace {

struct work {
	struct proto &p;
	const struct field *val;
	size_t bad;		/* the path that does not fit */
};

void
varint_put(std::string &out, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		out += char(v | 0x80);
	out += char(v);
}

void
fixed_put(std::string &out, uint64_t v, int n)
{
	for (; n > 0; n--, v >>= 8)
		out += char(v);
}

uint64_t
zigzag(int64_t v)
{
	return uint64_t(v) << 1 ^ uint64_t(v >> 63);
}

/* -1: what stands there is no such value; 0, or 1: it is the zero of its kind. */
int
int_put(struct field f, int64_t least, int64_t most, int64_t &v)
{
	if (num_int(f.s, f.n, &v) < 0 || v < least || v > most)
		return -1;
	return v == 0;
}

/* More than an int64 holds. */
int
unsigned_put(struct field f, uint64_t &v)
{
	uint64_t d;
	size_t i;

	for (v = 0, i = f.n > 0 && *f.s == '+'; i < f.n; i++) {
		d = uint64_t(f.s[i] - '0');
		if (d > 9 || __builtin_mul_overflow(v, 10, &v) ||
		    __builtin_add_overflow(v, d, &v))
			return -1;
	}
	return f.n == 0 || f.s[f.n - 1] == '+' ? -1 : v == 0;
}

int
enum_put(const FD *fd, struct field f, std::string &out)
{
	auto e = fd->enum_type()->FindValueByName(std::string(f.s, f.n));
	int64_t v;

	if (e != nullptr)
		v = e->number();
	else if (int_put(f, INT32_MIN, INT32_MAX, v) < 0 ||
	    (fd->file()->syntax() == pb::FileDescriptor::SYNTAX_PROTO2 &&
	    fd->enum_type()->FindValueByNumber(int(v)) == nullptr))
		return -1;
	varint_put(out, uint64_t(v));
	return v == 0;
}

bool
word_is(struct field f, const char *word)
{
	return f.n == strlen(word) && memcmp(f.s, word, f.n) == 0;
}

int
float_put(const FD *fd, struct field f, std::string &out)
{
	uint64_t bits;
	uint32_t low;
	double d;
	float x;

	if (num_float(f.s, f.n, &d) < 0)
		return -1;
	if (fd->type() == FD::TYPE_DOUBLE) {
		memcpy(&bits, &d, sizeof bits);
		fixed_put(out, bits, 8);
		return bits == 0;
	}
	x = float(d);
	if (x - x != 0 && d - d == 0)
		return -1;
	memcpy(&low, &x, sizeof low);
	fixed_put(out, low, 4);
	return low == 0;
}

int
bytes_put(const FD *fd, struct field f, std::string &out)
{
	struct buf b = {};
	int k = 0;

	if (fd->type() == FD::TYPE_STRING) {
		if (!utf8_ok(f.s, f.n))
			return -1;
		varint_put(out, f.n);
		out.append(f.s, f.n);
		return f.n == 0;
	}
	if (b64_undo(&b, f.s, f.n) < 0) {
		k = -1;
	} else {
		varint_put(out, b.n);
		if (b.n > 0)
			out.append(b.s, b.n);
		k = b.n == 0;
	}
	buf_free(&b);
	return k;
}

/* A single value behind its tag. */
int
scalar_put(const FD *fd, struct field f, std::string &out)
{
	uint64_t u;
	int64_t v;
	int k;

	switch (fd->type()) {
	case FD::TYPE_INT32:
	case FD::TYPE_SINT32:
	case FD::TYPE_SFIXED32:
		if ((k = int_put(f, INT32_MIN, INT32_MAX, v)) < 0)
			return -1;
		if (fd->type() == FD::TYPE_SFIXED32)
			fixed_put(out, uint64_t(v), 4);
		else
			varint_put(out, fd->type() == FD::TYPE_INT32 ?
			    uint64_t(v) : zigzag(v));
		return k;
	case FD::TYPE_INT64:
	case FD::TYPE_SINT64:
	case FD::TYPE_SFIXED64:
		if ((k = int_put(f, INT64_MIN, INT64_MAX, v)) < 0)
			return -1;
		if (fd->type() == FD::TYPE_SFIXED64)
			fixed_put(out, uint64_t(v), 8);
		else
			varint_put(out, fd->type() == FD::TYPE_INT64 ?
			    uint64_t(v) : zigzag(v));
		return k;
	case FD::TYPE_UINT32:
	case FD::TYPE_FIXED32:
		if ((k = int_put(f, 0, UINT32_MAX, v)) < 0)
			return -1;
		if (fd->type() == FD::TYPE_FIXED32)
			fixed_put(out, uint64_t(v), 4);
		else
			varint_put(out, uint64_t(v));
		return k;
	case FD::TYPE_UINT64:
	case FD::TYPE_FIXED64:
		if ((k = unsigned_put(f, u)) < 0)
			return -1;
		if (fd->type() == FD::TYPE_FIXED64)
			fixed_put(out, u, 8);
		else
			varint_put(out, u);
		return k;
	case FD::TYPE_DOUBLE:
	case FD::TYPE_FLOAT:
		return float_put(fd, f, out);
	case FD::TYPE_BOOL:
		if (!word_is(f, "true") && !word_is(f, "false"))
			return -1;
		out += char(*f.s == 't');
		return *f.s != 't';
	case FD::TYPE_ENUM:
		return enum_put(fd, f, out);
	default:
		return bytes_put(fd, f, out);
	}
}

/* The fraction of a second in an RFC 3339 text. */
int64_t
nsec_of(struct field f)
{
	const char *p = static_cast<const char *>(memchr(f.s, '.', f.n));
	int64_t v = 0;
	int i;

	for (i = 0; p != nullptr && ++p < f.s + f.n && *p >= '0' &&
	    *p <= '9' && i < 9; i++)
		v = v * 10 + (*p - '0');
	for (; i < 9; i++)
		v *= 10;
	return v;
}

/* ms or RFC 3339, as a Timestamp. */
int
stamp_put(struct field f, std::string &out)
{
	int64_t ms, sec, nsec;
	std::string m;

	if (num_int(f.s, f.n, &ms) == 0)
		nsec = floor_mod(ms, 1000) * 1000000;
	else if (iso_parse(f.s, f.n, &ms) == 0)
		nsec = nsec_of(f);
	else
		return -1;
	if (ms < STAMP_FIRST || ms > STAMP_LAST)
		return -1;
	sec = floor_div(ms, 1000);
	if (sec != 0) {
		m += char(1 << 3);
		varint_put(m, uint64_t(sec));
	}
	if (nsec != 0) {
		m += char(2 << 3);
		varint_put(m, uint64_t(nsec));
	}
	varint_put(out, m.size());
	out += m;
	return 0;
}

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
tree_put(work &w, const FD *fd, struct field f, std::string &out)
{
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
	std::string object = "{\"" + fd->json_name() + "\":" + std::string(f.s, f.n) + "}";
	auto k = pb::util::JsonToBinaryString(w.p.resolver.get(),
	    "type.googleapis.com/" + fd->containing_type()->full_name(), object,
	    &m);
	if (!k.ok()) {
		w.p.why = "not JSON of type " + std::string(type_word(fd)) +
		    " (" + k.message().ToString() + ")";
		std::replace(w.p.why.begin(), w.p.why.end(), '\n', ' ');
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
	if (f.fd->is_repeated() || (f.fd->message_type() != nullptr &&
	    !proto_isstamp(f.fd)))
		return tree_put(w, f.fd, w.val[f.slot], out);
	out += f.tag;
	k = f.fd->message_type() != nullptr ? stamp_put(w.val[f.slot], out) :
	    scalar_put(f.fd, w.val[f.slot], out);
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
		varint_put(out, m.size());
		out += m;
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
	default:
		wire = 0;
	}
	varint_put(tag, uint64_t(f->number()) << 3 | wire);
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
		if (f->type() == FD::TYPE_GROUP) {
			p->why = f->name() + " is a group, which cannot be "
			    "written";
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
