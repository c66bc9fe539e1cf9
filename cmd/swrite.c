/* swrite - writes the records of a stream as csv, tsv, json or lines */
#include <err.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "enc.h"
#include "io.h"
#include "op.h"
#include "pack.h"

struct swrite {
	struct enc *enc;
	struct out out;
	struct pack *pack;	/* in front of it; NULL: -z none */
	struct buf rec;
	bool header;
	bool line;		/* a record must not become two */
};

static const struct op swrite_op;

static void *
swrite_open(int argc, char **argv)
{
	const char *format = "csv", *fields = NULL, *stamp = NULL;
	const char *codec = "none";
	struct swrite *w = mem_alloc(sizeof *w);
	int ch;

	while ((ch = opt_next(&swrite_op, argc, argv, "s:f:HT:z:")) != -1)
		switch (ch) {
		case 's': format = optarg; break;
		case 'f': fields = optarg; break;
		case 'H': w->header = true; break;
		case 'T': stamp = optarg; break;
		case 'z': codec = optarg; break;
		default: return NULL;
		}
	if (optind < argc)
		return NULL;
	w->enc = enc_new(format, fields, true, stamp);
	w->line = strcmp(format, "line") == 0;
	if (w->header && (w->line || strcmp(format, "json") == 0))
		errx(EXIT_USAGE, "-H: only csv and tsv have a header line");
	out_init(&w->out, 1, "standard output");
	w->pack = pack_open(codec, &w->out);
	buf_room(&w->rec, 1);		/* an empty line has an address */
	return w;
}

static void
swrite_put(struct swrite *w)
{
	buf_addc(&w->rec, '\n');
	if (w->pack != NULL)
		pack_put(w->pack, w->rec.s, w->rec.n);
	else
		out_put(&w->out, w->rec.s, w->rec.n);
	w->rec.n = 0;
}

static void
swrite_head(void *st, const struct head *in, struct head *out)
{
	struct swrite *w = st;

	(void)out;
	enc_bind(w->enc, in);
	if (w->header) {
		enc_header(w->enc, &w->rec);
		swrite_put(w);
	}
}

static void
swrite_data(void *st, struct rec *r, struct next *next)
{
	struct swrite *w = st;

	(void)next;
	enc_rec(w->enc, r, &w->rec);
	if (w->line && memchr(w->rec.s, '\n', w->rec.n) != NULL)
		rec_bad(r, "a line cannot hold a line end: \"%s\"",
		    show(w->rec.s, w->rec.n));
	swrite_put(w);
}

static void
swrite_flush(void *st)
{
	struct swrite *w = st;

	out_flush(&w->out);
}

static const struct op swrite_op = {
	.name = "swrite",
	.usage = "[-HhVv] [-f fields] [-s format] [-T format] [-z codec]",
	.sink = true,
	.open = swrite_open,
	.head = swrite_head,
	.data = swrite_data,
	.flush = swrite_flush,
};

int
main(int argc, char **argv)
{
	return run(&swrite_op, argc, argv);
}
