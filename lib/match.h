/* match - an automaton at work: the partial matches of each key; see smatch(1) */
#ifndef MATCH_H
#define MATCH_H
#include "key.h"
#include "map.h"
#include "partial.h"

/*
 * After a match, other matches and partial ones go that started: none; with
 * its first record; up to its last; before its first or last of a stage.
 */
enum skip { SKIP_NONE, SKIP_NEXT, SKIP_PAST, SKIP_FIRST, SKIP_LAST };

struct track {				/* a key that has begun something */
	struct track **home;		/* whose pointer to it is */
	struct partials part;
	struct partials done;		/* matches that older partial ones hold up */
	int64_t now;
	size_t due;			/* deadlines that name it */
	bool listed, gone;		/* in changed; and at its end since */
	size_t nkey;
	char key[];
};

struct found { bool timeout; int64_t time; const struct step *last; };

struct deadline { struct track *track; int64_t from; uint64_t seq; };	/* seq: of its record */

struct matcher {
	/* to be set: */
	struct nfa nfa;
	int64_t within;			/* ms; 0: no limit */
	enum skip skip;
	size_t stage;			/* of SKIP_FIRST and SKIP_LAST */
	void (*found)(void *, const struct track *, const struct found *);
	void *arg;
	/* the rest is match.c's own: */
	struct steps steps;
	uint64_t is;
	struct deadline *due;		/* by time; a ring of capdue from due0 on */
	size_t due0, ndue, capdue;
	struct partials out, next, maybe, late;
	const struct state **stack;
	struct way *way;
	size_t capstack, capway, nway;
	/* match.c's and matchsnap.c's: */
	bool tracks;			/* there are snapshots: what changes is listed */
	struct track **changed;		/* each once, in order of its first change */
	size_t nchanged, capchanged;
	uint64_t saved;			/* deadlines up to that record's are in the last snapshot */
	struct track *into;		/* that is being loaded */
	struct step **step;		/* its steps, while it is saved or loaded */
	size_t nstep, capstep;
};

/*
 * A record of the key *t; records come in event-time order.  *t is NULL while
 * nothing has begun; tracks are made and freed here.  is: see nfa.h.
 */
void match_feed(struct matcher *, struct track **t, struct field key, struct rec *, uint64_t is);
void match_time(struct matcher *, int64_t now);	/* for all keys */
/* For matchsnap.c. */
void match_list(struct matcher *, struct track *);	/* into changed */
void match_due(struct matcher *, struct deadline);	/* the latest */
struct track *match_track(struct matcher *, struct track **, struct field key);	/* a new one that has begun nothing */

/*
 * Over a restart: tracks is the owner's map of keys to struct track *, nf the
 * columns of a record.  match_loaded: all records have been loaded; now: as in
 * the last match_time.
 */
void match_save(struct matcher *, struct snap *, const struct key *, const struct map *tracks, size_t nf);
bool match_load(struct matcher *, const struct rec *, const struct key *, struct map *tracks, size_t nf);	/* false: another record */
void match_loaded(struct matcher *, int64_t now);
#endif
