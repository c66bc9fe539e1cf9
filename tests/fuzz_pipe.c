/*
 * Pipelines of any bytes: taken or refused with a reason, and what is printed
 * of one that was taken is taken for the same words.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "pipe.h"

static void
check_same(const struct pipe *p, const struct pipe *q)
{
	size_t i;
	int k;

	check(p->n == q->n && p->n > 0);
	for (i = 0; i < p->n; i++) {
		check(p->v[i].argc == q->v[i].argc && p->v[i].argc > 0);
		for (k = 0; k < p->v[i].argc; k++)
			check(strcmp(p->v[i].argv[k], q->v[i].argv[k]) == 0);
		check(p->v[i].argv[k] == NULL);
		check(strchr(command_tool(&p->v[i]), '/') == NULL);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *s, size_t n)
{
	char *text = mem_copy(s, n);
	struct buf why = { 0 }, out = { 0 };
	struct pipe p, q;

	if (pipe_parse(&p, text, &why) < 0) {
		check(why.n > 0);
	} else {
		check(why.n == 0);
		pipe_print(&p, &out);
		buf_addc(&out, '\0');
		check(pipe_parse(&q, out.s, &why) == 0);
		check_same(&p, &q);
		pipe_free(&p);
		pipe_free(&q);
	}
	buf_free(&why);
	buf_free(&out);
	free(text);
	return 0;
}
