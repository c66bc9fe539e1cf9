#include <err.h>
#include <inttypes.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "assign.h"
#include "buf.h"
#include "clock.h"
#include "die.h"
#include "num.h"

#define TRY 5000		/* ms, one request */

struct topic {
	char *name;
	rd_kafka_topic_t *rkt;	/* its opaque is this struct */
	int32_t npart;
	size_t *index;		/* of each partition's place; SIZE_MAX: not read */
};

void
assign_from(struct assign *a, const char *s)
{
	bool ok = true;

	if (strcmp(s, "beginning") == 0) {
		a->from = FROM_BEGINNING;
	} else if (strcmp(s, "end") == 0) {
		a->from = FROM_END;
	} else if (strcmp(s, "stored") == 0) {
		a->from = FROM_STORED;
	} else if (strncmp(s, "s@", 2) == 0) {
		a->from = FROM_TIME;
		ok = num_int(s + 2, strlen(s + 2), &a->arg) == 0 && a->arg >= 0;
	} else if (*s == '-') {
		a->from = FROM_TAIL;
		ok = num_int(s + 1, strlen(s + 1), &a->arg) == 0 && a->arg >= 0;
	} else {
		a->from = FROM_OFFSET;
		ok = num_int(s, strlen(s), &a->arg) == 0 && a->arg >= 0;
	}
	if (!ok)
		errx(EXIT_USAGE, "-o: not beginning, end, stored, an offset, "
		    "-N or s@ms: %s", s);
}

void
assign_parts(struct assign *a, const char *s)
{
	const char *p, *end;
	int64_t v;

	free(a->part);
	a->part = NULL;
	a->npart = 0;
	for (p = s;; p = end + 1) {
		end = p + strcspn(p, ",");
		if (num_int(p, (size_t)(end - p), &v) == -1 || v < 0 ||
		    v > INT32_MAX)
			errx(EXIT_USAGE, "-p: not numbers such as 0,2: %s", s);
		a->part = mem_grow(a->part, a->npart + 1, sizeof *a->part);
		a->part[a->npart++] = (int32_t)v;
		if (*end == '\0')
			return;
	}
}

static void
topic_add(struct assign *a, const char *name)
{
	size_t i;

	for (i = 0; i < a->ntopic; i++)
		if (strcmp(a->topic[i].name, name) == 0)
			return;		/* named twice: read once */
	a->topic = mem_grow(a->topic, a->ntopic + 1, sizeof *a->topic);
	a->topic[a->ntopic++] = (struct topic){
	    .name = mem_copy(name, strlen(name)) };
}

static int
topic_cmp(const void *a, const void *b)
{
	const struct topic *s = a, *t = b;

	return strcmp(s->name, t->name);
}

/* The topics that match, by name; those of Kafka itself do not count. */
static void
topics_match(struct assign *a, struct kafka *k, rd_kafka_t *rk, const char *re)
{
	const struct rd_kafka_metadata *md;
	size_t first = a->ntopic;
	char why[256];
	regex_t r;
	int e, i;

	if ((e = regcomp(&r, re, REG_EXTENDED | REG_NOSUB)) != 0) {
		regerror(e, &r, why, sizeof why);
		errx(EXIT_USAGE, "-t %s: %s", re, why);
	}
	md = kafka_metadata(k, rk, NULL, 0);
	for (i = 0; i < md->topic_cnt; i++) {
		const char *name = md->topics[i].topic;

		if (strncmp(name, "__", 2) != 0 &&
		    regexec(&r, name, 0, NULL, 0) == 0)
			topic_add(a, name);
	}
	rd_kafka_metadata_destroy(md);
	regfree(&r);
	if (a->ntopic == first)
		errx(EXIT_BAD, "no topic matches %s", re);
	qsort(a->topic + first, a->ntopic - first, sizeof *a->topic, topic_cmp);
}

