#include <stdlib.h>

#include "buf.h"
#include "valve.h"

void
valve_init(struct valve *v, size_t n, int64_t now)
{
	size_t i;

	*v = (struct valve){ .n = n, .T = INT64_MIN };
	v->port = mem_grow(NULL, n, sizeof *v->port);
	for (i = 0; i < n; i++)
		v->port[i] = (struct port){ .max = INT64_MIN, .heard = now,
		    .counts = true };
}

void
valve_free(struct valve *v)
{
	free(v->port);
	*v = (struct valve){ .T = INT64_MIN };
}

bool
valve_counts(const struct valve *v)
{
	size_t i;

	for (i = 0; i < v->n; i++)
		if (v->port[i].counts)
			return true;
	return false;
}

static void
valve_settle(struct valve *v)
{
	int64_t least = INT64_MAX, most = INT64_MIN, T;
	bool any = false;
	size_t i;

	for (i = 0; i < v->n; i++) {
		const struct port *p = &v->port[i];

		if (p->max > most)
			most = p->max;
		if (p->counts) {
			any = true;
			if (p->max < least)
				least = p->max;
		}
	}
	T = any ? least : most;
	if (T > v->T)
		v->T = T;
}

void
valve_moved(struct valve *v, size_t port, int64_t max)
{
	struct port *p = &v->port[port];
	int64_t old = p->max;

	if (max > old)
		p->max = max;
	if (!p->counts) {
		if (p->done || p->max < v->T)
			return;
		p->counts = true;
		valve_settle(v);
	} else if (max > old && old <= v->T) {
		/* else it was not this one that held T back */
		valve_settle(v);
	}
}

void
valve_done(struct valve *v, size_t port)
{
	v->port[port].done = true;
	v->port[port].counts = false;
	/* behind the last one comes the end of the stream, not a watermark */
	if (valve_counts(v))
		valve_settle(v);
}

void
valve_idle(struct valve *v, size_t port)
{
	v->port[port].counts = false;
	valve_settle(v);
}

int64_t
valve_least(const struct valve *v)
{
	int64_t least = INT64_MAX;
	size_t i;

	for (i = 0; i < v->n; i++) {
		const struct port *p = &v->port[i];

		if (p->counts && p->max < least &&
		    (p->max != INT64_MIN || !p->empty))
			least = p->max;
	}
	return least;
}

void
valve_empty(struct valve *v, size_t port)
{
	v->port[port].empty = true;
}

void
valve_hold(struct valve *v, size_t port)
{
	v->port[port].fresh = true;
}

bool
valve_silence(struct valve *v, int64_t now, int64_t limit)
{
	bool any = false;
	size_t i;

	for (i = 0; i < v->n; i++) {
		struct port *p = &v->port[i];

		if (p->fresh) {
			p->fresh = false;
			p->heard = now;
		} else if (p->counts && now - p->heard >= limit) {
			p->counts = false;
			any = true;
		}
	}
	if (any)
		valve_settle(v);
	return any;
}
