/* decavro - Avro as a format */
#ifndef DECAVRO_H
#define DECAVRO_H
#include "decfmt.h"

extern const struct dec_format dec_avro;
#endif
