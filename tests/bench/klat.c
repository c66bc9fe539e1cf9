/*
 * klat - how long a message is under way from one topic to another
 *
 * klat [-n seconds] [-r rate] [-w warm] BROKERS IN OUT	sends user7,MICROSECONDS to IN
 *	at that rate, and takes from OUT, where a program that runs meanwhile
 *	puts it, what has these microseconds in it.  Prints p50, p99 and the
 *	longest time, in ms.  It starts when messages have come through for
 *	warm seconds at that rate, and all of them have come.
 * klat -1 BROKERS OUT COMMAND	milliseconds from starting sh -c COMMAND to the
 *	first message in OUT, which is empty
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <sys/types.h>
#include <sys/wait.h>
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <librdkafka/rdkafka.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE	90000000	/* us for a first message */
#define HELD		100		/* messages; kcat -P waits for 1 KiB */

struct run {
	rd_kafka_t	*to;
	rd_kafka_topic_t *in;
	int64_t		*took;		/* us */
	long		 want, got;
	long		 rate, warm;
	atomic_long	 early;		/* messages sent to wake it, and come back */
	atomic_llong	 begin;		/* us, 0: not yet */
};

static int64_t
now(void)		/* us */
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static long
positive(const char *s)
{
	char *end;
	long v = strtol(s, &end, 10);

	if (*s == '\0' || *end != '\0' || v <= 0)
		errx(2, "%s: not a number", s);
	return v;
}

static rd_kafka_t *
client(rd_kafka_type_t type, const char *brokers, const char *name,
    const char *value)
{
	rd_kafka_conf_t *conf = rd_kafka_conf_new();
	char why[256];
	rd_kafka_t *rk;

	if (rd_kafka_conf_set(conf, "bootstrap.servers", brokers, why,
	    sizeof(why)) != 0 ||
	    rd_kafka_conf_set(conf, name, value, why, sizeof(why)) != 0 ||
	    (rk = rd_kafka_new(type, conf, why, sizeof(why))) == NULL)
		errx(1, "%s", why);
	return rk;
}

static void
send_one(struct run *r)
{
	char text[64];
	int n = snprintf(text, sizeof(text), "user7,%" PRId64, now());

	while (rd_kafka_produce(r->in, RD_KAFKA_PARTITION_UA,
	    RD_KAFKA_MSG_F_COPY, text, (size_t)n, NULL, 0, NULL) != 0) {
		if (errno != ENOBUFS)
			err(1, "produce");
		rd_kafka_poll(r->to, 10);
	}
	rd_kafka_poll(r->to, 0);
}

static void
pause_until(int64_t at)
{
	struct timespec t = { at / 1000000, at % 1000000 * 1000 };

	if (at > now())
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
}

static void
send_at_rate(struct run *r, int64_t start, long count)
{
	long i;

	for (i = 0; i < count; i++) {
		pause_until(start + i * 1000000 / r->rate);
		send_one(r);
	}
}

/* What has come back is that many, but for those that kcat -P holds back. */
static void
wait_for(struct run *r, long count)
{
	int64_t start = now();

	while (atomic_load(&r->early) < count - HELD) {
		if (now() - start > PATIENCE)
			errx(1, "%ld of %ld messages came",
			    atomic_load(&r->early), count);
		usleep(20000);
	}
}

/* A message each 20 ms until one comes back, then at the rate. */
static void *
sender(void *to)
{
	struct run *r = to;
	int64_t start = now();
	long sent;

	for (sent = 0; atomic_load(&r->early) == 0; sent++) {
		if (now() - start > PATIENCE)
			errx(1, "nothing came through");
		send_one(r);
		usleep(20000);
	}
	send_at_rate(r, now(), r->warm);
	/* of the first ones, those sent before it read are not its own */
	wait_for(r, r->warm);
	usleep(500000);
	start = now();
	atomic_store(&r->begin, start);
	send_at_rate(r, start, r->want);
	/* what pushes the last ones out of kcat -P */
	for (sent = 0; sent < 2 * HELD; sent++) {
		usleep(10000);
		send_one(r);
	}
	rd_kafka_flush(r->to, 10000);
	return NULL;
}

