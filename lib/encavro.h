/* encavro - Avro as a format to write */
#ifndef ENCAVRO_H
#define ENCAVRO_H
#include "encfmt.h"

extern const struct enc_format enc_avro;
#endif
