/* avrotime - Avro's logical types of time, as text and back */
#ifndef AVROTIME_H
#define AVROTIME_H
#include "avro.h"
#include "rowput.h"

#define AVROTIME_LEN 64		/* bytes of text, with a NUL */

bool avrotime_is(enum avro_logical);	/* date, time of day, timestamp */
/*
 * What a stored number says: 2024-02-29 12:34:56.789 2024-02-29T12:34:56Z, a
 * local timestamp without the Z.  text is put at `to`.  A date out of the range
 * that can be shown is the number.
 */
void avrotime_show(enum avro_logical, int64_t stored, char *to, struct instant *);
/* The stored number of a text; 0, or -1. */
int avrotime_parse(enum avro_logical, const char *, size_t, int64_t *stored);
/* The same of a time in ms; -1: out of range, or not a date or timestamp. */
int avrotime_ofms(enum avro_logical, int64_t ms, int64_t *stored);
bool avrotime_isday(enum avro_logical);	/* a time of day, which is no instant */
#endif
