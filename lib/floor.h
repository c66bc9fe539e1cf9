/* floor - division that rounds down, as times before 1970 want it; b > 0 */
#ifndef FLOOR_H
#define FLOOR_H
#include <stdint.h>

static inline int64_t
floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static inline int64_t
floor_mod(int64_t a, int64_t b)
{
	int64_t m = a % b;

	return m < 0 ? m + b : m;
}
#endif
