#include "b64.h"
#include "enc.h"
#include "twalk.h"

static bool
string_put(struct twalk *k, struct json_value v, struct buf *b)
{
	if (!utf8_ok(v.s, v.n)) {
		k->why = "text that is not UTF-8, so JSON cannot hold it";
		return false;
	}
	enc_json_string(b, v.s, v.n);
	return true;
}

/* quoted: as a key. */
static bool
single_put(struct twalk *k, enum ttype type, const struct tkind *kind,
    struct buf *b, bool quoted)
{
	char num[NUM_FLOATLEN];
	struct json_value v;

	if (!twalk_single(k, type, num, &v))
		return false;
	if (ttype_isbytes(type, kind)) {
		buf_addc(b, '"');
		b64_add(b, v.s, v.n);
		buf_addc(b, '"');
		return true;
	}
	if (v.kind == JSON_STRING || quoted)
		return string_put(k, v, b);
	buf_add(b, v.s, v.n);
	return true;
}

static bool
struct_put(struct twalk *k, const struct tkind *kind, struct buf *b, int depth)
{
	int16_t last = k->w.id, id;
	enum ttype type;
	char c = '{';

	for (k->w.id = 0;; c = ',') {
		if (!twire_field(&k->w, &type, &id))
			return false;
		if (type == T_STOP)
			break;
		buf_addc(b, c);
		buf_addc(b, '"');
		buf_addint(b, id);
		buf_adds(b, "\":");
		if (!twalk_json(k, type, tkind_field(kind, id), b, depth + 1))
			return false;
	}
	if (c == '{')
		buf_addc(b, '{');
	buf_addc(b, '}');
	k->w.id = last;
	return true;
}

static bool
list_put(struct twalk *k, const struct tkind *kind, struct buf *b, int depth)
{
	enum ttype type;
	uint32_t i, n;

	if (!twire_list(&k->w, &type, &n))
		return false;
	buf_addc(b, '[');
	for (i = 0; i < n; i++) {
		if (i > 0)
			buf_addc(b, ',');
		if (!twalk_json(k, type, tkind_item(kind), b, depth + 1))
			return false;
	}
	buf_addc(b, ']');
	return true;
}

static bool
map_put(struct twalk *k, const struct tkind *kind, struct buf *b, int depth)
{
	enum ttype key, val;
	uint32_t i, n;

	if (!twire_map(&k->w, &key, &val, &n))
		return false;
	if (n > 0 && !ttype_issingle(key)) {
		k->why = "a map whose keys are no single values, so JSON "
		    "cannot hold it";
		return false;
	}
	buf_addc(b, '{');
	for (i = 0; i < n; i++) {
		if (i > 0)
			buf_addc(b, ',');
		if (!single_put(k, key, tkind_key(kind), b, true))
			return false;
		buf_addc(b, ':');
		if (!twalk_json(k, val, tkind_val(kind), b, depth + 1))
			return false;
	}
	buf_addc(b, '}');
	return true;
}

bool
twalk_json(struct twalk *k, enum ttype type, const struct tkind *kind,
    struct buf *b, int depth)
{
	if (ttype_issingle(type))
		return single_put(k, type, kind, b, false);
	if (depth >= TWIRE_DEPTH)
		return false;
	if (type == T_STRUCT)
		return struct_put(k, kind, b, depth);
	return type == T_MAP ? map_put(k, kind, b, depth) :
	    list_put(k, kind, b, depth);
}
