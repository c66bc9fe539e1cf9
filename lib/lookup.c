#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "lookup.h"
#include "raw.h"
#include "row.h"

#define WHY 512

struct chain { struct join_row *first, *last; };

/* A file that is being read. */
struct reader {
	struct in in;
	struct raw raw;
	struct row row;
	struct head head;
	struct buf text;	/* a name */
	char why[WHY];
};

static int
why_errno(struct reader *r, const char *path)
{
	snprintf(r->why, sizeof r->why, "%s: %s", path, strerror(errno));
	return -1;
}

static int
why_text(struct reader *r, const char *text)
{
	size_t n;

	origin_show(&r->raw.from, r->why, sizeof r->why);
	n = strlen(r->why);
	snprintf(r->why + n, sizeof r->why - n, ": %s", text);
	return -1;
}

static bool
path_istsv(const char *path)
{
	size_t n = strlen(path);

	return n >= 4 && strcmp(path + n - 4, ".tsv") == 0;
}

/* The next record: 1; 0: end of file; -1: bad. */
static int
reader_next(struct reader *r, bool whole)
{
	const char *why;
	int k;

	while ((k = raw_read(&r->raw, &r->in, whole, &why)) == 3)
		in_fill(&r->in);
	return k < 0 ? why_text(r, why) : k;
}

/* One name of the header line, with its type. */
static int
reader_column(struct reader *r, struct field f, const struct head *types,
    const char *const *keys, size_t nkey)
{
	const char *colon = NULL;
	enum type type = TYPE_STR;
	struct field raw = f;
	char *name, *p;
	ptrdiff_t at;
	size_t i;

	r->text.n = 0;
	if (r->raw.format == FORMAT_TSV && esc_undo(f, &r->text, &raw) < 0)
		return why_text(r, "a broken escape in the header line");
	if (raw.s == NULL)
		raw = (struct field){ "", 0 };
	for (i = 0; i < raw.n; i++)
		if (raw.s[i] == ':')
			colon = raw.s + i;
	if (colon != NULL && type_parse(colon + 1,
	    (size_t)(raw.s + raw.n - colon) - 1, &type) < 0)
		return why_text(r, "the header line names an unknown type: "
		    "there are str int float bool time");
	name = mem_copy(raw.s, colon != NULL ? (size_t)(colon - raw.s) : raw.n);
	for (p = name; (p = strpbrk(p, "\t\n\r:=,`")) != NULL;)
		*p = '_';
	for (i = 0; i < nkey && colon == NULL; i++)
		if (strcmp(keys[i], name) == 0 &&
		    (at = head_find(types, name)) >= 0)
			type = types->col[at].type;
	if (*name == '\0' || head_find(&r->head, name) >= 0) {
		free(name);
		return why_text(r, "the header line has a field without a "
		    "name, or one name twice");
	}
	head_add(&r->head, name, type);
	cols_add(&r->row.cols, name, strlen(name), type);
	free(name);
	return 0;
}

/* Opens the file and reads its header line. */
static int
reader_open(struct reader *r, const struct lookup *l, struct stat *st,
    const struct head *types)
{
	const char **keys;
	char *names, *s;
	size_t i, n = 0;
	int fd, k;

	*r = (struct reader){ .why = "" };
	raw_init(&r->raw, path_istsv(l->path) ? FORMAT_TSV : FORMAT_CSV);
	in_init(&r->in, -1, l->path);
	if ((fd = open(l->path, O_RDONLY | O_CLOEXEC)) < 0)
		return why_errno(r, l->path);
	r->in.fd = fd;
	if (fstat(fd, st) < 0)
		return why_errno(r, l->path);
	if (!S_ISREG(st->st_mode)) {
		snprintf(r->why, sizeof r->why, "%s: not a plain file",
		    l->path);
		return -1;
	}
	r->in.csv = r->raw.format == FORMAT_CSV;
	if ((k = reader_next(r, true)) < 0)
		return k;
	if (k == 0 || r->raw.record.n == 0) {
		snprintf(r->why, sizeof r->why, "%s: no header line", l->path);
		return -1;
	}
	names = mem_copy(l->keys, strlen(l->keys));
	keys = mem_grow(NULL, strlen(names) + 1, sizeof *keys);
	for (s = strtok(names, ","); s != NULL; s = strtok(NULL, ","))
		keys[n++] = s;
	head_add(&r->head, "", TYPE_TIME);
	for (i = 0, k = 0; i < r->raw.n && k == 0; i++)
		k = reader_column(r, raw_field(&r->raw, i), types, keys, n);
	free(keys);
	free(names);
	row_ready(&r->row);
	return k;
}

static void
reader_close(struct reader *r)
{
	if (r->in.fd >= 0)
		(void)close(r->in.fd);
	in_free(&r->in);
	raw_free(&r->raw);
	row_free(&r->row);
	head_free(&r->head);
	buf_free(&r->text);
}

