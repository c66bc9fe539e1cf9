/* Single values on the wire, out of a column's text. */
#include <cstring>

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
	proto_putvarint(out, uint64_t(v));
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
		proto_putvarint(out, f.n);
		out.append(f.s, f.n);
		return f.n == 0;
	}
	if (b64_undo(&b, f.s, f.n) < 0) {
		k = -1;
	} else {
		proto_putvarint(out, b.n);
		if (b.n > 0)
			out.append(b.s, b.n);
		k = b.n == 0;
	}
	buf_free(&b);
	return k;
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

}

void
proto_putvarint(std::string &out, uint64_t v)
{
	for (; v >= 0x80; v >>= 7)
		out += char(v | 0x80);
	out += char(v);
}

int
proto_putvalue(const FD *fd, struct field f, std::string &out)
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
			proto_putvarint(out, fd->type() == FD::TYPE_INT32 ?
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
			proto_putvarint(out, fd->type() == FD::TYPE_INT64 ?
			    uint64_t(v) : zigzag(v));
		return k;
	case FD::TYPE_UINT32:
	case FD::TYPE_FIXED32:
		if ((k = int_put(f, 0, UINT32_MAX, v)) < 0)
			return -1;
		if (fd->type() == FD::TYPE_FIXED32)
			fixed_put(out, uint64_t(v), 4);
		else
			proto_putvarint(out, uint64_t(v));
		return k;
	case FD::TYPE_UINT64:
	case FD::TYPE_FIXED64:
		if ((k = unsigned_put(f, u)) < 0)
			return -1;
		if (fd->type() == FD::TYPE_FIXED64)
			fixed_put(out, u, 8);
		else
			proto_putvarint(out, u);
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

int
proto_putstamp(struct field f, std::string &out)
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
		proto_putvarint(m, uint64_t(sec));
	}
	if (nsec != 0) {
		m += char(2 << 3);
		proto_putvarint(m, uint64_t(nsec));
	}
	proto_putvarint(out, m.size());
	out += m;
	return 0;
}
