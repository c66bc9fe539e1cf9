#include <err.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

#include "die.h"
#include "op.h"
#include "opt.h"
#include "version.h"

/* The timer belongs to the process; the others wait for chain_open. */
static bool timer;
static bool verbose;
static const char *state_path;
static const char *late_path;
static volatile sig_atomic_t progress_due;

static void
on_alarm(int sig)
{
	(void)sig;
	progress_due = 1;
}

static void
progress_start(void)
{
	struct sigaction sa = { .sa_handler = on_alarm };
	struct itimerval t = { .it_value.tv_sec = isatty(2) ? 1 : 10 };

	timer = true;
	t.it_interval = t.it_value;
	sigemptyset(&sa.sa_mask);
	if (sigaction(SIGALRM, &sa, NULL) < 0 || setitimer(ITIMER_REAL, &t, NULL) < 0)
		err(EXIT_TEMP, "timer");
}

bool
opt_verbose(void)
{
	bool given = verbose;

	verbose = false;
	return given;
}

bool
opt_due(void)
{
	bool due = progress_due != 0;

	if (due)
		progress_due = 0;
	return due;
}

const char *
opt_late(void)
{
	const char *path = late_path;

	late_path = NULL;
	return path;
}

const char *
opt_state(void)
{
	const char *path = state_path;

	state_path = NULL;
	if (path == NULL)
		path = getenv("WEIR_STATE");
	return path != NULL && *path != '\0' ? path : NULL;
}

static void
usage_print(const struct op *op, FILE *to)
{
	fprintf(to, "usage: %s %s\n", op->name, op->usage);
}

/*
 * Standard input, output and error that were closed stay so: the next file or
 * socket to be opened would be taken for them.
 */
static void
std_guard(void)
{
	int fd;

	for (fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) < 0)
			err(EXIT_TEMP, "/dev/null");
}

int
opt_next(const struct op *op, int argc, char **argv, const char *opts)
{
	char all[64];
	int ch;

	std_guard();
	snprintf(all, sizeof all, "+%s%s%shVv", op->late ? "L:" : "",
	    op->keeps || op->save != NULL ? "S:" : "", opts);
	while ((ch = getopt(argc, argv, all)) != -1)
		switch (ch) {
		case 'h':
			usage_print(op, stdout);
			if (fclose(stdout) != 0)
				die_temp("standard output");
			exit(0);
		case 'V':
			printf("%s %s\n", op->name, WEIR_VERSION);
			if (fclose(stdout) != 0)
				die_temp("standard output");
			exit(0);
		case 'v':
			if (!timer)
				progress_start();
			verbose = true;
			break;
		case 'S':
			if (!op->keeps && op->save == NULL)
				return ch;
			state_path = optarg;
			break;
		case 'L':
			if (op->late) {
				late_path = optarg;
				break;
			}
			return ch;
		default:
			return ch;
		}
	return -1;
}

_Noreturn void
opt_usage(const struct op *op)
{
	usage_print(op, stderr);
	exit(EXIT_USAGE);
}
