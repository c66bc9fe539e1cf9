#include <ctype.h>
#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <syslog.h>
#include <time.h>

#include "clock.h"
#include "die.h"
#include "kafka.h"

#define TRY 1000		/* ms, one request for metadata */

/* From the client's own threads. */
static void
on_log(const rd_kafka_t *rk, int level, const char *fac, const char *text)
{
	/*
	 * A connection, on_error hears of that too; it tries again; what is
	 * fatal; and what the calls of a transaction return.
	 */
	static const char *const known[] = { "FAIL", "GETPID", "FATAL",
	    "TXNERR", "ADDOFFSETS" };
	const struct kafka *k = rd_kafka_opaque(rk);
	size_t i;

	/* one of them has the settings of another kind of client */
	if (strcmp(fac, "CONFWARN") == 0 && (k->second || (k->shared &&
	    strstr(text, "property and will be ignored") != NULL)))
		return;
	if (level > LOG_WARNING)
		return;
	for (i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(fac, known[i]) == 0)
			return;
	warnx("kafka: %s", text);
}

/*
 * A broker that fails is the client's business: it tries again.  Only when
 * all are away is that said, once until one answers.  What no new try will
 * mend ends the program, although the client would go on for ever.
 */
static void
on_error(rd_kafka_t *rk, int code, const char *why, void *arg)
{
	rd_kafka_resp_err_t e = (rd_kafka_resp_err_t)code;
	struct kafka *k = arg;
	char text[512];

	if (k->ended)
		return;
	if (e == RD_KAFKA_RESP_ERR__FATAL) {
		e = rd_kafka_fatal_error(rk, text, sizeof text);
		if (k->fatal != NULL)
			k->fatal(k->arg, e, text);
		errx(kafka_status(e), "kafka: %s", text);
	}
	if (e == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
		if (k->down)
			return;
		k->down = true;
		if (k->since == 0)
			k->since = clock_ms();
		if (!k->second)
			warnx("kafka: no broker can be reached: %s; "
			    "trying again", k->why[0] != '\0' ? k->why : why);
		return;
	}
	if (kafka_status(e) == EXIT_BAD)
		errx(EXIT_BAD, "kafka: %s", why);
	snprintf(k->why, sizeof k->why, "%s", why);
}

static void
kafka_set(struct kafka *k, const char *name, const char *value)
{
	char why[512];

	if (rd_kafka_conf_set(k->conf, name, value, why, sizeof why) !=
	    RD_KAFKA_CONF_OK)
		errx(EXIT_USAGE, "%s=%s: %s", name, value, why);
}

void
kafka_init(struct kafka *k, const struct kafka_prop *usual,
    const struct kafka_prop *fixed)
{
	const struct kafka_prop *p;

	*k = (struct kafka){ .conf = rd_kafka_conf_new(), .fixed = fixed };
	for (p = usual; p != NULL && p->name != NULL; p++)
		kafka_set(k, p->name, p->value);
	for (p = fixed; p != NULL && p->name != NULL; p++)
		kafka_set(k, p->name, p->value);
}

/* The text without blanks around it; cuts them off. */
static char *
trim(char *s)
{
	char *end;

	while (isspace((unsigned char)*s))
		s++;
	end = s + strlen(s);
	while (end > s && isspace((unsigned char)end[-1]))
		*--end = '\0';
	return s;
}

/* A line prop=value; place is for messages: "-X" or file and line. */
static void
kafka_prop(struct kafka *k, char *s, const char *place)
{
	const struct kafka_prop *p;
	char *name, *value, why[512];
	const char *bad;
	rd_kafka_conf_res_t res;
	int n;

	if ((value = strchr(s, '=')) == NULL)
		errx(EXIT_USAGE, "%s: not prop=value: %s", place, s);
	*value++ = '\0';
	name = trim(s);
	value = trim(value);
	for (p = k->fixed; p != NULL && p->name != NULL; p++)
		if (strcmp(p->name, name) == 0)
			errx(EXIT_USAGE, "%s: %s is always %s", place, name,
			    p->value);
	if ((n = regconf_set(&k->registry, name, value, &bad)) < 0)
		errx(EXIT_USAGE, "%s: %s: %s", place, name, bad);
	if (n > 0)
		return;
	res = rd_kafka_conf_set(k->conf, name, value, why, sizeof why);
	if (res == RD_KAFKA_CONF_UNKNOWN)
		errx(EXIT_USAGE, "%s: no such property: %s", place, name);
	if (res != RD_KAFKA_CONF_OK)
		errx(EXIT_USAGE, "%s: %s: %s", place, name, why);
}

