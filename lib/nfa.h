/* nfa - the automaton of an event pattern, the one that Flink's NFACompiler makes of it */
#ifndef NFA_H
#define NFA_H
#include <stdint.h>

#include "stages.h"

/*
 * What a record is to a pattern: bit i, it is what stage i wants; bit
 * STAGES_MOST + i, it ends stage i.
 */
#define NFA_WHERE(i) ((uint64_t)1 << (i))
#define NFA_UNTIL(i) ((uint64_t)1 << (STAGES_MOST + (i)))

struct term { uint64_t yes, no; bool inverse; };	/* all of yes and none of no; inverse: not so */

struct guard { struct term *v; size_t n; };	/* all terms hold; none: always */

enum action {
	ACT_TAKE,		/* the record is one of the stage's */
	ACT_IGNORE,		/* it is passed over */
	ACT_PROCEED		/* it is looked at by another state */
};

enum state_kind { STATE_PLAIN, STATE_START, STATE_FINAL, STATE_PENDING, STATE_STOP };

struct edge { enum action act; struct state *to; struct guard guard; };

struct state {
	enum state_kind kind;
	size_t i;		/* its number, in nfa */
	size_t stage;		/* whose record it takes */
	struct edge *v;
	size_t n;
	struct state *twin;	/* what stands in for it once a greedy loop has ended by until */
};

struct nfa {
	struct state **v;
	size_t n;
	struct state *start;
	size_t nstage;		/* of the pattern */
};

void nfa_build(struct nfa *, const struct stages *);
void nfa_free(struct nfa *);

static inline bool
guard_holds(const struct guard *g, uint64_t is)
{
	size_t i;

	for (i = 0; i < g->n; i++)
		if (((is & g->v[i].yes) == g->v[i].yes &&
		    (is & g->v[i].no) == 0) == g->v[i].inverse)
			return false;
	return true;
}
#endif
