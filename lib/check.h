/* check - the types of an expression: what the parts of the checker share */
#ifndef CHECK_H
#define CHECK_H
#include "node.h"

/* Type and operation of a node whose operands are checked; 0, or -1. */
int check_compare(struct expr *, struct node *);
int check_in(struct expr *, struct node *);
int check_call(struct expr *, struct node *);

/* Operands from *link on become of one type, if they go together. */
int check_alike(struct expr *, struct node **link, const char *who,
    enum type *);
/* A literal null takes the other's type. */
void check_adopt(struct node *, struct node *);
void check_tofloat(struct expr *, struct node **link);	/* an int */
void check_totext(struct expr *, struct node **link);	/* any */
const char *check_typename(enum type);			/* also TYPE_NONE */
bool type_isnumber(enum type);
#endif
