/* order - records sorted by typed fields; see ssort(1) */
#ifndef ORDER_H
#define ORDER_H
#include "head.h"
#include "hold.h"

struct by { char *name; bool desc; size_t col; enum type type; };

struct order {
	struct by *v;
	size_t n;
	struct buf tmp;
	struct held **room;		/* of order_sort */
	size_t nroom;
};

void order_parse(struct order *, char *const *specs, size_t n);	/* FIELD[:desc]; a wrong one: exit 2 */
void order_bind(struct order *, const struct head *);	/* no such field: exit 1 */
/* A copy with its fields parsed for sorting; bad data: exit 1. */
struct held *order_hold(struct order *, struct hold *, struct rec *);
/* Stable; nulls first, numbers by value, NaN largest, false before true, text by bytes; desc turns all of that round. */
void order_sort(struct order *, struct held **, size_t n);
#endif