static void
topics_find(struct assign *a, struct kafka *k, rd_kafka_t *rk, const char *list)
{
	const char *p, *end;
	char *name;

	for (p = list;; p = end + 1) {
		end = p + strcspn(p, ",");
		if (end == p)
			errx(EXIT_USAGE, "-t: an empty name: \"%s\"", list);
		name = mem_copy(p, (size_t)(end - p));
		if (*name == '^')
			topics_match(a, k, rk, name);
		else
			topic_add(a, name);
		free(name);
		if (*end == '\0')
			return;
	}
}

static void
place_add(struct assign *a, struct topic *t, int32_t p)
{
	if (t->index[p] != SIZE_MAX)
		return;		/* -p names it twice */
	if (a->nshare > 0 && p % a->nshare != a->share)
		return;
	t->index[p] = a->n;
	a->place = mem_grow(a->place, a->n + 1, sizeof *a->place);
	a->place[a->n++] = (struct place){ .topic = t->name,
	    .partition = p, .end = INT64_MAX };
}

/* The topic's partitions, those of -p. */
static void
topic_open(struct assign *a, struct topic *t, struct kafka *k, rd_kafka_t *rk)
{
	rd_kafka_topic_conf_t *conf = rd_kafka_default_topic_conf_dup(rk);
	const struct rd_kafka_metadata *md;
	size_t i;
	int32_t p;

	rd_kafka_topic_conf_set_opaque(conf, t);
	if ((t->rkt = rd_kafka_topic_new(rk, t->name, conf)) == NULL)
		kafka_die(rd_kafka_last_error(), "topic %s", t->name);
	/* one that has just been made may need a moment to show */
	md = kafka_metadata(k, rk, t->rkt, 1000);
	t->npart = md->topics[0].partition_cnt;
	rd_kafka_metadata_destroy(md);
	t->index = mem_grow(NULL, (size_t)t->npart, sizeof *t->index);
	for (p = 0; p < t->npart; p++)
		t->index[p] = SIZE_MAX;
	for (i = 0; i < a->npart; i++) {
		if (a->part[i] >= t->npart)
			errx(EXIT_BAD, "topic %s: no partition %" PRId32
			    ", there are %" PRId32, t->name, a->part[i],
			    t->npart);
		place_add(a, t, a->part[i]);
	}
	for (p = 0; a->part == NULL && p < t->npart; p++)
		place_add(a, t, p);
}

/* After a failed request: returns when it is worth another try. */
static void
again(rd_kafka_t *rk, rd_kafka_resp_err_t e, int *tries, const char *what)
{
	const struct timespec pause = { .tv_nsec = 100 * 1000 * 1000 };
	int most = e == RD_KAFKA_RESP_ERR__TIMED_OUT ?
	    KAFKA_PATIENCE / TRY : KAFKA_PATIENCE / 100;

	rd_kafka_poll(rk, 0);		/* what kafka.c says about it */
	if (kafka_status(e) == EXIT_BAD || ++*tries >= most)
		kafka_die(e, "%s", what);
	nanosleep(&pause, NULL);
}

/* The places as a list, with offset in each. */
static rd_kafka_topic_partition_list_t *
places_list(const struct assign *a, const int64_t *offset)
{
	rd_kafka_topic_partition_list_t *l;
	size_t i;

	l = rd_kafka_topic_partition_list_new((int)a->n);
	for (i = 0; i < a->n; i++)
		rd_kafka_topic_partition_list_add(l, a->place[i].topic,
		    a->place[i].partition)->offset =
		    offset != NULL ? *offset : a->place[i].next;
	return l;
}

