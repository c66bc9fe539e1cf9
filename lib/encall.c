/* All formats that can be written. */
#include "encavro.h"
#include "encfmt.h"
#include "envelope.h"

const struct enc_format *const enc_all[] = {
	&enc_fcsv, &enc_ftsv, &enc_fjson, &enc_fline, &enc_avro, &enc_envelope,
	&enc_proto, &enc_thrift, NULL
};
