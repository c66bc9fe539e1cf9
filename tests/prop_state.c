/*
 * state against a plain table: runs that stop anywhere and go on from any epoch
 * that is kept, with states that stay, grow and shrink.  What comes back is what
 * was saved, no file is left that nobody needs, and all are small enough.
 */
#include <sys/mman.h>
#include <sys/wait.h>
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "state.h"

#define KEYS 4000
#define EPOCHS 60
#define RUNS 150
#define SMALL (64 * 1024)	/* state.c's */

/* The state: a number per key, 0: it has none. */
struct table {
	uint32_t v[KEYS];
	bool changed[KEYS];
};

/* Shared with the processes in which the runs are: a directory is locked as long as one lives. */
static struct world {
	uint64_t seed;
	struct table was[EPOCHS + 1];	/* as it was saved */
	char id[EPOCHS + 1][32];
	bool sized;		/* the tool tells its size, since the beginning */
	size_t kept;		/* from this epoch on all snapshots are there */
} *w;

static char dir[64];

static uint64_t
rnd(void)
{
	uint64_t z = w->seed += 0x9e3779b97f4a7c15;	/* splitmix64 */

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static void
check(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "prop_state: %s\n", what);
	exit(1);
}

static size_t
table_size(const struct table *t)
{
	size_t i, n = 0;

	for (i = 0; i < KEYS; i++)
		n += t->v[i] != 0;
	return n;
}

static void
table_set(struct table *t, size_t i, uint32_t v)
{
	t->v[i] = v;
	t->changed[i] = true;
}

/*
 * An epoch's changes: few or many, and now and then all is gone or all is
 * there.  gone: of five that change, so many are no more.
 */
static void
table_change(struct table *t, uint64_t gone)
{
	size_t i, n = rnd() % (rnd() % 4 == 0 ? KEYS / 4 : 40);
	uint64_t what = rnd() % 60;

	for (i = 0; what < 2 && i < KEYS; i++)
		if (what == 1 || i % 100 > 0)
			table_set(t, i, what == 1 ? (uint32_t)rnd() | 1 : 0);
	while (n-- > 0)
		table_set(t, rnd() % KEYS, rnd() % 5 < gone ? 0 :
		    (uint32_t)rnd() | 1);
}

static void
table_save(struct table *t, struct snap *s)
{
	size_t i;

	for (i = 0; i < KEYS; i++) {
		if (s->whole ? t->v[i] == 0 : !t->changed[i])
			continue;
		snap_rec(s, t->v[i] != 0 ? "set" : "gone");
		snap_int(s, (int64_t)i);
		if (t->v[i] != 0) {
			snap_int(s, t->v[i]);
			snap_text(s, "a text that fills it", 20);
		}
	}
	memset(t->changed, 0, sizeof t->changed);
}

static void
table_load(void *arg, const struct rec *r)
{
	struct table *t = arg;

	if (rec_field(r, 0).s[0] == '#')
		return;
	if (snap_is(r, "gone", 1)) {
		t->v[snap_getsize(r, 1)] = 0;
		return;
	}
	check(snap_is(r, "set", 3), "a record that was not saved");
	t->v[snap_getsize(r, 1)] = (uint32_t)snap_getint(r, 2);
}

static int64_t
file_bytes(const char *name)
{
	char path[256];
	struct snapread in;
	struct rec r;
	int64_t n;
	int fd;

	snprintf(path, sizeof path, "%s/%s.snap", dir, name);
	check((fd = open(path, O_RDONLY)) >= 0, "a file is missing");
	n = lseek(fd, 0, SEEK_END);
	check(lseek(fd, 0, SEEK_SET) == 0, "lseek");
	snapread_open(&in, fd, path);
	while (snapread_next(&in, &r))
		;
	snapread_close(&in);
	return n;
}

struct needs {			/* files that kept snapshots need */
	char name[(EPOCHS + 1) * 8][32];
	size_t n;
};

static void
needs_add(struct needs *all, struct field f)
{
	char name[32];
	size_t i;

	snprintf(name, sizeof name, "%.*s", (int)f.n, f.s);
	for (i = 0; i < all->n; i++)
		if (strcmp(all->name[i], name) == 0)
			return;
	check(all->n < sizeof all->name / sizeof all->name[0],
	    "too many files");
	memcpy(all->name[all->n++], name, sizeof name);
}

/* Returns the bytes of the files that a snapshot is made of. */
static int64_t
needs_of(struct needs *all, const char *name)
{
	char path[256];
	struct snapread in;
	struct rec r;
	int64_t n = file_bytes(name);
	int fd;

	needs_add(all, (struct field){ name, strlen(name) });
	snprintf(path, sizeof path, "%s/%s.snap", dir, name);
	check((fd = open(path, O_RDONLY)) >= 0, "a snapshot is missing");
	snapread_open(&in, fd, path);
	while (snapread_next(&in, &r))
		if (snap_word(&r, "#builds")) {
			needs_add(all, snap_field(&r, 1));
			n += snap_getint(&r, 2);
		}
	snapread_close(&in);
	return n;
}

