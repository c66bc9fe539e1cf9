#include <string.h>

#include "avrobin.h"
#include "avrojson.h"
#include "avrotime.h"
#include "avrovalue.h"
#include "die.h"
#include "enc.h"
#include "num.h"
#include "rowput.h"

static void
json_number(struct avro_walk *w, double v, bool single)
{
	char text[NUM_FLOATLEN];
	size_t n = single ? rowput_shortest(text, (float)v) :
	    num_putfloat(text, v);

	/* JSON has no numbers for NaN and Infinity */
	if (v - v != 0)
		buf_addc(&w->json, '"');
	buf_add(&w->json, text, n);
	if (v - v != 0)
		buf_addc(&w->json, '"');
}

static int
json_string(struct avro_walk *w, const char *s, size_t n)
{
	if (!utf8_ok(s, n))
		return avro_badf(w, "a string is not UTF-8: \"%s\"",
		    show(s, n));
	enc_json_string(&w->json, n > 0 ? s : "", n);
	return 0;
}

static int
json_scalar(struct avro_walk *w, const struct avro_res *res)
{
	const struct avro_type *r = res->r;
	char text[AVROTIME_LEN];
	struct instant t;
	struct avro_value v = { 0 };

	if (avro_value(w, res, &v) < 0)
		return -1;
	if (avro_valuetext(w, r, &v)) {
		if (r->logical == LOGICAL_DECIMAL)
			buf_add(&w->json, w->text.s, w->text.n);
		else
			enc_json_string(&w->json, w->text.s, w->text.n);
		return 0;
	}
	if (r->logical == LOGICAL_DECIMAL)
		return avro_bad(w, AVRO_WIDE);
	if (avrotime_is(r->logical)) {
		avrotime_show(r->logical, v.i, text, &t);
		return json_string(w, t.text, t.n);
	}
	switch (v.kind) {
	case AVRO_NULL:
		buf_adds(&w->json, "null");
		return 0;
	case AVRO_BOOLEAN:
		buf_adds(&w->json, v.i != 0 ? "true" : "false");
		return 0;
	case AVRO_INT:
	case AVRO_LONG:
		buf_addint(&w->json, v.i);
		return 0;
	case AVRO_FLOAT:
	case AVRO_DOUBLE:
		json_number(w, v.d, v.kind == AVRO_FLOAT);
		return 0;
	case AVRO_BYTES:
	case AVRO_FIXED:
		avro_valuebytes(w, &v);
		return json_string(w, w->text.s, w->text.n);
	default:
		return json_string(w, v.s, v.n);
	}
}

static void
json_key(struct avro_walk *w, const char *name, char *sep)
{
	buf_addc(&w->json, *sep);
	*sep = ',';
	enc_json_string(&w->json, name, strlen(name));
	buf_addc(&w->json, ':');
}

/* A default, which stands elsewhere. */
static int
json_missing(struct avro_walk *w, const struct avro_missing *m)
{
	const char *s = w->s, *end = w->end;
	int k;

	w->s = m->s;
	w->end = m->s + m->n;
	k = avro_json(w, m->res);
	w->s = s;
	w->end = end;
	return k;
}

static int
json_record(struct avro_walk *w, const struct avro_res *res)
{
	char sep = '{';
	size_t i = 0;

	for (i = 0; i < res->w->n; i++) {
		if (res->kid[i] == NULL) {
			if (avro_skip(w, res->w->field[i].type) < 0)
				return -1;
			continue;
		}
		json_key(w, res->field[i]->name, &sep);
		if (avro_json(w, res->kid[i]) < 0)
			return -1;
	}
	for (i = 0; i < res->nmissing; i++) {
		json_key(w, res->missing[i].field->name, &sep);
		if (json_missing(w, &res->missing[i]) < 0)
			return -1;
	}
	if (sep == '{')
		buf_addc(&w->json, sep);
	buf_addc(&w->json, '}');
	return 0;
}

static int
json_items(struct avro_walk *w, const struct avro_res *res)
{
	bool map = res->w->kind == AVRO_MAP, first = true;
	int64_t count, size;
	const char *s;
	size_t n;

	buf_addc(&w->json, map ? '{' : '[');
	for (;;) {
		if (avro_block(w, res->w, &count, &size) < 0)
			return -1;
		if (count == 0)
			break;
		for (; count > 0; count--) {
			if (!first)
				buf_addc(&w->json, ',');
			first = false;
			if (map) {
				if (avro_bytes(w, &s, &n) < 0 ||
				    json_string(w, s, n) < 0)
					return -1;
				buf_addc(&w->json, ':');
			}
			if (avro_json(w, res->kid[0]) < 0)
				return -1;
		}
	}
	buf_addc(&w->json, map ? '}' : ']');
	return 0;
}

/* A value, whole, as JSON text behind w->json. */
int
avro_json(struct avro_walk *w, const struct avro_res *res)
{
	size_t i = 0;
	int k;

	if (res->bad != NULL)
		return avro_bad(w, res->bad);
	if (res->w->kind <= AVRO_STRING || res->w->kind == AVRO_ENUM ||
	    res->w->kind == AVRO_FIXED)
		return json_scalar(w, res);
	if (w->depth == AVRO_DEPTH)
		return avro_bad(w, "nested deeper than 500");
	w->depth++;
	if (res->w->kind == AVRO_RECORD)
		k = json_record(w, res);
	else if (res->w->kind == AVRO_UNION)
		k = avro_branch(w, res, &i) < 0 ? -1 : avro_json(w, res->kid[i]);
	else
		k = json_items(w, res);
	w->depth--;
	return k;
}