static void
arrived(rd_kafka_message_t *m, void *to)
{
	struct run *r = to;
	const char *s = m->payload, *end = s + m->len;
	int64_t t = now(), sent = 0;	/* the number behind ':' or ',' */

	if (m->err)
		errx(1, "%s", rd_kafka_message_errstr(m));
	while (s < end)
		if (*s == ':' || *s == ',')
			for (sent = 0, s++; s < end && *s >= '0' && *s <= '9'; s++)
				sent = sent * 10 + *s - '0';
		else
			s++;
	if (atomic_load(&r->begin) == 0 || sent < atomic_load(&r->begin))
		atomic_fetch_add(&r->early, 1);
	else if (r->got < r->want)
		r->took[r->got++] = t - sent;
}

static int
ascending(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static rd_kafka_topic_t *
follow(rd_kafka_t *rk, const char *name)
{
	rd_kafka_topic_t *t = rd_kafka_topic_new(rk, name, NULL);

	if (t == NULL || rd_kafka_consume_start(t, 0, RD_KAFKA_OFFSET_END) != 0)
		errx(1, "%s: %s", name, rd_kafka_err2str(rd_kafka_last_error()));
	return t;
}

static void
under_way(const char *brokers, const char *in, const char *out, long rate,
    long seconds, long warm)
{
	rd_kafka_t *from = client(RD_KAFKA_CONSUMER, brokers,
	    "fetch.wait.max.ms", "100");
	rd_kafka_topic_t *topic = follow(from, out);
	struct run r = { .rate = rate, .want = rate * seconds,
	    .warm = rate * warm };
	int64_t last = now();
	pthread_t thread;
	long before;

	if ((r.took = calloc((size_t)r.want, sizeof(*r.took))) == NULL)
		err(1, "calloc");
	r.to = client(RD_KAFKA_PRODUCER, brokers, "linger.ms", "0");
	if ((r.in = rd_kafka_topic_new(r.to, in, NULL)) == NULL)
		errx(1, "%s", in);
	if ((errno = pthread_create(&thread, NULL, sender, &r)) != 0)
		err(1, "pthread_create");
	while (r.got < r.want) {
		before = r.got;
		rd_kafka_consume_callback(topic, 0, 100, arrived, &r);
		if (r.got > before || atomic_load(&r.begin) == 0)
			last = now();
		else if (now() - last > PATIENCE)
			errx(1, "%ld of %ld messages came", r.got, r.want);
	}
	if ((errno = pthread_join(thread, NULL)) != 0)
		err(1, "pthread_join");
	qsort(r.took, (size_t)r.want, sizeof(*r.took), ascending);
	printf("%.2f %.2f %.2f\n", (double)r.took[r.want / 2] / 1e3,
	    (double)r.took[r.want * 99 / 100] / 1e3,
	    (double)r.took[r.want - 1] / 1e3);
}

static void
cold(const char *brokers, const char *out, const char *command)
{
	rd_kafka_t *from = client(RD_KAFKA_CONSUMER, brokers,
	    "fetch.wait.max.ms", "100");
	rd_kafka_topic_t *topic = follow(from, out);
	struct run r = { .want = 0 };
	int64_t start;
	int status;
	pid_t pid;

	/* It is connected, and the topic is empty. */
	while (rd_kafka_consume_callback(topic, 0, 1000, arrived, &r) > 0)
		continue;
	atomic_store(&r.early, 0);
	start = now();
	if ((pid = fork()) < 0)
		err(1, "fork");
	if (pid == 0) {
		setpgid(0, 0);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		err(127, "/bin/sh");
	}
	while (atomic_load(&r.early) == 0) {
		if (now() - start > PATIENCE)
			break;
		rd_kafka_consume_callback(topic, 0, 100, arrived, &r);
	}
	start = now() - start;
	kill(-pid, SIGTERM);
	if (waitpid(pid, &status, 0) < 0)
		err(1, "waitpid");
	if (atomic_load(&r.early) == 0)
		errx(1, "nothing came");
	printf("%.1f\n", (double)start / 1e3);
}

int
main(int argc, char **argv)
{
	long rate = 1000, seconds = 5, warm = 5;
	bool one = false;
	int c;

	while ((c = getopt(argc, argv, "+1n:r:w:")) != -1)
		switch (c) {
		case '1': one = true; break;
		case 'n': seconds = positive(optarg); break;
		case 'r': rate = positive(optarg); break;
		case 'w': warm = positive(optarg); break;
		default: return 2;
		}
	if (argc - optind != 3)
		errx(2, "usage: klat [-n seconds] [-r rate] [-w warm] "
		    "brokers in out | klat -1 brokers out command");
	argv += optind;
	if (one)
		cold(argv[0], argv[1], argv[2]);
	else
		under_way(argv[0], argv[1], argv[2], rate, seconds, warm);
	return fflush(stdout) != 0;
}
