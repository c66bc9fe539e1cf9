/* join - what the kinds of join have in common: two sides, their columns, the rows that come out */
#ifndef JOIN_H
#define JOIN_H
#include "arena.h"
#include "key.h"
#include "num.h"
#include "op.h"

enum join_kind { JOIN_INNER, JOIN_LEFT, JOIN_RIGHT, JOIN_FULL, JOIN_SEMI, JOIN_ANTI };

/* Two columns of the join's own behind the others. */
enum join_extra { JOIN_NONE, JOIN_TIMES, JOIN_WINDOW };

/* A kept record: the columns that go out.  It lives in an arena. */
struct join_row {
	struct join_row *link;	/* the key's next younger one */
	const struct map_ent *key;
	int64_t time;
	uint64_t seq;		/* when it came, for the order of rows */
	bool matched;
	uint32_t end[];		/* where each column ends in the text that follows */
};

struct join_side {
	struct key key;
	size_t *col, ncol;	/* input columns that go out, in order */
	size_t at;		/* where in the output they start */
	size_t *rest, nrest;	/* all but the keys, for late records */
	bool outer;		/* its unmatched records come out */
};

struct join {
	enum join_kind kind;
	struct join_side side[2];	/* left, right */
	bool wide;			/* late records go out by join_headlate, not as they came */
	/* the rest is join.c's own, and join_extra's */
	struct field *f;		/* the output row, also of a late record */
	size_t nf, extra;		/* columns; where the join's own start, 0: none */
	char text[2][NUM_INTLEN];
};

/* Whether only left records come out, alone. */
static inline bool
join_filters(const struct join *j)
{
	return j->kind == JOIN_SEMI || j->kind == JOIN_ANTI;
}

int join_parse(const char *, enum join_kind *);	/* 0, or -1 */
/*
 * Binds the keys ("a,b") and sets out, which has its time column only.  drop:
 * an input column that does not go out, or NULL.  A key that is not there, or
 * not of one type: exit 1, naming them; name: what to call the two streams.
 */
void join_head(struct join *, const struct head *left, const struct head *right,
    const char *keys, const char *drop, enum join_extra, const char *const name[2],
    struct head *out);
/* The heading of late records of two streams: all columns of both, and `side`, L or R. */
void join_headlate(const struct join *, const struct head *left, const struct head *right, struct head *out);
void join_drop(struct join *, size_t side, struct rec *, struct field key, struct next *);	/* a late record */

bool join_isnull(const struct join *, struct field key);	/* one of its columns is */
struct join_row *join_keep(const struct join *, size_t side, struct rec *, struct arena *);

/* For fits: the kind, the keys and what is kept of each side. */
void join_fits(const struct join *, const struct head *left, const struct head *right, struct snap *);
/* A row's columns in a snapshot's record: ncol fields of its side. */
void join_saverow(const struct join *, size_t side, const struct join_row *, struct snap *);
struct join_row *join_loadrow(const struct join *, size_t side, const struct rec *, size_t at, int64_t time, struct arena *);

/* The output row, piece by piece. */
static inline void
join_setkey(struct join *j, struct field key)
{
	if (j->side[0].key.n == 1)
		j->f[1] = key;
	else
		key_split(&j->side[0].key, key, j->f + 1);
}

static inline void
join_setrec(struct join *j, size_t side, struct rec *r)
{
	const struct join_side *s = &j->side[side];
	size_t i;

	for (i = 0; i < s->ncol; i++)
		j->f[s->at + i] = rec_field(r, s->col[i]);
}

static inline void
join_setrow(struct join *j, size_t side, const struct join_row *row)
{
	const struct join_side *s = &j->side[side];
	const char *text = (const char *)&row->end[s->ncol];
	uint32_t from = 0;
	size_t i;

	for (i = 0; i < s->ncol; from = row->end[i++])
		j->f[s->at + i] = (struct field){ text + from, row->end[i] - from };
}

static inline void
join_setnone(struct join *j, size_t side)
{
	const struct join_side *s = &j->side[side];
	size_t i;

	for (i = 0; i < s->ncol; i++)
		j->f[s->at + i] = NULL_FIELD;
}

/* left_time and right_time, or window_start and window_end; nothing without them. */
static inline void
join_setextra(struct join *j, size_t i, int64_t v)
{
	if (j->extra != 0)
		j->f[j->extra + i] = (struct field){ j->text[i],
		    num_putint(j->text[i], v) };
}

static inline void
join_setnoextra(struct join *j, size_t i)
{
	if (j->extra != 0)
		j->f[j->extra + i] = NULL_FIELD;
}

static inline void
join_emit(struct join *j, int64_t time, struct next *nx)
{
	struct rec r = { .f = j->f, .nf = j->nf, .time = time, .timed = true };

	emit(nx, &r);
}
#endif
