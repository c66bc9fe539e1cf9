/* swrite - writes the records of a stream in a format */
#include <err.h>
#include <unistd.h>

#include "die.h"
#include "enc.h"
#include "io.h"
#include "op.h"

struct swrite {
	struct enc *enc;
	struct out out;
	struct buf rec;
};

static const struct op swrite_op;

static void *
swrite_open(int argc, char **argv)
{
	struct enc_opts opts = { .formats = enc_all, .spec = "csv", .file = true };
	struct swrite *w = mem_alloc(sizeof *w);
	int ch;

	while ((ch = opt_next(&swrite_op, argc, argv, "s:f:HT:z:")) != -1)
		switch (ch) {
		case 's': opts.spec = optarg; break;
		case 'f': opts.fields = optarg; break;
		case 'H': opts.header = true; break;
		case 'T': opts.stamp = optarg; break;
		case 'z': opts.codec = optarg; break;
		default: return NULL;
		}
	if (optind < argc)
		return NULL;
	w->enc = enc_new(&opts);
	out_init(&w->out, 1, "standard output");
	return w;
}

static void
swrite_put(struct swrite *w)
{
	if (w->rec.n > 0)
		out_put(&w->out, w->rec.s, w->rec.n);
	w->rec.n = 0;
}

static void
swrite_head(void *st, const struct head *in, struct head *out)
{
	struct swrite *w = st;

	(void)out;
	enc_bind(w->enc, in);
	enc_start(w->enc, &w->rec);
	swrite_put(w);
}

static void
swrite_data(void *st, struct rec *r, struct next *next)
{
	struct swrite *w = st;

	(void)next;
	enc_rec(w->enc, r, &w->rec);
	swrite_put(w);
}

static void
swrite_flush(void *st)
{
	struct swrite *w = st;

	enc_flush(w->enc, &w->rec);
	swrite_put(w);
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
