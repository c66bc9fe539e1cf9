/* All formats that can be read. */
#include "decavro.h"
#include "dectext.h"
#include "envelope.h"

const struct dec_format *const dec_all[] = {
	&dec_csv, &dec_tsv, &dec_json, &dec_line, &dec_re, &dec_combined,
	&dec_avro, &dec_envelope, &dec_proto, &dec_thrift, NULL
};
