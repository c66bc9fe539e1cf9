#include <stdio.h>
#include <stdlib.h>

#include "avrocols.h"
#include "decavros.h"

void
avrouse_free(struct avrouse *u)
{
	avro_unpair(&u->pairs);
	avro_free(u->schema);
	free(u->text);
	free(u);
}

struct avrouse *
avrouse_new(struct dec *d, const char *text, size_t n, const char **why)
{
	struct avrodec *a = d->own;
	const struct avro_type *root;
	struct avrouse *u = mem_alloc(sizeof *u);
	const struct col *nowhere;
	bool first;

	if (text != NULL && (u->schema = avro_parse(text, n, why)) == NULL) {
		avrouse_free(u);
		return NULL;
	}
	root = avro_root(text != NULL ? u->schema : a->reader);
	first = !d->named && a->reader == NULL;
	if (first)
		a->reader = u->schema;
	u->res = avro_pair(&u->pairs, root, a->reader != NULL ?
	    avro_root(a->reader) : NULL, why);
	if (u->res == NULL) {
		/* why is the pair's */
		snprintf(d->why, sizeof d->why, "%s", *why);
		*why = d->why;
		if (first)
			a->reader = NULL;
		avrouse_free(u);
		return NULL;
	}
	if (first)
		buf_add(&a->text, text, n);
	if (!dec_known(d))
		avro_columns(&d->row.cols, avro_root(a->reader));
	u->want = avro_plan(&u->pairs, u->res, &d->row, &nowhere);
	u->next = a->all;
	return a->all = u;
}
