/* The formats that are text, for tools that need no other. */
#include "dectext.h"

const struct dec_format *const dec_texts[] = {
	&dec_csv, &dec_tsv, &dec_json, &dec_line, NULL
};