static size_t
files(void)
{
	struct dirent *e;
	DIR *d = opendir(dir);
	size_t n = 0;

	check(d != NULL, "opendir");
	while ((e = readdir(d)) != NULL)
		n += strstr(e->d_name, ".snap") != NULL;
	closedir(d);
	return n;
}

/* What a whole snapshot would take, without the lines that all have. */
static int64_t
whole_bytes(const struct table *t)
{
	struct table copy = *t;
	struct snap s;
	int64_t n;

	snap_init(&s, -1, "");
	table_save(&copy, &s);
	n = (int64_t)s.b.n;
	snap_free(&s);
	return n;
}

static void
look(size_t last, int64_t news)
{
	static struct needs all;
	int64_t bytes = 0, whole = whole_bytes(&w->was[last]);
	size_t i;

	all.n = 0;
	for (i = w->kept; i <= last; i++)
		bytes = needs_of(&all, w->id[i]);
	check(files() == all.n, "files that no snapshot needs");
	/* what is small, and what is new, are free */
	if (bytes > 2 * whole + news + SMALL)
		errx(1, "a restart reads %" PRId64 " bytes for %" PRId64,
		    bytes, whole);
	all.n = 0;
	(void)needs_of(&all, w->id[last]);
	check(all.n < 20, "a snapshot of too many files");
}

static void
epoch(struct state *s, struct table *t, size_t e, size_t nrun,
    uint64_t gone, int64_t *news)
{
	struct snap *snap;

	table_change(t, gone);
	snprintf(w->id[e], sizeof w->id[e], "%zu.%zu", e, nrun);
	snap = state_begin(s, w->id[e], true,
	    w->sized ? (int64_t)table_size(t) : -1);
	state_builds(s);
	*news = snap->bytes + (int64_t)snap->b.n;
	table_save(t, snap);
	*news = snap->bytes + (int64_t)snap->b.n - *news;
	state_end(s);
	w->was[e] = *t;
}

/* From an epoch, 0: the beginning, to another one. */
static void
run(size_t nrun, size_t from, size_t to, bool tells)
{
	static struct table now;
	struct state *s = state_open(dir, "prop");
	uint64_t gone = rnd() % 2 == 0 ? 1 : 4;
	bool told = false;
	int64_t news;
	size_t e;

	if (from > 0) {
		state_restore(s, w->id[from], table_load, &now);
		check(memcmp(now.v, w->was[from].v, sizeof now.v) == 0,
		    "what comes back is not what was saved");
		check(files() > 0, "no file");
	} else {
		state_clear(s);
		check(files() == 0, "files are left");
	}
	w->kept = from > 0 ? from : 1;
	for (e = from + 1; e <= to; e++) {
		epoch(s, &now, e, nrun, gone, &news);
		if (tells && rnd() % 3 == 0) {
			w->kept += rnd() % (e - w->kept + 1);
			state_committed(s, w->id[w->kept]);
			told = true;
		}
		if (!told && e > from + 10)
			w->kept = e - 9;
		if (told && w->sized)
			look(e, news);
	}
}

int
main(int argc, char **argv)
{
	size_t nrun, from = 0, to;
	char junk[128];
	FILE *f;
	int status;
	pid_t pid;

	w = mmap(NULL, sizeof *w, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	check(w != MAP_FAILED, "no memory");
	/* many small durable files: in memory, where there is such a place */
	snprintf(dir, sizeof dir, "%s/prop_state.XXXXXX",
	    access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	check(mkdtemp(dir) != NULL, "no directory");
	w->seed = argc > 1 ? strtoull(argv[1], NULL, 10) :
	    (uint64_t)time(NULL);
	printf("prop_state: seed %" PRIu64 "\n", w->seed);
	fflush(stdout);
	snprintf(junk, sizeof junk, "%s/new.tmp", dir);
	for (nrun = 1; nrun <= RUNS; nrun++) {
		if (from == 0)
			w->sized = rnd() % 4 > 0;
		to = from + 1 + rnd() % (EPOCHS - from);
		check((pid = fork()) >= 0, "fork");
		if (pid == 0) {
			run(nrun, from, to, rnd() % 3 > 0);
			exit(0);
		}
		check(waitpid(pid, &status, 0) == pid && status == 0,
		    "a run failed");
		/* it may have died while it wrote */
		if (rnd() % 2 == 0) {
			check((f = fopen(junk, "w")) != NULL, "fopen");
			fputs("#snapshot\tprop", f);
			check(fclose(f) == 0, "fclose");
		}
		from = w->kept + rnd() % (to - w->kept + 1);
		if (from == EPOCHS || rnd() % 10 == 0)
			from = 0;
	}
	snprintf(junk, sizeof junk, "rm -r %s", dir);
	return system(junk) != 0;
}