/* Asks the group or the clock; an answer below 0 means that there is none. */
static void
places_ask(struct assign *a, rd_kafka_t *rk)
{
	rd_kafka_topic_partition_list_t *l = NULL;
	rd_kafka_resp_err_t e;
	int i, tries = 0;

	for (;;) {
		l = places_list(a, &a->arg);
		e = a->from == FROM_STORED ? rd_kafka_committed(rk, l, TRY) :
		    rd_kafka_offsets_for_times(rk, l, TRY);
		for (i = 0; e == RD_KAFKA_RESP_ERR_NO_ERROR && i < l->cnt; i++)
			e = l->elems[i].err;
		if (e == RD_KAFKA_RESP_ERR_NO_ERROR)
			break;
		rd_kafka_topic_partition_list_destroy(l);
		again(rk, e, &tries, a->from == FROM_STORED ?
		    "stored positions" : "offsets of a time");
	}
	for (i = 0; i < l->cnt; i++) {
		int64_t at = l->elems[i].offset;

		if (at < 0)
			at = a->from == FROM_STORED ?
			    a->place[i].lo : a->place[i].hi;
		if (!a->place[i].kept)
			a->place[i].next = at;
	}
	rd_kafka_topic_partition_list_destroy(l);
}

/* What each place holds, and if bounded where it ends. */
static void
places_look(struct assign *a, rd_kafka_t *rk)
{
	rd_kafka_resp_err_t e;
	struct place *p;
	int tries = 0;

	for (p = a->place; p < a->place + a->n; p++) {
		while ((e = rd_kafka_query_watermark_offsets(rk, p->topic,
		    p->partition, &p->lo, &p->hi, TRY)) !=
		    RD_KAFKA_RESP_ERR_NO_ERROR)
			again(rk, e, &tries, p->topic);
		if (a->bounded)
			p->end = p->hi;
	}
}

/* $WEIR_PART: "I/N", I from 1. */
static void
share_parse(struct assign *a)
{
	const char *part = getenv("WEIR_PART"), *slash;
	int64_t i, n;

	if (part == NULL || *part == '\0')
		return;
	slash = strchr(part, '/');
	if (slash == NULL || num_int(part, (size_t)(slash - part), &i) < 0 ||
	    num_int(slash + 1, strlen(slash + 1), &n) < 0 ||
	    i < 1 || i > n || n > INT32_MAX)
		errx(EXIT_USAGE, "WEIR_PART: not I/N with I from 1 to N: %s",
		    part);
	a->share = (int32_t)(i - 1);
	a->nshare = (int32_t)n;
}

void
assign_make(struct assign *a, struct kafka *k, rd_kafka_t *rk, const char *topics)
{
	size_t i;

	share_parse(a);
	topics_find(a, k, rk, topics);
	for (i = 0; i < a->ntopic; i++)
		topic_open(a, &a->topic[i], k, rk);
	if (a->n == 0)
		errx(EXIT_BAD, "part %" PRId32 " of %" PRId32 " has no "
		    "partition", a->share + 1, a->nshare);
	places_look(a, rk);
}

void
assign_save(const struct assign *a, size_t i, struct snap *s)
{
	const struct place *p = &a->place[i];

	snap_rec(s, "place");
	snap_text(s, p->topic, strlen(p->topic));
	snap_int(s, p->partition);
	snap_int(s, p->next);
}

size_t
assign_load(struct assign *a, const struct rec *r)
{
	struct field topic = snap_field(r, 1);
	int64_t part = snap_getint(r, 2);
	struct place *p;

	for (p = a->place; p < a->place + a->n; p++)
		if (p->partition == part && strlen(p->topic) == topic.n &&
		    memcmp(p->topic, topic.s, topic.n) == 0) {
			p->next = snap_getint(r, 3);
			p->kept = true;
			return (size_t)(p - a->place);
		}
	errx(EXIT_BAD, "%s: topic %s partition %" PRId64 " was being read, "
	    "and is not among what is to be read now", r->from->name,
	    show(topic.s, topic.n), part);
}

