/* kcat-in - a stream out of Kafka topics */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "assign.h"
#include "deadtopic.h"
#include "die.h"
#include "epoch.h"
#include "kafka.h"
#include "msgdec.h"
#include "regclient.h"
#include "rundir.h"
#include "src.h"

#define BATCH 1024		/* records between two looks at the clock */
#define WAIT 1000		/* ms, the longest sleep: error messages are looked for */

/* Where it was at a barrier, until that epoch is known to be committed. */
struct was {
	int64_t seq;
	int64_t *next;		/* of each place */
};

struct kcat {
	struct src src;
	struct was *was;
	size_t nwas;
	struct kafka kafka;
	struct assign assign;
	const char *topics, *group;
	rd_kafka_t *rk;
	size_t left;		/* places that are not finished */
	struct msgdec msg;
	struct deadtopic *dead;	/* -D kafka:TOPIC, else NULL */
	unsigned n;
};

static void kcat_fits(void *, struct snap *);
static void kcat_save(void *, struct snap *);
static void kcat_load(void *, const struct rec *);

static const struct op kcat_op = {
	.name = "kcat-in",
	.usage = "[-ehVv] [-A drift] [-B barrier] [-b brokers] [-c count] "
	    "[-D file]\n               [-f fields] [-G group] [-i idle] "
	    "[-o from] [-p partitions] [-S dir]\n               [-s format] "
	    "[-T time] [-w delay[,step]] [-X prop=value | -X @file]\n"
	    "               ... -t topic[,topic ...]",
	.fits = kcat_fits,
	.save = kcat_save,
	.load = kcat_load,
};

/* Bulk reading wants much at hand; memory is bounded by the kbytes. */
static const struct kafka_prop usual[] = {
	{ "client.id", "kcat-in" },
	{ "fetch.wait.max.ms", "100" },
	{ "queued.max.messages.kbytes", "65536" },
	{ "queued.min.messages", "1000000" },
	{ "reconnect.backoff.max.ms", "1000" },
	{ NULL, NULL }
};

static const struct kafka_prop fixed[] = {
	{ "auto.offset.reset", "error" },
	{ "enable.auto.commit", "false" },
	{ "enable.auto.offset.store", "false" },
	{ "enable.partition.eof", "true" },
	{ "isolation.level", "read_committed" },
	{ NULL, NULL }
};

static volatile sig_atomic_t stopped;
static int wake[2];		/* a pipe: messages have come, or a signal */

static void
on_signal(int sig)
{
	int e = errno;

	(void)sig;
	stopped = 1;
	(void)!write(wake[1], "", 1);	/* full: then it wakes anyhow */
	errno = e;
}

/* k: as dec_payload. */
static void
kcat_bad(struct kcat *c, const rd_kafka_message_t *m, int k, const char *why)
{
	struct origin from = { rd_kafka_topic_name(m->rkt), m->partition,
	    m->offset };
	struct letter letter;
	char place[512];

	if (k < -1) {
		origin_show(&from, place, sizeof place);
		errx(k == DEC_TEMP ? EXIT_TEMP : EXIT_BAD, "%s: %s", place,
		    why);
	}
	letter = msgdec_letter(&c->msg, m, &from);
	src_bad(&c->src, &letter, why);
}

static void
kcat_record(struct kcat *c, size_t part, const rd_kafka_message_t *m)
{
	rd_kafka_timestamp_type_t type;
	int64_t ms = rd_kafka_message_timestamp(m, &type);
	const char *why;
	int k;

	k = msgdec_rec(&c->msg, &c->src, m, &why);
	if (k == 0 && type == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE &&
	    c->src.etime.name == NULL && !c->src.etime.now) {
		why = "the message has no timestamp";
		k = -1;
	}
	if (k == 0)
		k = src_rec(&c->src, part, ms, &why);
	if (k != 0)
		kcat_bad(c, m, k, why);
}

static void
kcat_finish(struct kcat *c, size_t part)
{
	struct place *p = &c->assign.place[part];

	if (p->next < p->end || p->done)
		return;
	p->done = true;
	src_done(&c->src, part);
	if (--c->left == 0)
		rd_kafka_yield(c->rk);
}

