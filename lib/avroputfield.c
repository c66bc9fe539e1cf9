#include <string.h>

#include "avroputs.h"
#include "avrotime.h"
#include "die.h"
#include "val.h"

/* A str that is JSON text. */
static int
field_tree(struct avroput *p, struct buf *b, const struct avro_type *t,
    struct field raw, const char **why)
{
	const char *bad;
	const struct jnode *nd = jtree_parse(p->tree, raw.s, raw.n, &bad);

	if (nd == NULL)
		return avroput_bad(p, why, "is to be a %s as JSON text: %s: \"%s\"",
		    avro_kindname(t->kind), bad, show(raw.s, raw.n));
	return avroput_json(p, b, t, nd, why);
}

/* One that is neither null nor goes into a union. */
static int
field_put(struct avroput *p, struct buf *b, const struct avro_type *t,
    enum type type, struct field raw, const char **why)
{
	int64_t ms, v;

	if (t->kind == AVRO_RECORD || t->kind == AVRO_ARRAY ||
	    t->kind == AVRO_MAP)
		return type == TYPE_STR ? field_tree(p, b, t, raw, why) :
		    avroput_unfit(p, t, raw.s, raw.n, why);
	if (type == TYPE_TIME && avrotime_is(t->logical))
		return val_time(raw, &ms) == 0 &&
		    avrotime_ofms(t->logical, ms, &v) == 0 ?
		    avroput_long(p, b, t, v, why) :
		    avroput_unfit(p, t, raw.s, raw.n, why);
	/* a number that happens to be base64 is none */
	if (t->kind == AVRO_NULL || (type != TYPE_STR &&
	    t->logical == LOGICAL_NONE &&
	    (t->kind == AVRO_BYTES || t->kind == AVRO_FIXED)) ||
	    (type == TYPE_BOOL && t->kind != AVRO_BOOLEAN &&
	    t->kind != AVRO_STRING))
		return avroput_unfit(p, t, raw.s, raw.n, why);
	return avroput_text(p, b, t, raw.s, raw.n, why);
}

#define SUITS_MOST 6

static int
text_suits(const struct avro_type *t, struct field raw)
{
	bool tree = raw.n > 0 && (*raw.s == '{' || *raw.s == '[');

	switch (t->kind) {
	case AVRO_RECORD:
	case AVRO_ARRAY:
	case AVRO_MAP:
		return tree ? 6 : 0;
	case AVRO_STRING:
		return t->logical == LOGICAL_NONE ? 5 : 4;
	case AVRO_BYTES:
		return t->logical == LOGICAL_NONE ? 3 : 4;
	case AVRO_ENUM:
	case AVRO_FIXED:
		return 4;
	default:
		return 2;
	}
}

/* How well a branch suits a column: 0 not at all; the best are tried first. */
static int
branch_suits(const struct avro_type *t, enum type type, struct field raw)
{
	bool str = t->kind == AVRO_STRING && t->logical == LOGICAL_NONE;
	bool whole = t->kind == AVRO_INT || t->kind == AVRO_LONG;

	if (t->kind == AVRO_NULL)
		return 0;
	switch (type) {
	case TYPE_STR:
		return text_suits(t, raw);
	case TYPE_INT:
		return whole ? 4 : t->kind == AVRO_DOUBLE ? 3 :
		    t->kind == AVRO_FLOAT || t->logical == LOGICAL_DECIMAL ?
		    2 : str;
	case TYPE_FLOAT:
		return t->kind == AVRO_DOUBLE ? 4 : t->kind == AVRO_FLOAT ||
		    t->logical == LOGICAL_DECIMAL ? 3 : str;
	case TYPE_BOOL:
		return t->kind == AVRO_BOOLEAN ? 4 : str;
	case TYPE_TIME:
		return avrotime_is(t->logical) ? 4 : whole ? 3 : str;
	}
	return 0;
}

static int
field_union(struct avroput *p, struct buf *b, const struct avro_type *t,
    enum type type, struct field raw, const char **why)
{
	size_t i, start = b->n, tried = 0;
	int want;

	for (want = SUITS_MOST; want > 0; want--)
		for (i = 0; i < t->n; i++) {
			if (branch_suits(t->branch[i], type,
			    raw) != want)
				continue;
			tried++;
			avro_putlong(b, (int64_t)i);
			if (field_put(p, b, t->branch[i], type, raw, why) == 0)
				return 0;
			b->n = start;
		}
	if (tried == 1)
		return -1;
	return avroput_bad(p, why, "fits no branch of the schema's union: \"%s\"",
	    show(raw.s, raw.n));
}

int
avroput_field(struct avroput *p, struct buf *b, const struct avro_type *t,
    enum type type, struct field f, const char **why)
{
	struct field raw;

	if (field_isnull(f))
		return avroput_null(p, b, t, why);
	p->tmp.n = 0;
	if (esc_undo(f, &p->tmp, &raw) < 0)
		return avroput_bad(p, why, "has a broken escape: \"%s\"",
		    show(f.s, f.n));
	return t->kind == AVRO_UNION ? field_union(p, b, t, type, raw, why) :
	    field_put(p, b, t, type, raw, why);
}
