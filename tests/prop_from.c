/* prop_from - a record that smerge builds still says where it came from */
#define main smerge_main
#include "../cmd/smerge.c"
#undef main

static size_t seen;

static void
probe_data(void *st, struct rec *r, struct next *nx)
{
	(void)st;
	(void)nx;
	if (r->from == NULL || r->from->pos != 17)
		errx(1, "smerge -a: the record has lost its place");
	seen++;
}

static void *
probe_open(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return &seen;
}

static const struct op probe_op = {
	.name = "probe", .usage = "", .sink = true,
	.open = probe_open, .data = probe_data,
};

int
main(void)
{
	const struct op *const ops[2] = { &smerge_op, &probe_op };
	char *words[2][5] = { { "smerge", "-a", "in", "a" }, { "probe" } };
	char **argv[2] = { words[0], words[1] };
	const int argc[2] = { 4, 1 };
	struct next *next = chain_open(ops, argv, argc, 2);
	const struct origin from = { "a", -1, 17 };
	const struct field f[2] = { { "1", 1 }, { "x", 1 } };
	struct rec r = { .f = f, .nf = 2, .time = 1, .timed = true,
	    .from = &from };
	struct head head = { 0 };

	head_add(&head, "t", TYPE_TIME);
	head_add(&head, "v", TYPE_STR);
	chain_head(next, &head, NULL);
	chain_data(next, &r);
	chain_end(next, "");
	return seen == 1 ? 0 : 1;
}
