#include <string.h>

#include "avrocols.h"
#include "avrowalk.h"

/* What a column is when nobody says so. */
static enum type
col_type(const struct avro_type *t)
{
	enum type type = TYPE_STR, k;
	bool any = false;
	size_t i;

	switch (t->logical) {
	case LOGICAL_DATE:
	case LOGICAL_STAMP_MS:
	case LOGICAL_STAMP_US:
	case LOGICAL_LOCAL_MS:
	case LOGICAL_LOCAL_US:
		return TYPE_TIME;
	default:
		break;
	}
	switch (t->kind) {
	case AVRO_BOOLEAN:
		return TYPE_BOOL;
	case AVRO_INT:
	case AVRO_LONG:
		return TYPE_INT;
	case AVRO_FLOAT:
	case AVRO_DOUBLE:
		return TYPE_FLOAT;
	case AVRO_UNION:
		/* of several kinds of value only text can be all */
		for (i = 0; i < t->n; i++) {
			if (t->branch[i]->kind == AVRO_NULL)
				continue;
			k = col_type(t->branch[i]);
			type = !any || k == type ? k : TYPE_STR;
			any = true;
		}
		return type;
	default:
		return TYPE_STR;
	}
}

static void
record_columns(struct cols *c, const struct avro_type *t)
{
	const struct avro_field *f;
	size_t i;

	for (f = t->field; f < t->field + t->n; f++) {
		for (i = 0; i < c->n; i++)
			if (strcmp(c->col[i].name, f->name) == 0)
				break;
		if (i == c->n)
			cols_add(c, f->name, strlen(f->name),
			    col_type(f->type));
		else if (c->col[i].type != col_type(f->type))
			c->col[i].type = TYPE_STR;
	}
}

void
avro_columns(struct cols *c, const struct avro_type *t)
{
	size_t i;

	if (t->kind == AVRO_RECORD)
		record_columns(c, t);
	for (i = 0; t->kind == AVRO_UNION && i < t->n; i++)
		if (t->branch[i]->kind == AVRO_RECORD)
			record_columns(c, t->branch[i]);
	if (c->n == 0)
		cols_add(c, AVRO_WHOLE, strlen(AVRO_WHOLE), col_type(t));
}
