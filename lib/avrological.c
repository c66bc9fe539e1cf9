#include <string.h>

#include "avrological.h"

static bool
decimal_fits(struct avro_type *t, const struct jnode *nd)
{
	const struct jnode *scale = jtree_member(nd, "scale", 5);
	int64_t precision, s = 0;

	if (jtree_int(nd, "precision", &precision) < 0 || precision < 1 ||
	    precision > 10000 ||
	    (scale != NULL && (jtree_int(nd, "scale", &s) < 0 || s < 0 ||
	    s > precision)))
		return false;
	t->precision = (int)precision;
	t->scale = (int)s;
	return true;
}

void
avrological_parse(struct avro_type *t, const struct jnode *nd)
{
	static const struct { const char *name; enum avro_logical logical;
	    enum avro_kind kind; } known[] = {
		{ "decimal", LOGICAL_DECIMAL, AVRO_BYTES },
		{ "decimal", LOGICAL_DECIMAL, AVRO_FIXED },
		{ "uuid", LOGICAL_UUID, AVRO_STRING },
		{ "uuid", LOGICAL_UUID, AVRO_FIXED },
		{ "date", LOGICAL_DATE, AVRO_INT },
		{ "time-millis", LOGICAL_TIME_MS, AVRO_INT },
		{ "time-micros", LOGICAL_TIME_US, AVRO_LONG },
		{ "timestamp-millis", LOGICAL_STAMP_MS, AVRO_LONG },
		{ "timestamp-micros", LOGICAL_STAMP_US, AVRO_LONG },
		{ "local-timestamp-millis", LOGICAL_LOCAL_MS, AVRO_LONG },
		{ "local-timestamp-micros", LOGICAL_LOCAL_US, AVRO_LONG },
	};
	const char *name = jtree_string(nd, "logicalType");
	size_t i;

	for (i = 0; name != NULL && i < sizeof known / sizeof known[0]; i++)
		if (strcmp(known[i].name, name) == 0 &&
		    known[i].kind == t->kind &&
		    (known[i].logical != LOGICAL_DECIMAL ||
		    decimal_fits(t, nd)) &&
		    (known[i].logical != LOGICAL_UUID ||
		    t->kind != AVRO_FIXED || t->size == 16))
			t->logical = known[i].logical;
}