void
assign_set(struct assign *a, rd_kafka_t *rk)
{
	bool old = false, new = false;
	struct place *p, *end = a->place + a->n;

	for (p = a->place; p < end; p++) {
		old |= p->kept;
		new |= !p->kept;
	}
	if (new && !old && (a->from == FROM_STORED || a->from == FROM_TIME))
		places_ask(a, rk);
	for (p = a->place; p < end; p++) {
		if (p->kept)
			;
		else if (old || a->from == FROM_BEGINNING)
			p->next = p->lo;
		else if (a->from == FROM_END)
			p->next = p->hi;
		else if (a->from == FROM_OFFSET)
			p->next = a->arg;
		else if (a->from == FROM_TAIL)
			p->next = p->hi - p->lo < a->arg ? p->lo : p->hi - a->arg;
		/* going on elsewhere would lose records without a word */
		if (p->next < p->lo || p->next > p->hi)
			errx(EXIT_BAD, "topic %s partition %" PRId32
			    ": offset %" PRId64 " is not there: it holds %"
			    PRId64 " to %" PRId64, p->topic, p->partition,
			    p->next, p->lo, p->hi);
	}
}

void
assign_start(struct assign *a, rd_kafka_t *rk, int fd, bool apart)
{
	struct place *p;
	struct topic *t;
	int32_t n;
	size_t i;

	a->nqueue = apart ? a->n : 1;
	a->queue = mem_grow(NULL, a->nqueue, sizeof *a->queue);
	for (i = 0; i < a->nqueue; i++) {
		a->queue[i] = rd_kafka_queue_new(rk);
		rd_kafka_queue_io_event_enable(a->queue[i], fd, "", 1);
	}
	for (t = a->topic; t < a->topic + a->ntopic; t++)
		for (n = 0; n < t->npart; n++) {
			if (t->index[n] == SIZE_MAX)
				continue;
			i = t->index[n];
			p = &a->place[i];
			if (p->next < p->end && rd_kafka_consume_start_queue(
			    t->rkt, n, p->next, a->queue[apart ? i : 0]) == -1)
				kafka_die(rd_kafka_last_error(), "topic %s",
				    t->name);
		}
}

size_t
assign_find(const rd_kafka_message_t *m)
{
	const struct topic *t = rd_kafka_topic_opaque(m->rkt);

	return t->index[m->partition];
}

void
assign_commit(const struct assign *a, rd_kafka_t *rk)
{
	rd_kafka_topic_partition_list_t *l = places_list(a, NULL);
	rd_kafka_resp_err_t e;
	int tries = 0;

	while ((e = rd_kafka_commit(rk, l, 0)) != RD_KAFKA_RESP_ERR_NO_ERROR)
		again(rk, e, &tries, "cannot store the positions");
	rd_kafka_topic_partition_list_destroy(l);
}

static void
on_told(rd_kafka_t *rk, rd_kafka_resp_err_t e,
    rd_kafka_topic_partition_list_t *l, void *arg)
{
	struct assign *a = arg;

	(void)rk;
	(void)e;	/* the next one tells it again */
	(void)l;
	a->untold--;
}

void
assign_tell(struct assign *a, rd_kafka_t *rk, const int64_t *next)
{
	rd_kafka_topic_partition_list_t *l = places_list(a, NULL);
	size_t i;

	for (i = 0; next != NULL && i < a->n; i++)
		l->elems[i].offset = next[i];
	if (a->answers == NULL)
		a->answers = rd_kafka_queue_new(rk);
	while (rd_kafka_queue_poll_callback(a->answers, 0) > 0)
		;
	if (rd_kafka_commit_queue(rk, l, a->answers, on_told, a) ==
	    RD_KAFKA_RESP_ERR_NO_ERROR)
		a->untold++;
	rd_kafka_topic_partition_list_destroy(l);
}

void
assign_told(struct assign *a)
{
	int64_t until = clock_ms() + TRY, left;

	while (a->untold > 0 && (left = until - clock_ms()) > 0)
		rd_kafka_queue_poll_callback(a->answers, (int)left);
}
