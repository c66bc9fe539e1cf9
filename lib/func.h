/* func - the functions of the expression language; see sfilter(1) */
#ifndef FUNC_H
#define FUNC_H
#include "node.h"

#define CALL(name) int call_##name(struct expr *, struct ins *)
#define READY(name) int ready_##name(struct expr *, struct node *)

/* None of the operands is null; 0, or -1 and e->why.  calc.c: */
CALL(itoi); CALL(ftoi); CALL(stoi);
CALL(ftof); CALL(stof); CALL(btof);
CALL(itob); CALL(stob);
CALL(itos); CALL(ftos); CALL(btos); CALL(ttos);
CALL(absi); CALL(absf); CALL(floor); CALL(ceil);
CALL(round); CALL(roundi); CALL(roundto);
CALL(sqrt); CALL(exp); CALL(log); CALL(pow);
CALL(least); CALL(greatest);

/* text.c: */
CALL(same); CALL(concat); CALL(contains); CALL(starts); CALL(ends);
CALL(trim); CALL(replace); CALL(part); CALL(hash);

/* chars.c: */
CALL(len); CALL(substr); CALL(lower); CALL(upper);
READY(case);

/* pattern.c: */
CALL(like); CALL(match);
READY(pattern);

/* when.c: */
CALL(strftime); CALL(strptime); CALL(trunc);
CALL(hour); CALL(minute); CALL(day);
READY(strftime); READY(strptime); READY(trunc);

void func_text(struct ins *);	/* the result is what the node's buffer holds */
/* -1, and a message that ends in the data that is bad */
int func_bad(struct expr *, const struct ins *, const char *why, struct field);
#endif