/* The record's fields, as a source would have them. */
static int
reader_convert(struct reader *r)
{
	const char *why;
	char text[64];

	if (r->raw.n + 1 != r->head.ncol) {
		snprintf(text, sizeof text,
		    "%zu fields, the header line has %zu", r->raw.n,
		    r->head.ncol - 1);
		return why_text(r, text);
	}
	return row_cut(&r->row, &r->raw, &why) < 0 ? why_text(r, why) : 1;
}

static int
reader_all(struct reader *r, const struct join *j, struct map *m)
{
	struct key key = j->side[1].key;	/* its own place for text */
	struct join_row *row;
	struct chain *c;
	struct field k;
	uint64_t seq = 0;
	int n;

	key.b = (struct buf){ 0 };
	while ((n = reader_next(r, false)) == 1) {
		struct rec rec = { .f = r->row.f, .nf = r->head.ncol,
		    .timed = true, .from = &r->raw.from };

		if (r->raw.record.n == 0 && r->head.ncol != 2)
			continue;	/* an empty line */
		if ((n = reader_convert(r)) < 0)
			break;
		k = key_text(&key, &rec);
		if (join_isnull(j, k))
			continue;
		c = map_own(map_get(m, k.s, k.n));
		row = join_keep(j, 1, &rec, &m->arena);
		row->seq = seq++;
		*(c->last != NULL ? &c->last->link : &c->first) = row;
		c->last = row;
	}
	buf_free(&key.b);
	return n;
}

static bool
head_same(const struct head *a, const struct head *b)
{
	size_t i;

	for (i = 0; i < a->ncol && i < b->ncol; i++)
		if (strcmp(a->col[i].name, b->col[i].name) != 0 ||
		    a->col[i].type != b->col[i].type)
			return false;
	return a->ncol == b->ncol;
}

void
lookup_open(struct lookup *l, const char *path, const char *keys,
    const struct head *types)
{
	struct reader r;

	l->path = path;
	l->keys = keys;
	if (reader_open(&r, l, &l->st, types) < 0)
		errx(EXIT_BAD, "%s", r.why);
	head_copy(&l->head, &r.head);
	reader_close(&r);
	map_init(&l->map, sizeof(struct chain));
}

/* 0, or -1 and why. */
static int
lookup_read(struct lookup *l, const struct join *j, struct stat *st,
    char why[WHY])
{
	struct reader r;
	struct map m;
	int k;

	map_init(&m, sizeof(struct chain));
	if ((k = reader_open(&r, l, st, &l->head)) >= 0 &&
	    !head_same(&r.head, &l->head))
		k = why_text(&r, "the header line is another one now");
	if (k >= 0)
		k = reader_all(&r, j, &m);
	memcpy(why, r.why, WHY);
	reader_close(&r);
	if (k < 0) {
		map_free(&m);
		return -1;
	}
	map_free(&l->map);
	l->map = m;
	return 0;
}

void
lookup_fill(struct lookup *l, const struct join *j)
{
	char why[WHY];

	if (lookup_read(l, j, &l->st, why) < 0)
		errx(EXIT_BAD, "%s", why);
}

void
lookup_renew(struct lookup *l, const struct join *j)
{
	struct stat st = { .st_size = -1 }, *old = &l->st;
	char why[WHY];

	if (stat(l->path, &st) == 0 ? st.st_ino == old->st_ino &&
	    st.st_dev == old->st_dev && st.st_size == old->st_size &&
	    st.st_mtim.tv_sec == old->st_mtim.tv_sec &&
	    st.st_mtim.tv_nsec == old->st_mtim.tv_nsec : old->st_size == -1)
		return;		/* as it was, or still not there */
	if (lookup_read(l, j, &st, why) < 0)
		warnx("%s; the table stays as it was", why);
	l->st = st;
}

static const struct join_row *
lookup_get(const struct lookup *l, struct field key)
{
	struct map_ent *e = map_look(&l->map, key.s, key.n,
	    map_hash(key.s, key.n));

	return e != NULL ? ((struct chain *)map_own(e))->first : NULL;
}

void
lookup_data(struct lookup *l, struct join *j, struct rec *r, struct next *nx)
{
	struct field key = key_text(&j->side[0].key, r);
	const struct join_row *row = NULL;

	if (!join_isnull(j, key))
		row = lookup_get(l, key);
	if (row == NULL ? !j->side[0].outer : j->kind == JOIN_ANTI) {
		reject(nx);
		return;
	}
	join_setkey(j, key);
	join_setrec(j, 0, r);
	if (row == NULL || j->kind == JOIN_SEMI) {
		join_setnone(j, 1);
		join_emit(j, rec_time(r), nx);
		return;
	}
	for (; row != NULL; row = row->link) {
		join_setrow(j, 1, row);
		join_emit(j, rec_time(r), nx);
	}
}
