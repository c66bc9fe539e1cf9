/* clock - the time that only goes forward, for how long something took */
#ifndef CLOCK_H
#define CLOCK_H
#include <stdint.h>

int64_t clock_ms(void);		/* ms, monotonic */
#endif
