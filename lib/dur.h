/* dur - durations: 500ms 10s 5m 1h 7d, with a leading - where it makes sense */
#ifndef DUR_H
#define DUR_H
#include <stdint.h>

#define TIME_LIMIT ((int64_t)1 << 62)	/* |time| in ms never exceeds this: sums of two never overflow */

int dur_parse(const char *, int64_t *ms);	/* whole string; 0, or -1; |ms| <= TIME_LIMIT; "0" needs no unit */
int64_t dur_option(int ch, const char *, int64_t least);	/* of option -ch; a bad one: message, exit 2 */
#endif
