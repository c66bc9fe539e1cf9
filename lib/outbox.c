#include <poll.h>

#include "clock.h"
#include "kafka.h"
#include "outbox.h"

#define SEND 3			/* ms; a broker that is near has answered by then */
#define AGAIN 20		/* ms without a report until the next flush: the thread may have missed the last one */
#define DRAIN 100		/* ms, the longest that a request should take */
#define FEW 1000		/* messages, about the last request: rd_kafka_flush may have it */

void
outbox_open(struct outbox *o, rd_kafka_t *rk)
{
	rd_kafka_queue_t *reports = rd_kafka_queue_get_main(rk);

	*o = (struct outbox){ .rk = rk, .seen = -1 };
	kafka_wake(o->wake);
	rd_kafka_queue_io_event_enable(reports, o->wake[1], "", 1);
	rd_kafka_queue_destroy(reports);
}

void
outbox_report(struct outbox *o, const rd_kafka_message_t *m)
{
	o->back++;
	/* purged: the transaction has failed, and its next call says why */
	if (m->err == RD_KAFKA_RESP_ERR_NO_ERROR ||
	    m->err == RD_KAFKA_RESP_ERR__PURGE_QUEUE ||
	    m->err == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT ||
	    o->lost != RD_KAFKA_RESP_ERR_NO_ERROR)
		return;
	o->lost = m->err;
	o->id = (intptr_t)m->_private;
}

void
outbox_send(struct outbox *o)
{
	int64_t now;

	rd_kafka_poll(o->rk, 0);
	if (outbox_empty(o))
		return;
	now = clock_ms();
	if (o->back == o->seen && now - o->when < AGAIN)
		return;
	rd_kafka_flush(o->rk, SEND);
	o->seen = outbox_empty(o) ? -1 : o->back;
	o->when = now;
}

void
outbox_room(struct outbox *o)
{
	int64_t back = o->back;

	rd_kafka_poll(o->rk, AGAIN);
	/* perhaps no request is full, of as many as there are partitions */
	if (o->back == back)
		outbox_send(o);
}

void
outbox_drain(struct outbox *o)
{
	int64_t back;

	outbox_send(o);
	while (o->sent - o->back > FEW) {
		back = o->back;
		rd_kafka_poll(o->rk, DRAIN);
		if (o->back == back)
			return;
		outbox_send(o);
	}
}

size_t
outbox_want(const struct outbox *o, struct pollfd *p, int *ms)
{
	if (outbox_empty(o))
		return 0;
	*p = (struct pollfd){ .fd = o->wake[0], .events = POLLIN };
	if (*ms < 0 || *ms > AGAIN)
		*ms = AGAIN;
	return 1;
}

void
outbox_ready(const struct outbox *o)
{
	kafka_woken(o->wake);
}
