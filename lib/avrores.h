/* avrores - schema resolution: how what a writer wrote is read as a reader's type (Avro 1.11) */
#ifndef AVRORES_H
#define AVRORES_H
#include "arena.h"
#include "avro.h"

/* A reader's field that the writer has not. */
struct avro_missing {
	const struct avro_field *field;
	struct avro_res *res;	/* its type as itself */
	const char *s;		/* its default's bytes */
	size_t n;
};

/*
 * A pair of types; a graph, since types may hold themselves.  Without a
 * reader both are the writer's.
 */
struct avro_res {
	const struct avro_type *w, *r;	/* r: never a union unless w is */
	const char *bad;	/* why a value cannot be read; known when one comes */
	struct avro_res **kid;	/* record: each writer's field, NULL: not the reader's; union: each branch; array, map: one */
	const struct avro_field **field;	/* record: each writer's field as the reader has it */
	struct avro_missing *missing;	/* record */
	size_t nmissing;
	ptrdiff_t *symbol;	/* enum: the reader's symbol for each of the writer's; -1: none */
	struct avro_res *next;	/* of all */
};

struct avro_pairs { struct arena arena; struct avro_res *all; };	/* {0} is valid */

/* Pairs live until avro_unpair.  NULL and *why: never readable, whatever comes. */
struct avro_res *avro_pair(struct avro_pairs *, const struct avro_type *w, const struct avro_type *r, const char **why);
void avro_unpair(struct avro_pairs *);
#endif
