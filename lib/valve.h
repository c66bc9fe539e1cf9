/* valve - one watermark out of several inputs or partitions (Flink's StatusWatermarkValve) */
#ifndef VALVE_H
#define VALVE_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct port {
	int64_t max;		/* how far it is, ms; INT64_MIN: nothing known yet */
	int64_t heard;		/* clock when it was last known to have had a record, ms */
	bool fresh;		/* has had one since the last valve_silence */
	bool counts;		/* in the minimum: not idle, not finished, has caught up */
	bool done;		/* finished: never counts again */
	bool empty;		/* has been looked at and had no record */
};

/*
 * T is the least max of the ports that count; when none does, the largest of
 * all.  It never goes back.  A port that was idle counts again once it has
 * caught up with T.
 */
struct valve {
	struct port *port;
	size_t n;
	int64_t T;		/* INT64_MIN: none yet */
};

void valve_init(struct valve *, size_t n, int64_t now);
void valve_free(struct valve *);
void valve_moved(struct valve *, size_t port, int64_t max);	/* for valve_move only */
void valve_done(struct valve *, size_t port);	/* finished; does not move T when it was the last one */
void valve_idle(struct valve *, size_t port);	/* may move T */
bool valve_silence(struct valve *, int64_t now, int64_t limit);	/* ports silent for limit ms go idle; whether one did */
bool valve_counts(const struct valve *);	/* whether any port does */
/*
 * For a port that runs ahead to wait for: the least max of those that count.
 * INT64_MIN while one of them has not been heard of at all; one that was empty
 * and has had no record since is left out; INT64_MAX: none is left.
 */
int64_t valve_least(const struct valve *);
void valve_empty(struct valve *, size_t port);
void valve_hold(struct valve *, size_t port);	/* it was made to wait: that is not silence */

/* A record or watermark came; may move T. */
static inline void
valve_move(struct valve *v, size_t port, int64_t max)
{
	struct port *p = &v->port[port];

	p->fresh = true;
	if (p->counts && max <= p->max)
		return;
	/* the only one, such as a file */
	if (p->counts && v->n == 1) {
		p->max = max;
		if (max > v->T)
			v->T = max;
	} else {
		valve_moved(v, port, max);
	}
}
#endif
