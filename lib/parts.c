#include <ctype.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "durable.h"
#include "num.h"
#include "parts.h"

#define DIGITS 10		/* of a part's number, so that names sort */

static const char note[] = "commit", prefix[] = "part-", suffix[] = ".tmp";

static void
name_tmp(struct buf *b, int64_t n)
{
	char text[NUM_INTLEN + DIGITS];

	snprintf(text, sizeof text, "%0*" PRId64, DIGITS, n);
	b->n = 0;
	buf_adds(b, text);
	buf_add(b, suffix, sizeof suffix);
}

static void
name_part(struct parts *p)
{
	char text[NUM_INTLEN + DIGITS];

	snprintf(text, sizeof text, "%0*" PRId64, DIGITS, p->n);
	p->name.n = 0;
	buf_adds(&p->name, prefix);
	buf_adds(&p->name, text);
	buf_addc(&p->name, '.');
	buf_add(&p->name, p->ext.s, p->ext.n);
}

/* NUMBER.tmp: no other file is taken for one of ours. */
static bool
is_tmp(const char *s)
{
	size_t n = strlen(s), i;

	if (n < DIGITS + sizeof suffix - 1)
		return false;
	n -= sizeof suffix - 1;
	for (i = 0; i < n; i++)
		if (!isdigit((unsigned char)s[i]))
			return false;
	return strcmp(s + n, suffix) == 0;
}

static _Noreturn void
note_bad(const struct parts *p)
{
	errx(EXIT_BAD, "%s/%s: not what swrite writes: it has been altered",
	    p->path, note);
}

/* The line is ID, number of the last part, and the part's name if the epoch has one. */
static void
note_read(struct parts *p, char *line)
{
	char *n = strchr(line, '\t'), *name;

	if (n == NULL)
		note_bad(p);
	*n++ = '\0';
	if ((name = strchr(n, '\t')) != NULL)
		*name++ = '\0';
	if (*line == '\0' || num_int(n, strlen(n), &p->n) < 0 || p->n < 0)
		note_bad(p);
	p->id = mem_copy(line, strlen(line));
	if (name == NULL)
		return;
	if (strncmp(name, prefix, sizeof prefix - 1) != 0 ||
	    strchr(name, '/') != NULL)
		note_bad(p);
	name_tmp(&p->tmp, p->n);
	if (faccessat(p->dir, p->tmp.s, F_OK, 0) == 0)
		durable_rename(p->dir, p->tmp.s, name, p->path);
	else if (errno != ENOENT)
		die_temp("%s/%s", p->path, p->tmp.s);
}

/* Removes what was not committed. */
static void
parts_sweep(struct parts *p)
{
	char **names = durable_names(p->dir, p->path), **q;

	for (q = names; *q != NULL; q++) {
		if (p->id == NULL &&
		    strncmp(*q, prefix, sizeof prefix - 1) == 0)
			errx(EXIT_BAD, "%s: there is %s, but no file %s that "
			    "says which epoch came last: a directory of its "
			    "own is needed", p->path,
			    show(*q, strlen(*q)), note);
		if (is_tmp(*q))
			durable_drop(p->dir, *q, p->path);
	}
	durable_forget(names);
}

void
parts_open(struct parts *p, const char *dir, const char *ext)
{
	char *line;

	*p = (struct parts){ .path = dir };
	buf_add(&p->ext, ext, strlen(ext) + 1);
	/* its files are for others to read, so it is as open as the user's mask says */
	p->dir = durable_dir(dir, 0777);
	durable_lock(p->dir, "swrite", dir);
	if ((line = durable_get(p->dir, note, dir)) != NULL)
		note_read(p, line);
	free(line);
	parts_sweep(p);
}

struct out *
parts_begin(struct parts *p)
{
	int fd;

	p->n++;
	name_tmp(&p->tmp, p->n);
	name_part(p);
	p->what.n = 0;
	buf_adds(&p->what, p->path);
	buf_addc(&p->what, '/');
	buf_add(&p->what, p->tmp.s, p->tmp.n);
	if ((fd = openat(p->dir, p->tmp.s, O_WRONLY | O_CREAT | O_TRUNC |
	    O_CLOEXEC, 0666)) < 0)
		die_temp("%s", p->what.s);
	out_init(&p->out, fd, p->what.s);
	p->begun = true;
	return &p->out;
}

void
parts_commit(struct parts *p, const char *id)
{
	struct buf line = { 0 };

	buf_adds(&line, id);
	buf_addc(&line, '\t');
	buf_addint(&line, p->n);
	if (p->begun) {
		out_flush(&p->out);
		if (fsync(p->out.fd) < 0)
			die_temp("%s: fsync", p->what.s);
		out_close(&p->out);
		durable_sync(p->dir, p->path);
		buf_addc(&line, '\t');
		buf_adds(&line, p->name.s);
	}
	buf_addc(&line, '\0');
	durable_put(p->dir, note, line.s, p->path);
	if (p->begun)
		durable_rename(p->dir, p->tmp.s, p->name.s, p->path);
	p->begun = false;
	buf_free(&line);
}
