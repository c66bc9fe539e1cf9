/* kafka - what kcat-in and kout share: settings, the client's messages, exit statuses */
#ifndef KAFKA_H
#define KAFKA_H
#include <librdkafka/rdkafka.h>
#include <stdbool.h>
#include <stdint.h>

#include "regconf.h"

#define KAFKA_OPTS "b:X:"
#define KAFKA_PATIENCE 60000	/* ms without any broker until one that must come to an end gives up */

struct kafka_prop { const char *name, *value; };	/* a list ends with a NULL name */

struct kafka {
	struct regconf registry;	/* -X schema.registry... */
	rd_kafka_conf_t *conf;		/* NULL once it has been handed over */
	const struct kafka_prop *fixed;	/* what -X may not change; borrowed */
	const char *brokers;		/* -b */
	char why[512];			/* what the last broker that failed said */
	bool down;			/* none can be reached, and that has been said */
	bool second;			/* made by kafka_again, */
	bool shared;			/* or what it was made from */
	int64_t since;			/* clock of the first time, ms */
	bool ended;			/* the program ends, and has said why: errors are no news */
	/* told of what is fatal, if there is one; when it returns, that ends the program */
	void (*fatal)(void *, rd_kafka_resp_err_t, const char *why);
	void *arg;
};

/* usual: the tool's own defaults, which -X may change; both lists may be NULL. */
void kafka_init(struct kafka *, const struct kafka_prop *usual, const struct kafka_prop *fixed);
int kafka_opt(struct kafka *, int ch, const char *arg);		/* 0; -1: not one of KAFKA_OPTS; a bad value: message, exit 2 */
/*
 * A second client of the same settings, -b and -X too, with others on top:
 * the usual ones where librdkafka's own still stand, the fixed ones always.
 * Neither says what concerns the other one, nor the second what both would.
 * Before kafka_open of the first.
 */
void kafka_again(struct kafka *, struct kafka *first, const struct kafka_prop *usual,
    const struct kafka_prop *fixed);
const char *kafka_get(const struct kafka *, const char *name);	/* a property's value, before kafka_open; static buffer; "" if unset */
/* Hands conf over.  No brokers: exit 2; settings that contradict each other: exit 1. */
rd_kafka_t *kafka_open(struct kafka *, rd_kafka_type_t);

int kafka_status(rd_kafka_resp_err_t);	/* EXIT_TEMP or EXIT_BAD */
_Noreturn void kafka_die(rd_kafka_resp_err_t, const char *, ...)	/* "message: error", and its status */
    __attribute__((format(printf, 2, 3)));

void kafka_up(struct kafka *);		/* a broker has answered */
int64_t kafka_gone(const struct kafka *);	/* ms since all brokers went away; 0: not so */
/*
 * Metadata of one topic, or of all if it is NULL; the caller destroys it.
 * Waits up to KAFKA_PATIENCE for a broker (exit 111), and up to wait ms for a
 * topic that is not known or has no leaders yet (exit 1 or 111).
 */
const struct rd_kafka_metadata *kafka_metadata(struct kafka *, rd_kafka_t *, rd_kafka_topic_t *, int64_t wait);
#endif
