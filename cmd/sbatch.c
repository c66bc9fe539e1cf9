/* sbatch - runs a command for each epoch, with that epoch's records on its standard input */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "child.h"
#include "die.h"
#include "enc.h"
#include "num.h"
#include "op.h"
#include "spool.h"

struct sbatch {
	struct enc *enc;
	char **command;
	struct spool spool;
	struct buf rec;
	struct buf id;		/* of the last barrier */
};

static const struct op sbatch_op;

static void *
sbatch_open(int argc, char **argv)
{
	struct enc_opts opts = { .formats = enc_texts, .spec = "csv",
	    .file = true };
	struct sbatch *b = mem_alloc(sizeof *b);
	int ch;

	while ((ch = opt_next(&sbatch_op, argc, argv, "s:f:HT:")) != -1)
		switch (ch) {
		case 's': opts.spec = optarg; break;
		case 'f': opts.fields = optarg; break;
		case 'H': opts.header = true; break;
		case 'T': opts.stamp = optarg; break;
		default: return NULL;
		}
	if (optind == argc)
		return NULL;
	b->command = argv + optind;
	buf_room(&b->id, 1);
	b->enc = enc_new(&opts);
	return b;
}

static void
sbatch_head(void *st, const struct head *in, struct head *out)
{
	(void)out;
	enc_bind(((struct sbatch *)st)->enc, in);
}

static void
sbatch_data(void *st, struct rec *r, struct next *next)
{
	struct sbatch *b = st;

	(void)next;
	b->rec.n = 0;
	if (!b->spool.open)
		enc_start(b->enc, &b->rec);
	enc_rec(b->enc, r, &b->rec);
	spool_put(&b->spool, b->rec.s, b->rec.n);
}

/* The epoch behind the last barrier is the next one of its run. */
static void
sbatch_last(struct sbatch *b)
{
	char *last = mem_copy(b->id.s, b->id.n), *run = strchr(last, '.');
	int64_t seq;

	if (run == NULL ||
	    num_int(last, (size_t)(run - last), &seq) < 0 || seq == INT64_MAX) {
		seq = 0;
		run = last;
		strcpy(run, "");
	}
	b->id.n = 0;
	buf_addint(&b->id, seq + 1);
	buf_adds(&b->id, *run == '.' ? run : ".0");
	free(last);
}

static void
sbatch_epoch(void *st, const char *id, struct next *next)
{
	struct sbatch *b = st;
	struct child child;
	char why[128], *seq;
	int fd, k;

	(void)next;
	if (*id == '\0') {
		sbatch_last(b);
	} else {
		b->id.n = 0;
		buf_adds(&b->id, id);
	}
	if ((fd = spool_take(&b->spool)) < 0)
		return;
	*buf_room(&b->id, 1) = '\0';
	seq = mem_copy(b->id.s, strcspn(b->id.s, "."));
	if (setenv("WEIR_EPOCH", b->id.s, 1) < 0 ||
	    setenv("WEIR_SEQ", seq, 1) < 0)
		die_temp("environment");
	free(seq);
	child_start(&child, b->command, fd, -1);
	close(fd);
	if ((k = child_wait(&child, why, sizeof why)) != 0)
		errx(k == EXIT_TEMP ? EXIT_TEMP : EXIT_BAD, "epoch %s: %s: %s",
		    b->id.s, child.name, why);
}

static const struct op sbatch_op = {
	.name = "sbatch",
	.usage = "[-HhVv] [-f fields] [-s format] [-T format] [--] "
	    "command [argument ...]",
	.sink = true,
	.open = sbatch_open,
	.head = sbatch_head,
	.data = sbatch_data,
	.epoch = sbatch_epoch,
};

int
main(int argc, char **argv)
{
	return run(&sbatch_op, argc, argv);
}
