/* sbatch - runs a command for each epoch, with that epoch's records on its standard input */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "batch.h"
#include "child.h"
#include "die.h"
#include "enc.h"
#include "epoch.h"
#include "op.h"
#include "opt.h"
#include "rundir.h"
#include "spool.h"

struct sbatch {
	struct enc *enc;
	char **command;
	struct spool spool;
	struct buf rec;
	struct buf id;		/* of the last epoch, with a NUL */
	const char *dir;	/* -S; NULL: nothing outlives the process */
	struct batch batch;
};

static const struct op sbatch_op;

/* The command is worth another try when it says so, or was killed; a shell tells that by 128 and more. */
static void
sbatch_run(struct sbatch *b, const char *id, int fd)
{
	struct child child;
	char why[128], *seq = mem_copy(id, strcspn(id, "."));
	int k;

	if (setenv("WEIR_EPOCH", id, 1) < 0 || setenv("WEIR_SEQ", seq, 1) < 0)
		die_temp("environment");
	free(seq);
	child_start(&child, b->command, fd, -1);
	close(fd);
	if ((k = child_wait(&child, why, sizeof why)) != 0)
		errx(k == EXIT_TEMP || k > 128 ? EXIT_TEMP : EXIT_BAD,
		    "epoch %s: %s: %s", id, child.name, why);
}

/* From a savepoint: its ID is committed, with nothing. */
static void
sbatch_adopt(void *st, const char *id)
{
	struct sbatch *b = st;

	batch_commit(&b->batch, id, &b->spool);
}

/* What was committed before is done first. */
static void
sbatch_start(struct sbatch *b)
{
	const char *id;

	rundir_claim("sbatch");
	batch_open(&b->batch, b->dir, &b->spool);
	if ((id = rundir_begin(b->batch.id, sbatch_adopt, b)) != NULL)
		epoch_next(&b->id, id);
	if (b->batch.left == NULL)
		return;
	sbatch_run(b, b->batch.left, batch_left(&b->batch));
	batch_done(&b->batch, b->id.s);
}

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
	b->enc = enc_new(&opts);
	if ((b->dir = opt_state()) != NULL)
		sbatch_start(b);
	else if (rundir_is())
		errx(EXIT_USAGE, "a run's sink commits: a state directory "
		    "(-S) is needed");
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

/* Outside of a state directory there is nothing that was committed. */
static void
sbatch_restore(void *st, const char *id)
{
	struct sbatch *b = st;

	if (b->dir != NULL)
		rundir_check(id, b->id.s);
}

static void
sbatch_epoch(void *st, const char *id, struct next *next)
{
	struct sbatch *b = st;
	int fd;

	(void)next;
	epoch_next(&b->id, id);
	if (b->dir == NULL) {
		if ((fd = spool_take(&b->spool)) >= 0)
			sbatch_run(b, b->id.s, fd);
		return;
	}
	fd = batch_commit(&b->batch, b->id.s, &b->spool);
	rundir_commit(b->id.s);
	if (fd < 0)
		return;
	sbatch_run(b, b->id.s, fd);
	batch_done(&b->batch, b->id.s);
}

static const struct op sbatch_op = {
	.name = "sbatch",
	.usage = "[-HhVv] [-f fields] [-S dir] [-s format] [-T format] [--] "
	    "command\n              [argument ...]",
	.sink = true,
	.keeps = true,
	.open = sbatch_open,
	.head = sbatch_head,
	.data = sbatch_data,
	.epoch = sbatch_epoch,
	.restore = sbatch_restore,
};

int
main(int argc, char **argv)
{
	return run(&sbatch_op, argc, argv);
}
