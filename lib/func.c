#include <string.h>

#include "die.h"
#include "func.h"

static const struct func func_table[] = {
	{ "=~", "sS", TYPE_BOOL, call_like, ready_pattern },
	{ "abs", "i", TYPE_INT, call_absi, NULL },
	{ "abs", "f", TYPE_FLOAT, call_absf, NULL },
	{ "bool", "b", TYPE_BOOL, call_itoi, NULL },
	{ "bool", "i", TYPE_BOOL, call_itob, NULL },
	{ "bool", "s", TYPE_BOOL, call_stob, NULL },
	{ "ceil", "i", TYPE_INT, call_itoi, NULL },
	{ "ceil", "f", TYPE_INT, call_ceil, NULL },
	{ "coalesce", ARGS_FIRST, TYPE_STR, NULL, NULL },
	{ "concat", ARGS_TEXT, TYPE_STR, call_concat, NULL },
	{ "contains", "ss", TYPE_BOOL, call_contains, NULL },
	{ "day", "t", TYPE_INT, call_day, NULL },
	{ "ends", "ss", TYPE_BOOL, call_ends, NULL },
	{ "exp", "f", TYPE_FLOAT, call_exp, NULL },
	{ "float", "f", TYPE_FLOAT, call_ftof, NULL },
	{ "float", "s", TYPE_FLOAT, call_stof, NULL },
	{ "float", "b", TYPE_FLOAT, call_btof, NULL },
	{ "floor", "i", TYPE_INT, call_itoi, NULL },
	{ "floor", "f", TYPE_INT, call_floor, NULL },
	{ "greatest", ARGS_ALIKE, TYPE_STR, call_greatest, NULL },
	{ "hash", "x", TYPE_INT, call_hash, NULL },
	{ "hour", "t", TYPE_INT, call_hour, NULL },
	{ "int", "i", TYPE_INT, call_itoi, NULL },
	{ "int", "f", TYPE_INT, call_ftoi, NULL },
	{ "int", "s", TYPE_INT, call_stoi, NULL },
	{ "int", "b", TYPE_INT, call_itoi, NULL },
	{ "int", "t", TYPE_INT, call_itoi, NULL },
	{ "least", ARGS_ALIKE, TYPE_STR, call_least, NULL },
	{ "len", "s", TYPE_INT, call_len, NULL },
	{ "log", "f", TYPE_FLOAT, call_log, NULL },
	{ "lower", "s", TYPE_STR, call_lower, ready_case },
	{ "match", "sS", TYPE_STR, call_match, ready_pattern },
	{ "match", "sSi", TYPE_STR, call_match, ready_pattern },
	{ "minute", "t", TYPE_INT, call_minute, NULL },
	{ "part", "ssi", TYPE_STR, call_part, NULL },
	{ "pow", "ff", TYPE_FLOAT, call_pow, NULL },
	{ "replace", "sss", TYPE_STR, call_replace, NULL },
	{ "round", "i", TYPE_INT, call_itoi, NULL },
	{ "round", "f", TYPE_FLOAT, call_round, NULL },
	{ "round", "ii", TYPE_INT, call_roundi, NULL },
	{ "round", "fi", TYPE_FLOAT, call_roundto, NULL },
	{ "sqrt", "f", TYPE_FLOAT, call_sqrt, NULL },
	{ "starts", "ss", TYPE_BOOL, call_starts, NULL },
	{ "str", "x", TYPE_STR, call_same, NULL },
	{ "strftime", "tS", TYPE_STR, call_strftime, ready_strftime },
	{ "strftime", "tSS", TYPE_STR, call_strftime, ready_strftime },
	{ "strptime", "sS", TYPE_TIME, call_strptime, ready_strptime },
	{ "substr", "si", TYPE_STR, call_substr, NULL },
	{ "substr", "sii", TYPE_STR, call_substr, NULL },
	{ "trim", "s", TYPE_STR, call_trim, NULL },
	{ "trunc", "tS", TYPE_TIME, call_trunc, ready_trunc },
	{ "upper", "s", TYPE_STR, call_upper, ready_case },
	{ NULL, NULL, TYPE_STR, NULL, NULL },
};

const struct func func_strs[] = {
	[TYPE_STR] = { "str", "s", TYPE_STR, call_same, NULL },
	[TYPE_INT] = { "str", "i", TYPE_STR, call_itos, NULL },
	[TYPE_FLOAT] = { "str", "f", TYPE_STR, call_ftos, NULL },
	[TYPE_BOOL] = { "str", "b", TYPE_STR, call_btos, NULL },
	[TYPE_TIME] = { "str", "t", TYPE_STR, call_ttos, NULL },
};

const struct func *
func_find(const char *name)
{
	const struct func *f;

	for (f = func_table; f->name != NULL; f++)
		if (strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

void
func_text(struct ins *p)
{
	const struct buf *b = &p->n->tmp;

	p->d->s = (struct field){ b->n > 0 ? b->s : "", b->n };
}

int
func_bad(struct expr *e, const struct ins *p, const char *why, struct field f)
{
	return expr_fail(e, "%.*s: %s: \"%s\"",
	    AT(p->n), why,
	    show(f.s, f.n));
}