static void
on_message(rd_kafka_message_t *m, void *arg)
{
	struct kcat *c = arg;
	struct place *p;
	size_t part;

	if (m->err != RD_KAFKA_RESP_ERR_NO_ERROR &&
	    m->err != RD_KAFKA_RESP_ERR__PARTITION_EOF) {
		/* what is temporary the client tries again by itself */
		if (kafka_status(m->err) == EXIT_BAD)
			errx(EXIT_BAD, "topic %s partition %d: %s",
			    m->rkt != NULL ? rd_kafka_topic_name(m->rkt) : "?",
			    (int)m->partition, rd_kafka_message_errstr(m));
		return;
	}
	part = assign_find(m);
	p = &c->assign.place[part];
	if (p->done || src_full(&c->src))
		return;
	kafka_up(&c->kafka);
	if (m->err == RD_KAFKA_RESP_ERR_NO_ERROR && m->offset < p->end) {
		/* first: the record may be the last one before a barrier */
		p->next = m->offset + 1;
		kcat_record(c, part, m);
	} else {
		/* the rest were aborted or compacted away */
		p->next = m->offset < p->end ? m->offset : p->end;
		src_empty(&c->src, part);
	}
	kcat_finish(c, part);
	if (stopped || src_full(&c->src) || src_waits(&c->src, part) ||
	    ++c->n % BATCH == 0)
		rd_kafka_yield(c->rk);
}

static int
kcat_opt(struct kcat *c, int ch)
{
	switch (ch) {
	case 'e': c->assign.bounded = true; return 0;
	case 'G': c->group = optarg; return 0;
	case 'o': assign_from(&c->assign, optarg); return 0;
	case 'p': assign_parts(&c->assign, optarg); return 0;
	case 't': c->topics = optarg; return 0;
	default:
		return src_opt(&c->src, ch, optarg) == 0 ? 0 :
		    kafka_opt(&c->kafka, ch, optarg);
	}
}

static void
kcat_options(struct kcat *c, int argc, char **argv)
{
	bool from = false;
	int ch;

	kafka_init(&c->kafka, usual, fixed);
	while ((ch = opt_next(&kcat_op, argc, argv,
	    SRC_OPTS KAFKA_OPTS "A:eG:o:p:t:")) != -1) {
		if (kcat_opt(c, ch) == -1)
			opt_usage(&kcat_op);
		from |= ch == 'o';
	}
	if (optind != argc) {
		warnx("not an option: %s", argv[optind]);
		opt_usage(&kcat_op);
	}
	if (c->topics == NULL) {
		warnx("-t is needed: the topic");
		opt_usage(&kcat_op);
	}
	if (c->group == NULL && c->assign.from == FROM_STORED) {
		warnx("-o stored: -G is needed: the group");
		opt_usage(&kcat_op);
	}
	if (c->group != NULL && !from)
		assign_from(&c->assign, "stored");
	if (c->group != NULL && (*c->group == '\0' ||
	    rd_kafka_conf_set(c->kafka.conf, "group.id", c->group, NULL, 0) !=
	    RD_KAFKA_CONF_OK))
		errx(EXIT_USAGE, "-G: not a group: \"%s\"", c->group);
}

/* Where -D says; a topic needs the settings that the consumer takes over. */
static void
kcat_letters(struct kcat *c)
{
	size_t n = strlen(DEADTOPIC);

	if (c->src.dead == NULL || strncmp(c->src.dead, DEADTOPIC, n) != 0)
		return;
	c->dead = deadtopic_new(&c->kafka, c->src.dead + n);
	c->src.way = &deadtopic_way;
	c->src.wayarg = c->dead;
}

/* What is bad would be bad again, for ever. */
static void
kcat_dead(struct kcat *c)
{
	const char *name = deadtopic_name(c->dead);
	size_t i;

	for (i = 0; i < c->assign.n; i++)
		if (strcmp(c->assign.place[i].topic, name) == 0)
			errx(EXIT_USAGE, "-D: topic %s is being read", name);
	deadtopic_open(c->dead);
}

/* A pipe that never blocks, so that a callback may write to it. */
static void
wake_open(void)
{
	struct sigaction sa = { .sa_handler = on_signal,
	    .sa_flags = (int)SA_RESETHAND };	/* the second one kills */
	int i;

	if (pipe(wake) == -1)
		err(EXIT_TEMP, "pipe");
	for (i = 0; i < 2; i++)
		if (fcntl(wake[i], F_SETFL, O_NONBLOCK) == -1 ||
		    fcntl(wake[i], F_SETFD, FD_CLOEXEC) == -1)
			err(EXIT_TEMP, "pipe");
	sigemptyset(&sa.sa_mask);
	if (sigaction(SIGINT, &sa, NULL) == -1 ||
	    sigaction(SIGTERM, &sa, NULL) == -1)
		err(EXIT_TEMP, "sigaction");
	rundir_ready();
}

static bool
kcat_over(const struct kcat *c)
{
	return stopped || src_full(&c->src) || c->left == 0;
}

/* What has come; whether there was anything. */
static bool
kcat_look(struct kcat *c)
{
	bool any = false;
	size_t i;

	for (i = 0; i < c->assign.nqueue && !kcat_over(c); i++)
		if (!src_waits(&c->src, i))
			any |= rd_kafka_consume_callback_queue(
			    c->assign.queue[i], 0, on_message, c) > 0;
	rd_kafka_poll(c->rk, 0);
	return any;
}

