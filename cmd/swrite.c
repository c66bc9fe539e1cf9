/* swrite - writes the records of a stream in a format */
#include <err.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "enc.h"
#include "epoch.h"
#include "io.h"
#include "op.h"
#include "pack.h"
#include "parts.h"
#include "rundir.h"

struct swrite {
	struct enc *enc;
	const char *codec;	/* of pack; NULL: the format packs by itself */
	struct out out;		/* standard output */
	struct out *to;		/* that, or the part; NULL: none has been begun */
	struct pack *pack;	/* in front of it; NULL: -z none */
	struct buf rec;
	const char *dir;	/* -d */
	struct parts parts;
	struct buf id;		/* of the epoch committed last, with a NUL */
};

extern const struct op swrite_op;

static void
swrite_to(struct swrite *w, struct out *to)
{
	w->to = to;
	if (w->codec != NULL)
		w->pack = pack_open(w->codec, to);
}

/* From a savepoint: its ID is committed, with nothing. */
static void
swrite_adopt(void *st, const char *id)
{
	struct swrite *w = st;

	parts_commit(&w->parts, id);
}

/* A part's name ends as its format and its compression are called. */
static void
swrite_start(struct swrite *w, const char *format)
{
	struct buf ext = { 0 };
	const char *id;

	buf_add(&ext, format, strcspn(format, ":"));
	if (w->codec != NULL)
		buf_adds(&ext, pack_suffix(w->codec));
	buf_addc(&ext, '\0');
	rundir_claim("swrite");
	parts_open(&w->parts, w->dir, ext.s);
	buf_free(&ext);
	if ((id = rundir_begin(w->parts.id, swrite_adopt, w)) != NULL)
		epoch_next(&w->id, id);
}

static void *
swrite_open(int argc, char **argv)
{
	struct enc_opts opts = { .formats = enc_all, .spec = "csv", .file = true };
	struct swrite *w = mem_alloc(sizeof *w);
	int ch;

	while ((ch = opt_next(&swrite_op, argc, argv, "d:s:f:HT:z:")) != -1)
		switch (ch) {
		case 'd': w->dir = optarg; break;
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
	if (!enc_packs(w->enc))
		w->codec = opts.codec != NULL ? opts.codec : "none";
	if (w->dir != NULL) {
		swrite_start(w, opts.spec);
	} else {
		out_init(&w->out, 1, "standard output");
		swrite_to(w, &w->out);
	}
	return w;
}

static void
swrite_put(struct swrite *w)
{
	if (w->pack != NULL)
		pack_put(w->pack, w->rec.s, w->rec.n);
	else if (w->rec.n > 0)
		out_put(w->to, w->rec.s, w->rec.n);
	w->rec.n = 0;
}

static void
swrite_head(void *st, const struct head *in, struct head *out)
{
	struct swrite *w = st;

	(void)out;
	enc_bind(w->enc, in);
	if (w->dir != NULL)
		return;
	enc_start(w->enc, &w->rec);
	swrite_put(w);
}

static void
swrite_restore(void *st, const char *id)
{
	struct swrite *w = st;

	if (w->dir != NULL)
		rundir_check(id, w->id.s);
}

static void
swrite_data(void *st, struct rec *r, struct next *next)
{
	struct swrite *w = st;

	(void)next;
	if (w->to == NULL) {
		swrite_to(w, parts_begin(&w->parts));
		enc_start(w->enc, &w->rec);
	}
	enc_rec(w->enc, r, &w->rec);
	swrite_put(w);
}

static void
swrite_epoch(void *st, const char *id, struct next *next)
{
	struct swrite *w = st;

	(void)next;
	if (w->dir == NULL)
		return;
	if (w->to != NULL) {
		enc_flush(w->enc, &w->rec);
		swrite_put(w);
		if (w->pack != NULL)
			pack_close(w->pack);
		w->pack = NULL;
		w->to = NULL;
	}
	epoch_next(&w->id, id);
	epoch_check(w->id.s, "a file can be named by");
	parts_commit(&w->parts, w->id.s);
	rundir_commit(w->id.s);
}

static void
swrite_flush(void *st)
{
	struct swrite *w = st;

	/* nobody sees a part before it is whole */
	if (w->dir != NULL)
		return;
	enc_flush(w->enc, &w->rec);
	swrite_put(w);
	out_flush(w->to);
}

const struct op swrite_op = {
	.name = "swrite",
	.usage = "[-HhVv] [-d dir] [-f fields] [-s format] [-T format] "
	    "[-z codec]",
	.sink = true,
	.open = swrite_open,
	.head = swrite_head,
	.data = swrite_data,
	.epoch = swrite_epoch,
	.restore = swrite_restore,
	.flush = swrite_flush,
};

int
main(int argc, char **argv)
{
	return run(&swrite_op, argc, argv);
}
