/* kmock - an embedded Kafka broker, alone or around a command */
#include <sys/wait.h>
#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "num.h"
#include "version.h"

#define PARTITIONS_MAX 10000
#define TOPIC_MAX 249			/* Kafka's own limit */

static const char usage_text[] =
    "usage: kmock [-hV] [-t topic[:partitions]] ... [-- command [argument ...]]\n";

static void
usage(void)
{
	fputs(usage_text, stderr);
	exit(EXIT_USAGE);
}

static void
say(const char *s)
{
	if (fputs(s, stdout) == EOF || fflush(stdout) == EOF)
		err(EXIT_TEMP, "standard output");
}

static int
topic_valid(const char *s, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (!isalnum((unsigned char)s[i]) && strchr("._-", s[i]) == NULL)
			return 0;
	return n > 0 && n <= TOPIC_MAX && strcmp(s, ".") != 0 &&
	    strcmp(s, "..") != 0;
}

/* Makes the topic that arg names; changes arg. */
static void
topic_create(rd_kafka_mock_cluster_t *mc, char *arg)
{
	rd_kafka_resp_err_t e;
	int64_t n = 1;
	char *p;

	if ((p = strchr(arg, ':')) != NULL) {
		*p++ = '\0';
		if (!isdigit((unsigned char)*p) ||
		    num_int(p, strlen(p), &n) == -1 ||
		    n < 1 || n > PARTITIONS_MAX) {
			warnx("topic %s: partitions must be 1 to %d: %s", arg,
			    PARTITIONS_MAX, p);
			usage();
		}
	}
	if (!topic_valid(arg, strlen(arg))) {
		warnx("not a topic name: %s", arg);
		usage();
	}
	e = rd_kafka_mock_topic_create(mc, arg, (int)n, 1);
	if (e == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
		warnx("topic %s: named twice", arg);
		usage();
	}
	if (e != RD_KAFKA_RESP_ERR_NO_ERROR)
		errx(EXIT_BAD, "topic %s: %s", arg, rd_kafka_err2str(e));
}

static pid_t
command_start(char **argv, const sigset_t *mask)
{
	pid_t pid;
	int e;

	switch (pid = fork()) {
	case -1:
		err(EXIT_TEMP, "fork");
	case 0:
		sigprocmask(SIG_SETMASK, mask, NULL);
		execvp(argv[0], argv);
		e = errno;
		warn("%s", argv[0]);
		_exit(e == ENOENT ? 127 : 126);
	}
	return pid;
}

/* The status of pid, which hears the signals that somebody sends to us. */
static int
command_wait(pid_t pid, const sigset_t *set)
{
	siginfo_t si;
	int st;

	for (;;) {
		if (sigwaitinfo(set, &si) == -1)
			continue;	/* EINTR */
		if (si.si_signo != SIGCHLD) {
			/* what a terminal sends, the command has got too */
			if (si.si_code <= 0)
				kill(pid, si.si_signo);
			continue;
		}
		if (waitpid(pid, &st, WNOHANG) == pid)
			return WIFSIGNALED(st) ? 128 + WTERMSIG(st) :
			    WEXITSTATUS(st);
	}
}

int
main(int argc, char *argv[])
{
	char buf[512], **topics;
	rd_kafka_conf_t *conf;
	rd_kafka_mock_cluster_t *mc;
	rd_kafka_t *rk;
	sigset_t set, old;
	int ch, i, ntopic = 0, sig, status = 0;

	if ((topics = calloc((size_t)argc, sizeof *topics)) == NULL)
		err(EXIT_TEMP, NULL);
	/* +: the options of the command are its own, also with glibc */
	while ((ch = getopt(argc, argv, "+ht:V")) != -1)
		switch (ch) {
		case 'h':
			say(usage_text);
			return 0;
		case 't':
			topics[ntopic++] = optarg;
			break;
		case 'V':
			say("kmock " WEIR_VERSION "\n");
			return 0;
		default:
			usage();
		}
	if (optind < argc && strcmp(argv[optind - 1], "--") != 0) {
		warnx("a command comes after --: %s", argv[optind]);
		usage();
	}
	argv += optind;

	/* else a socket would become our standard output */
	if (*argv == NULL && fcntl(1, F_GETFD) == -1)
		err(EXIT_TEMP, "standard output");

	/* before there are threads, so that only sigwait() sees them */
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, &old);

	conf = rd_kafka_conf_new();
	rd_kafka_conf_set_log_cb(conf, NULL);
	rk = rd_kafka_new(RD_KAFKA_PRODUCER, conf, buf, sizeof buf);
	if (rk == NULL)
		errx(EXIT_BAD, "%s", buf);
	if ((mc = rd_kafka_mock_cluster_new(rk, 1)) == NULL)
		errx(EXIT_TEMP, "cannot start the broker");
	for (i = 0; i < ntopic; i++)
		topic_create(mc, topics[i]);
	free(topics);

	if (*argv != NULL) {
		if (setenv("WEIR_BROKERS",
		    rd_kafka_mock_cluster_bootstraps(mc), 1) == -1)
			err(EXIT_TEMP, "setenv");
		status = command_wait(command_start(argv, &old), &set);
	} else {
		if (snprintf(buf, sizeof buf, "%s\n",
		    rd_kafka_mock_cluster_bootstraps(mc)) >= (int)sizeof buf)
			errx(EXIT_BAD, "address too long");
		say(buf);
		do
			sigwait(&set, &sig);
		while (sig == SIGCHLD);
	}
	rd_kafka_mock_cluster_destroy(mc);
	rd_kafka_destroy(rk);
	return status;
}
