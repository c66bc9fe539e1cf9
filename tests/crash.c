/*
 * crash - preloaded into a tool, makes it die, or its disk full, at a point
 *
 * cc -shared -fPIC -o crash.so tests/crash.c -ldl; LD_PRELOAD=crash.so
 *
 *	CRASH=POINT:N[,...]	SIGKILL before the N-th call of POINT; POINT+:N
 *				behind it; POINT:1/K at one in K, by chance
 *	CRASH_SIGNAL=NUMBER	another signal, such as SIGSTOP
 *	CRASH_FULL=POINT:N	from the N-th call of POINT on the disk is
 *				full: it fails by ENOSPC
 *	CRASH_ERRNO=NAME	by EACCES or EROFS instead
 *	CRASH_TOOL=NAME		only in that tool, not in its neighbours
 *	CRASH_LOG=FILE		a line is added for each fsync, with the path,
 *				and each step of the protocol
 *	CRASH_ONCE=FILE		only whoever makes that file dies: one in all
 *
 * Points: rename fsync unlink link open (that makes a file) write (to a file),
 * barrier (a write that has one in it), spawn wait (sbatch's command), fence
 * asked begin offsets commit abort (of a transaction).  Renames that are steps
 * of the protocol have their own names too: snap (a snapshot), commit (of
 * swrite and sbatch), note (of what is committed), start (the sink's note for
 * the sources); look is when a source looks for that.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum point { RENAME, FSYNC, UNLINK, LINK, OPEN, WRITE, BARRIER, SPAWN, WAIT,
    FENCE, ASKED, BEGIN, OFFSETS, COMMIT, ABORT, SNAP, NOTE, START, LOOK,
    NPOINT };

static const char *const names[NPOINT] = { "rename", "fsync", "unlink", "link",
    "open", "write", "barrier", "spawn", "wait", "fence", "asked", "begin", "offsets",
    "commit", "abort", "snap", "note", "start", "look" };

static long count[NPOINT];

/* Whether the list has this point and place at its n-th call; from: that one and all later ones. */
static bool
listed(const char *list, enum point p, const char *place, long n, bool from)
{
	size_t k = strlen(names[p]), m = strlen(place);
	const char *s = list;
	char *end;
	long at;

	for (; s != NULL; s = strchr(s, ','), s += s != NULL) {
		if (strncmp(s, names[p], k) != 0 ||
		    strncmp(s + k, place, m) != 0 || s[k + m] != ':')
			continue;
		at = strtol(s + k + m + 1, &end, 10);
		if (*end == '/' && random() % strtol(end + 1, NULL, 10) == 0)
			return true;
		if (*end != '/' && (from ? n >= at : n == at))
			return true;
	}
	return false;
}

static bool
here(void)
{
	const char *tool = getenv("CRASH_TOOL");
	static bool seeded;
	struct timespec t;

	if (!seeded) {
		clock_gettime(CLOCK_REALTIME, &t);
		srandom((unsigned)t.tv_nsec ^ (unsigned)getpid());
		seeded = true;
	}
	return tool == NULL ||
	    strcmp(tool, program_invocation_short_name) == 0;
}

static void
die_at(enum point p, const char *place, long n)
{
	const char *once = getenv("CRASH_ONCE");
	const char *sig = getenv("CRASH_SIGNAL");

	if (!here() || !listed(getenv("CRASH"), p, place, n, false))
		return;
	if (once != NULL && syscall(SYS_openat, AT_FDCWD, once,
	    O_WRONLY | O_CREAT | O_EXCL, 0600) < 0)
		return;
	kill(getpid(), sig != NULL ? (int)strtol(sig, NULL, 10) : SIGKILL);
}

static int
failure(void)
{
	const char *name = getenv("CRASH_ERRNO");

	if (name != NULL && strcmp(name, "EACCES") == 0)
		return EACCES;
	return name != NULL && strcmp(name, "EROFS") == 0 ? EROFS : ENOSPC;
}

/* What is done, and to which file. */
static void
note(const char *what, int file)
{
	const char *log = getenv("CRASH_LOG");
	char line[4200], path[4096] = "", self[64];
	long fd;
	int n;

	if (log == NULL || !here())
		return;
	snprintf(self, sizeof self, "/proc/self/fd/%d", file);
	if (file >= 0 && readlink(self, path, sizeof path - 1) < 0)
		return;
	n = snprintf(line, sizeof line, "%s %s %s\n",
	    program_invocation_short_name, what, path);
	fd = syscall(SYS_openat, AT_FDCWD, log,
	    O_WRONLY | O_CREAT | O_APPEND, 0600);
	if (fd < 0 || n >= (int)sizeof line ||
	    syscall(SYS_write, fd, line, n) != n)
		abort();
	syscall(SYS_close, fd);
}

