/* deadtopic - dead letters into a Kafka topic, at least once */
#ifndef DEADTOPIC_H
#define DEADTOPIC_H
#include "dead.h"
#include "kafka.h"

#define DEADTOPIC "kafka:"	/* what -D begins with, the topic behind it */

struct deadtopic;

extern const struct deadway deadtopic_way;	/* for dead_open */
/*
 * A producer with the settings of the consumer that k is going to be (before
 * kafka_open of it).  deadtopic_open waits for the topic as kafka_metadata does.
 * A message keeps payload, key, headers and time; its place and the reason are
 * added as the headers dead.topic dead.partition dead.offset dead.reason.
 */
struct deadtopic *deadtopic_new(struct kafka *, const char *topic);
void deadtopic_open(struct deadtopic *);
const char *deadtopic_name(const struct deadtopic *);
#endif
