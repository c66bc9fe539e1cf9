#include <string.h>

#include "avrobin.h"
#include "avrotime.h"
#include "avrovalue.h"
#include "b64.h"
#include "decimal.h"
#include "rowput.h"

static uint64_t
get_little(const char *s, size_t n)
{
	uint64_t v = 0;

	while (n-- > 0)
		v = v << 8 | (unsigned char)s[n];
	return v;
}

static int
value_number(struct avro_walk *w, enum avro_kind kind, struct avro_value *v)
{
	uint64_t wide;
	uint32_t narrow;
	float f;

	switch (kind) {
	case AVRO_FLOAT:
		if (w->end - w->s < 4)
			return avro_bad(w, AVRO_CUT);
		narrow = (uint32_t)get_little(w->s, 4);
		memcpy(&f, &narrow, sizeof f);
		v->d = (double)f;
		w->s += 4;
		return 0;
	case AVRO_DOUBLE:
		if (w->end - w->s < 8)
			return avro_bad(w, AVRO_CUT);
		wide = get_little(w->s, 8);
		memcpy(&v->d, &wide, sizeof v->d);
		w->s += 8;
		return 0;
	default:
		if (avro_long(w, &v->i) < 0)
			return -1;
		if (kind == AVRO_INT && (v->i > INT32_MAX || v->i < INT32_MIN))
			return avro_bad(w, "an int of more than 32 bits");
		v->d = (double)v->i;
		return 0;
	}
}

static int
value_enum(struct avro_walk *w, const struct avro_res *res,
    struct avro_value *v)
{
	if (avro_long(w, &v->i) < 0)
		return -1;
	if (v->i < 0 || (uint64_t)v->i >= res->w->n)
		return avro_badf(w, "enum %s has no symbol %lld", res->w->name,
		    (long long)v->i);
	if (res->symbol[v->i] < 0)
		return avro_badf(w, "the reader's enum %s has no symbol %s",
		    res->r->name, res->w->symbol[v->i]);
	v->s = res->r->symbol[res->symbol[v->i]];
	v->n = strlen(v->s);
	return 0;
}

int
avro_value(struct avro_walk *w, const struct avro_res *res,
    struct avro_value *v)
{
	v->kind = res->r->kind;
	switch (res->w->kind) {
	case AVRO_BOOLEAN:
		if (w->s == w->end)
			return avro_bad(w, AVRO_CUT);
		v->i = *w->s++;
		return v->i == 0 || v->i == 1 ? 0 :
		    avro_bad(w, "a boolean that is neither 0 nor 1");
	case AVRO_BYTES:
	case AVRO_STRING:
		return avro_bytes(w, &v->s, &v->n);
	case AVRO_FIXED:
		v->s = w->s;
		v->n = res->w->size;
		return avro_skipbytes(w, v->n);
	case AVRO_ENUM:
		return value_enum(w, res, v);
	case AVRO_NULL:
		return 0;
	default:
		return value_number(w, res->w->kind, v);
	}
}

/* 8-4-4-4-12 digits of 16 bytes. */
static void
uuid_show(struct buf *b, const char *s)
{
	static const char hex[] = "0123456789abcdef";
	size_t i = 0;

	for (i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			buf_addc(b, '-');
		buf_addc(b, hex[(unsigned char)s[i] >> 4]);
		buf_addc(b, hex[s[i] & 15]);
	}
}

/* A logical type's text, if it has one of its own; in w->text. */
bool
avro_valuetext(struct avro_walk *w, const struct avro_type *r,
    struct avro_value *v)
{
	w->text.n = 0;
	if (r->logical == LOGICAL_DECIMAL) {
		if (v->n > DECIMAL_MOST)
			return false;
		decimal_text(&w->text, v->s, v->n, r->scale);
	} else if (r->logical == LOGICAL_UUID && r->kind == AVRO_FIXED) {
		uuid_show(&w->text, v->s);
	} else {
		return false;
	}
	return true;
}

void
avro_valuebytes(struct avro_walk *w, const struct avro_value *v)
{
	w->text.n = 0;
	buf_room(&w->text, 1);
	b64_add(&w->text, v->s, v->n);
}

/* One value into one column: 0, or -1, it does not fit. */
int
avro_column(struct avro_walk *w, const struct avro_type *r,
    struct avro_value *v, const struct col *c, const char **why)
{
	char text[AVROTIME_LEN];
	struct instant t;

	if (r->logical == LOGICAL_DECIMAL) {
		if (!avro_valuetext(w, r, v))
			return *why = AVRO_WIDE, -1;
		return rowput_number(w->row, c, w->text.s, w->text.n, why);
	}
	if (r->logical == LOGICAL_UUID && avro_valuetext(w, r, v))
		return rowput_tree(w->row, c, w->text.s, w->text.n, why);
	if (avrotime_is(r->logical)) {
		if (c->type == TYPE_TIME && !avrotime_isday(r->logical) &&
		    r->logical == LOGICAL_STAMP_MS)
			return rowput_int(w->row, c, v->i, why);
		avrotime_show(r->logical, v->i, text, &t);
		if (c->type == TYPE_TIME && avrotime_isday(r->logical))
			return row_bad(w->row, c, (struct field){ text, t.n }, why);
		return rowput_instant(w->row, c, &t, why);
	}
	switch (v->kind) {
	case AVRO_BOOLEAN:
		return rowput_bool(w->row, c, v->i != 0, why);
	case AVRO_INT:
	case AVRO_LONG:
		return rowput_int(w->row, c, v->i, why);
	case AVRO_FLOAT:
		return rowput_single(w->row, c, (float)v->d, why);
	case AVRO_DOUBLE:
		return rowput_float(w->row, c, v->d, why);
	case AVRO_BYTES:
	case AVRO_FIXED:
		avro_valuebytes(w, v);
		return rowput_tree(w->row, c, w->text.s, w->text.n, why);
	default:
		return rowput_text(w->row, c, v->s, v->n, why);
	}
}
