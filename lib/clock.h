/* clock - the time that only goes forward, for how long something took, and that of the wall */
#ifndef CLOCK_H
#define CLOCK_H
#include <stdint.h>

int64_t clock_ms(void);		/* ms, monotonic */
int64_t clock_wall(void);	/* ms since 1970-01-01 UTC */
#endif