static void
kcat_run(struct kcat *c)
{
	struct pollfd p = { .fd = wake[0], .events = POLLIN };
	char drain[64];
	bool any;
	int wait;

	src_align(&c->src);
	for (;;) {
		any = kcat_look(c);
		if (kcat_over(c))
			return;
		wait = src_tick(&c->src);
		any |= src_align(&c->src);
		chain_pause(c->src.next, !any);
		if (any)
			continue;
		if (c->assign.bounded &&
		    kafka_gone(&c->kafka) >= KAFKA_PATIENCE)
			errx(EXIT_TEMP, "kafka: no broker for %d s",
			    KAFKA_PATIENCE / 1000);
		poll(&p, 1, wait < 0 || wait > WAIT ? WAIT : wait);
		while (read(wake[0], drain, sizeof drain) > 0)
			;
	}
}

static void
kcat_fits(void *st, struct snap *s)
{
	const struct kcat *c = st;

	src_fits(&c->src, s);
	snap_fit(s, "-t", c->topics);
}

/* The group learns of positions only when what came before them is committed. */
static void
was_tell(struct kcat *c)
{
	int64_t seq;
	size_t i;

	if (c->src.committed == NULL ||
	    epoch_seq(c->src.committed, &seq) == NULL)
		return;
	for (i = 0; i < c->nwas && c->was[i].seq <= seq; i++) {
		if (c->was[i].seq == seq)
			assign_tell(&c->assign, c->rk, c->was[i].next);
		free(c->was[i].next);
	}
	if (i == 0)
		return;
	c->nwas -= i;
	memmove(c->was, c->was + i, c->nwas * sizeof *c->was);
}

/* At the start: of a run that is over soon no barrier says what was committed. */
static void
kcat_tell(struct kcat *c)
{
	size_t i;

	if (c->group == NULL || !rundir_is())
		return;
	for (i = 0; i < c->assign.n; i++)
		if (c->assign.place[i].kept) {
			assign_tell(&c->assign, c->rk, NULL);
			return;
		}
}

static void
was_add(struct kcat *c)
{
	struct was *w;
	size_t i;

	c->was = mem_grow(c->was, c->nwas + 1, sizeof *c->was);
	w = &c->was[c->nwas++];
	w->seq = c->src.seq;
	w->next = mem_grow(NULL, c->assign.n, sizeof *w->next);
	for (i = 0; i < c->assign.n; i++)
		w->next[i] = c->assign.place[i].next;
}

static void
kcat_save(void *st, struct snap *s)
{
	struct kcat *c = st;
	size_t i;

	src_save(&c->src, s);
	for (i = 0; i < c->assign.n; i++) {
		assign_save(&c->assign, i, s);
		src_saveport(&c->src, i, s);
	}
	if (c->group == NULL || !rundir_is())
		return;
	was_tell(c);
	was_add(c);
}

static void
kcat_load(void *st, const struct rec *r)
{
	struct kcat *c = st;

	if (r == NULL || src_load(&c->src, r))
		return;
	if (!snap_is(r, "place", ASSIGN_FIELDS + 2))
		snap_bad(r);
	src_loadport(&c->src, assign_load(&c->assign, r), r, ASSIGN_FIELDS + 1);
}

int
main(int argc, char *argv[])
{
	struct kcat c = { .src = SRC_INIT("line") };
	size_t i;

	kcat_options(&c, argc, argv);
	/* to what is there now */
	c.assign.bounded |= getenv("WEIR_ONCE") != NULL;
	kcat_letters(&c);
	c.src.registry = regclient_new(&c.kafka.registry);
	c.src.topics = c.topics;
	c.rk = kafka_open(&c.kafka, RD_KAFKA_CONSUMER);
	assign_make(&c.assign, &c.kafka, c.rk, c.topics);
	if (c.dead != NULL)
		kcat_dead(&c);
	src_open(&c.src, chain_open(NULL, NULL, NULL, 0), &kcat_op, &c,
	    c.assign.n, !c.assign.bounded, true);
	assign_set(&c.assign, c.rk);
	kcat_tell(&c);
	src_start(&c.src);
	wake_open();
	c.left = c.assign.n;
	for (i = 0; i < c.assign.n; i++)
		kcat_finish(&c, i);
	if (!c.src.ended) {
		assign_start(&c.assign, c.rk, wake[1], c.src.drift >= 0);
		kcat_run(&c);
	}
	if (stopped)
		src_stop(&c.src);
	else
		src_end(&c.src);
	/* with state it is the sink that says how far things are */
	if (c.group != NULL && chain_keeps(c.src.next) == NULL)
		assign_commit(&c.assign, c.rk);
	assign_told(&c.assign);
	regclient_free(c.src.registry);
	return 0;
}