/* Before the call; true: it is to fail. */
static bool
before(enum point p)
{
	long n = ++count[p];

	die_at(p, "", n);
	if (!here() || !listed(getenv("CRASH_FULL"), p, "", n, true))
		return false;
	errno = failure();
	return true;
}

static void
behind(enum point p)
{
	int e = errno;

	die_at(p, "+", count[p]);
	errno = e;
}

/* The function that this one stands before; as data, since C has no cast for it. */
#define REAL(f) \
	static __typeof__(&f) real; \
	if (real == NULL) { \
		void *sym = dlsym(RTLD_NEXT, #f); \
		memcpy(&real, &sym, sizeof sym); \
	}

/* The step of the protocol that the renaming to that name is; NPOINT: none. */
static enum point
step(const char *to)
{
	size_t n = strlen(to);

	if (n > 5 && strcmp(to + n - 5, ".snap") == 0)
		return SNAP;
	if (strcmp(to, "commit") == 0 || strncmp(to, "epoch-", 6) == 0)
		return COMMIT;
	if (strcmp(to, "committed") == 0)
		return NOTE;
	return strcmp(to, "start") == 0 ? START : NPOINT;
}

int
renameat(int from, const char *a, int to, const char *b)
{
	enum point p = step(b);
	int k;

	REAL(renameat)
	if (before(RENAME) || (p != NPOINT && before(p)))
		return -1;
	if (p != NPOINT)
		note(names[p], -1);
	k = real(from, a, to, b);
	behind(RENAME);
	if (p != NPOINT)
		behind(p);
	return k;
}

int
fsync(int fd)
{
	int k;

	REAL(fsync)
	if (before(FSYNC))
		return -1;
	k = real(fd);
	note("fsync", fd);
	behind(FSYNC);
	return k;
}

int
unlinkat(int dir, const char *name, int flags)
{
	int k;

	REAL(unlinkat)
	if (before(UNLINK))
		return -1;
	k = real(dir, name, flags);
	behind(UNLINK);
	return k;
}

int
linkat(int from, const char *a, int to, const char *b, int flags)
{
	int k;

	REAL(linkat)
	if (before(LINK))
		return -1;
	k = real(from, a, to, b, flags);
	behind(LINK);
	return k;
}

int
openat(int dir, const char *name, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;
	int k;

	REAL(openat)
	if (!(flags & O_CREAT)) {
		if (strcmp(name, "start") == 0)
			before(LOOK);
		k = real(dir, name, flags);
		if (strcmp(name, "start") == 0)
			behind(LOOK);
		return k;
	}
	va_start(ap, flags);
	mode = va_arg(ap, mode_t);
	va_end(ap);
	if (before(OPEN))
		return -1;
	k = real(dir, name, flags, mode);
	behind(OPEN);
	return k;
}

ssize_t
write(int fd, const void *s, size_t n)
{
	static const char barrier[] = "#barrier\t";
	struct stat st;
	bool file, has;
	ssize_t k;

	REAL(write)
	file = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	has = !file && memmem(s, n, barrier, sizeof barrier - 1) != NULL;
	if (file && before(WRITE))
		return -1;
	if (has)
		before(BARRIER);
	k = real(fd, s, n);
	if (file)
		behind(WRITE);
	if (has)
		behind(BARRIER);
	return k;
}

int
posix_spawnp(pid_t *pid, const char *file,
    const posix_spawn_file_actions_t *act, const posix_spawnattr_t *attr,
    char *const argv[], char *const envp[])
{
	int k;

	REAL(posix_spawnp)
	before(SPAWN);
	k = real(pid, file, act, attr, argv, envp);
	behind(SPAWN);
	return k;
}

pid_t
waitpid(pid_t pid, int *status, int flags)
{
	pid_t k;

	REAL(waitpid)
	before(WAIT);
	k = real(pid, status, flags);
	behind(WAIT);
	return k;
}

/* librdkafka's, without its header: its tools are the only ones that have it. */
#define CLIENT(point, type, f, params, args) \
type f params; \
type \
f params \
{ \
	type k; \
\
	REAL(f) \
	before(point); \
	k = real args; \
	behind(point); \
	return k; \
}

CLIENT(FENCE, void *, rd_kafka_init_transactions, (void *rk, int ms), (rk, ms))
CLIENT(ASKED, int, rd_kafka_committed, (void *rk, void *list, int ms),
    (rk, list, ms))
CLIENT(BEGIN, void *, rd_kafka_begin_transaction, (void *rk), (rk))
CLIENT(OFFSETS, void *, rd_kafka_send_offsets_to_transaction,
    (void *rk, const void *list, const void *group, int ms),
    (rk, list, group, ms))
CLIENT(COMMIT, void *, rd_kafka_commit_transaction, (void *rk, int ms),
    (rk, ms))
CLIENT(ABORT, void *, rd_kafka_abort_transaction, (void *rk, int ms),
    (rk, ms))
