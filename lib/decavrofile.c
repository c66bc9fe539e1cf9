#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "avrofile.h"
#include "decavros.h"
#include "die.h"

/* What a container says of itself; no record of such a file can be read. */
static void
avro_head(struct dec *d, struct in *in, const struct avrofile *f)
{
	struct avrodec *a = d->own;
	const char *why, *name = in->from.name != NULL ? in->from.name :
	    "standard input";
	struct avrouse *u;

	for (u = a->all; u != NULL; u = u->next)
		if (u->text != NULL && u->n == f->nschema &&
		    memcmp(u->text, f->schema, u->n) == 0)
			break;
	if (u == NULL) {
		if ((u = avrouse_new(d, f->schema, f->nschema, &why)) == NULL)
			errx(EXIT_BAD, "%s: the container's schema: %s", name, why);
		u->text = mem_copy(f->schema, f->nschema);
		u->n = f->nschema;
	}
	a->cur = u;
}

/* The file goes on where an earlier run was: its head, and how far it was in a block. */
static void
file_resume(struct dec *d, struct avrofile *f, struct in *in)
{
	int64_t before;
	const char *why;

	if (avrofile_resume(f, in, &before, &why) < 0 ||
	    in->from.pos < before)
		errx(EXIT_BAD, "%s: %s", in->from.name, why);
	avro_head(d, in, f);
	f->use = ((struct avrodec *)d->own)->cur;
	f->skip = in->from.pos - before;
}

/* What that run has had of the block. */
static void
file_skip(struct dec *d, struct avrofile *f)
{
	struct avro_walk *w = &((struct avrodec *)d->own)->walk;
	const struct avrouse *u = f->use;

	for (; f->skip > 0 && f->left > 0; f->skip--) {
		w->s = f->at;
		w->end = f->end;
		if (avro_read(w, u->res, NULL) < 0) {
			/* a broken one: the rest was lost with it then, too */
			f->left = 0;
			f->at = f->end;
			break;
		}
		f->at = w->s;
		f->left--;
	}
	f->skip = 0;
}

int
decavro_read(struct dec *d, struct in *in, const char **why)
{
	struct lane *l = d->lane;
	struct avrofile *f = l->own;
	bool head;
	int k;

	if (f == NULL) {
		f = l->own = mem_alloc(sizeof *f);
		f->in = in;
		if (in->off > 0) {
			file_resume(d, f, in);
			if (!dec_known(d))
				return 2;
		}
	}
	l->raw.from = (struct origin){ in->from.name, ORIGIN_RECORD,
	    in->from.pos + 1 };
	head = f->schema == NULL;
	k = avrofile_next(f, in, &l->raw.record, why);
	if (k == -2)
		errx(EXIT_BAD, "%s: %s", in->from.name != NULL ?
		    in->from.name : "standard input", *why);
	in->from.pos += f->lost;
	if (k != 1)
		return k;
	if (f->skip > 0 && f->left > 0) {
		file_skip(d, f);
		return decavro_read(d, in, why);
	}
	if (head) {
		avro_head(d, in, f);
		f->use = ((struct avrodec *)d->own)->cur;
		if (!dec_known(d))
			return 2;
		return decavro_read(d, in, why);
	}
	in->from.pos++;
	l->raw.record = (struct field){ f->at, (size_t)(f->end - f->at) };
	return 1;
}

void
decavro_lane(struct lane *l)
{
	if (l->own != NULL)
		avrofile_free(l->own);
	free(l->own);
	l->own = NULL;
}

int
decavro_record(struct dec *d, const char **why)
{
	struct avrofile *f = d->lane->own;
	struct avrodec *a = d->own;
	struct avro_walk *w = &a->walk;
	const struct avrouse *u = f->use;
	int k;

	w->s = f->at;
	w->end = f->end;
	k = avro_read(w, u->res, u->want);
	f->left--;
	if (w->why == NULL) {
		d->lane->raw.record.n = (size_t)(w->s - f->at);
		f->at = w->s;
		*why = w->unfit;
		return k;
	}
	snprintf(d->why, sizeof d->why, "%s; with it %lld more of its block "
	    "are lost", w->why, (long long)f->left);
	*why = f->left > 0 ? d->why : w->why;
	/* they count, so that the place is known by the number of records */
	f->in->from.pos += f->left;
	f->left = 0;
	f->at = f->end;
	return -1;
}
