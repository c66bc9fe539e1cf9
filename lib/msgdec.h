/* msgdec - a Kafka message into columns: its payload and what stands around it */
#ifndef MSGDEC_H
#define MSGDEC_H
#include <librdkafka/rdkafka.h>

#include "src.h"

struct msgdec {			/* msgdec.c's own; starts as zeros */
	struct metacol *col;	/* the columns from around the payload */
	size_t ncol;
	bool bound;
	struct pair *header;
	struct buf tmp;
};

/*
 * Into dec_fields(src->dec), borrowed until the next call; 0, or -1 and why it
 * is bad, or DEC_FATAL or DEC_TEMP.  The first payload may tell the columns: then calls src_bind.
 */
int msgdec_rec(struct msgdec *, struct src *, const rd_kafka_message_t *,
    const char **why);
/* The whole message, borrowed from it, and the list of headers until the next call. */
struct letter msgdec_letter(struct msgdec *, const rd_kafka_message_t *, const struct origin *);
#endif
