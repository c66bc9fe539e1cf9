/* The runner: reads a stream from standard input and drives a chain with it. */
#include "op.h"
#include "stream.h"

struct reader {
	struct next *next;
	struct stream s;
};

/* Before a read: what operators wait for may come before the input does. */
static void
reader_pause(void *arg, bool blocking)
{
	struct reader *rd = arg;

	chain_pause(rd->next, blocking);
	while (blocking && chain_wait(rd->next, rd->s.in.fd, -1) == 0)
		chain_pause(rd->next, true);
}

int
run(const struct op *op, int argc, char **argv)
{
	return run_chain(chain_open(&op, &argv, &argc, 1));
}

int
run_chain(struct next *next)
{
	struct reader rd = { .next = next };
	struct stream *s = &rd.s;
	struct field line;
	struct bulk b;
	struct rec r;
	bool bulk = chain_bulks(next);

	stream_init(s, 0, NULL);
	s->in.pause = reader_pause;
	s->in.arg = &rd;
	for (;;)
		switch (stream_next(s, &r)) {
		case STREAM_NONE:
			break;
		case STREAM_HEAD:
			chain_head(next, &s->head, s->restore.s);
			break;
		case STREAM_DATA:
			chain_data(next, &r);
			if (bulk && stream_bulk(s, &b)) {
				chain_bulk(next, &b);
				stream_took(s, &b);
			}
			break;
		case STREAM_MARK:
			chain_mark(next, s->T);
			break;
		case STREAM_BARRIER:
			chain_barrier(next, s->args.s);
			break;
		case STREAM_IDLE:
		case STREAM_LINE:
			line = rec_line(&r);
			chain_line(next, line.s, line.n);
			break;
		case STREAM_STOP:
			(s->headed ? chain_stop : chain_none)(next);
			chain_report(next);
			return 0;
		case STREAM_END:
			chain_end(next, s->args.s);
			chain_report(next);
			return 0;
		}
}
