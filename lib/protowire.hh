/* protowire - Protobuf's wire format, tag by tag; C++, for proto*.cc only */
#ifndef PROTOWIRE_HH
#define PROTOWIRE_HH
#include <cstring>
#include <google/protobuf/descriptor.h>

#define GROUP_DEPTH 100		/* as the library's */

namespace {

using FD = google::protobuf::FieldDescriptor;

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
inline bool
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

inline enum wire
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

}
#endif