static void
kafka_file(struct kafka *k, const char *path)
{
	char *line = NULL, *s, place[512];
	size_t cap = 0, n = 0;
	FILE *f;

	if ((f = fopen(path, "r")) == NULL)
		err(EXIT_BAD, "%s", path);
	while (getline(&line, &cap, f) != -1) {
		n++;
		s = trim(line);
		if (*s == '\0' || *s == '#')
			continue;
		snprintf(place, sizeof place, "%s: line %zu", path, n);
		kafka_prop(k, s, place);
	}
	if (ferror(f))
		err(EXIT_BAD, "%s", path);
	fclose(f);
	free(line);
}

int
kafka_opt(struct kafka *k, int ch, const char *arg)
{
	char *s;

	if (ch == 'b') {
		k->brokers = arg;
		return 0;
	}
	if (ch != 'X')
		return -1;
	if (*arg == '@') {
		kafka_file(k, arg + 1);
		return 0;
	}
	if ((s = strdup(arg)) == NULL)
		err(EXIT_TEMP, NULL);
	kafka_prop(k, s, "-X");
	free(s);
	return 0;
}

/* Whether it is as librdkafka has it by itself. */
static bool
kafka_untouched(const struct kafka *k, const char *name)
{
	struct kafka own = { .conf = rd_kafka_conf_new() };
	char given[1024];
	bool same;

	snprintf(given, sizeof given, "%s", kafka_get(k, name));
	same = strcmp(given, kafka_get(&own, name)) == 0;
	rd_kafka_conf_destroy(own.conf);
	return same;
}

void
kafka_again(struct kafka *k, struct kafka *first,
    const struct kafka_prop *usual, const struct kafka_prop *fixed)
{
	const struct kafka_prop *p;

	*k = (struct kafka){ .conf = rd_kafka_conf_dup(first->conf),
	    .brokers = first->brokers, .second = true };
	first->shared = true;
	for (p = usual; p != NULL && p->name != NULL; p++)
		if (kafka_untouched(first, p->name))
			kafka_set(k, p->name, p->value);
	for (p = fixed; p != NULL && p->name != NULL; p++)
		kafka_set(k, p->name, p->value);
}

const char *
kafka_get(const struct kafka *k, const char *name)
{
	static char value[1024];
	size_t n = sizeof value;

	if (rd_kafka_conf_get(k->conf, name, value, &n) != RD_KAFKA_CONF_OK)
		return "";
	return value;
}

rd_kafka_t *
kafka_open(struct kafka *k, rd_kafka_type_t type)
{
	const char *env = getenv("WEIR_BROKERS");
	rd_kafka_t *rk;
	char why[512];

	if (k->brokers != NULL)
		kafka_set(k, "bootstrap.servers", k->brokers);
	else if (*kafka_get(k, "bootstrap.servers") != '\0')
		;		/* by -X */
	else if (env != NULL && *env != '\0')
		kafka_set(k, "bootstrap.servers", env);
	else
		errx(EXIT_USAGE,
		    "no brokers: give -b host:port or set WEIR_BROKERS");
	rd_kafka_conf_set_opaque(k->conf, k);
	rd_kafka_conf_set_log_cb(k->conf, on_log);
	rd_kafka_conf_set_error_cb(k->conf, on_error);
	if ((rk = rd_kafka_new(type, k->conf, why, sizeof why)) == NULL)
		errx(EXIT_BAD, "kafka: %s", why);
	k->conf = NULL;
	return rk;
}

