/* opt - the options that every tool has, for chain.c; opt_next and opt_usage are in op.h */
#ifndef OPT_H
#define OPT_H
#include <stdbool.h>

bool opt_verbose(void);		/* -v was given since the last call */
bool opt_due(void);		/* -v, and it is time for a progress line; said once */
const char *opt_state(void);	/* of -S since the last call, else of the environment; NULL: none */
const char *opt_late(void);	/* of -L since the last call, or NULL */
#endif