/* What the same call at another time would be told again. */
int
kafka_status(rd_kafka_resp_err_t e)
{
	switch (e) {
	case RD_KAFKA_RESP_ERR__AUTHENTICATION:
	case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
	case RD_KAFKA_RESP_ERR__BAD_COMPRESSION:
	case RD_KAFKA_RESP_ERR__BAD_MSG:
	case RD_KAFKA_RESP_ERR__INVALID_ARG:
	case RD_KAFKA_RESP_ERR__NOT_IMPLEMENTED:
	case RD_KAFKA_RESP_ERR__SSL:
	case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
	case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
	case RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE:
	case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
	case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
	case RD_KAFKA_RESP_ERR_ILLEGAL_SASL_STATE:
	case RD_KAFKA_RESP_ERR_INVALID_CONFIG:
	case RD_KAFKA_RESP_ERR_INVALID_GROUP_ID:
	case RD_KAFKA_RESP_ERR_INVALID_MSG_SIZE:
	case RD_KAFKA_RESP_ERR_INVALID_RECORD:
	case RD_KAFKA_RESP_ERR_INVALID_REQUIRED_ACKS:
	case RD_KAFKA_RESP_ERR_INVALID_TIMESTAMP:
	case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
	case RD_KAFKA_RESP_ERR_OFFSET_METADATA_TOO_LARGE:
	case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
	case RD_KAFKA_RESP_ERR_POLICY_VIOLATION:
	case RD_KAFKA_RESP_ERR_RECORD_LIST_TOO_LARGE:
	case RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED:
	case RD_KAFKA_RESP_ERR_SECURITY_DISABLED:
	case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
	case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
	case RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
	case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
	case RD_KAFKA_RESP_ERR_UNSUPPORTED_COMPRESSION_TYPE:
	case RD_KAFKA_RESP_ERR_UNSUPPORTED_FOR_MESSAGE_FORMAT:
	case RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM:
	case RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION:
		return EXIT_BAD;
	default:
		return EXIT_TEMP;
	}
}

void
kafka_die(rd_kafka_resp_err_t e, const char *fmt, ...)
{
	char what[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	errx(kafka_status(e), "%s: %s", what, rd_kafka_err2str(e));
}

void
kafka_up(struct kafka *k)
{
	if (k->down && !k->second)
		warnx("kafka: a broker has answered again");
	k->down = false;
	k->since = 0;
	k->why[0] = '\0';
}

int64_t
kafka_gone(const struct kafka *k)
{
	return k->since == 0 ? 0 : clock_ms() - k->since;
}

/* What is wrong with the topics, if anything. */
static rd_kafka_resp_err_t
metadata_error(const struct rd_kafka_metadata *md, const char **topic)
{
	int i, p;

	for (i = 0; i < md->topic_cnt; i++) {
		const struct rd_kafka_metadata_topic *t = &md->topics[i];

		*topic = t->topic;
		if (t->err != RD_KAFKA_RESP_ERR_NO_ERROR)
			return t->err;
		for (p = 0; p < t->partition_cnt; p++)
			if (t->partitions[p].leader == -1)
				return RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE;
	}
	return RD_KAFKA_RESP_ERR_NO_ERROR;
}

const struct rd_kafka_metadata *
kafka_metadata(struct kafka *k, rd_kafka_t *rk, rd_kafka_topic_t *rkt,
    int64_t wait)
{
	const struct timespec pause = { .tv_nsec = 50 * 1000 * 1000 };
	const struct rd_kafka_metadata *md;
	int64_t start = clock_ms(), now;
	const char *topic = "";
	rd_kafka_resp_err_t e;

	for (;;) {
		e = rd_kafka_metadata(rk, rkt == NULL, rkt, &md, TRY);
		rd_kafka_poll(rk, 0);		/* on_error */
		now = clock_ms();
		if (e != RD_KAFKA_RESP_ERR_NO_ERROR) {
			if (kafka_status(e) == EXIT_BAD)
				kafka_die(e, "kafka");
			if (now - start >= KAFKA_PATIENCE)
				errx(EXIT_TEMP, "kafka: no broker for %d s: %s",
				    KAFKA_PATIENCE / 1000,
				    k->why[0] != '\0' ? k->why :
				    rd_kafka_err2str(e));
		} else {
			kafka_up(k);
			e = metadata_error(md, &topic);
			if (e == RD_KAFKA_RESP_ERR_NO_ERROR || rkt == NULL)
				return md;
			if (now - start >= (kafka_status(e) == EXIT_BAD ?
			    wait : KAFKA_PATIENCE))
				kafka_die(e, "topic %s", topic);
			rd_kafka_metadata_destroy(md);
		}
		nanosleep(&pause, NULL);
	}
}
