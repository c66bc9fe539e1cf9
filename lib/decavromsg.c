#include <stdio.h>
#include <string.h>

#include "decavros.h"
#include "registry.h"

int
decavro_datum(struct dec *d, const char **why)
{
	struct avrodec *a = d->own;
	struct avro_walk *w = &a->walk;
	const struct avrouse *u = a->cur;
	const struct field *raw = &d->lane->raw.record;
	int32_t id;
	int k;

	w->s = raw->s + (u->id != 0 ? FRAME_LEN : 0);
	w->end = raw->s + raw->n;
	k = avro_read(w, u->res, u->want);
	if (w->why == NULL && w->s == w->end) {
		*why = w->unfit;
		return k;
	}
	if (u->id != 0)
		snprintf(d->why, sizeof d->why, "schema id %d: ", (int)u->id);
	else
		*d->why = '\0';
	k = (int)strlen(d->why);
	if (w->why != NULL)
		snprintf(d->why + k, sizeof d->why - (size_t)k, "%s", w->why);
	else
		snprintf(d->why + k, sizeof d->why - (size_t)k, "%zu bytes "
		    "are left behind the datum", (size_t)(w->end - w->s));
	k = (int)strlen(d->why);
	if (u->id == 0 && frame_read(raw->s, raw->n, &id) == 0)
		snprintf(d->why + k, sizeof d->why - (size_t)k, "; it may be "
		    "framed by a registry's schema id %d: "
		    "-X schema.registry.url=", (int)id);
	*why = d->why;
	return -1;
}

/* The writer's schema by its id. */
static int
message_use(struct dec *d, int32_t id, const char **why)
{
	struct avrodec *a = d->own;
	const char *text, *kind, *bad;
	struct avrouse *u;
	int k;

	if (a->cur != NULL && a->cur->id == id)
		return 1;
	for (u = a->all; u != NULL; u = u->next)
		if (u->id == id) {
			a->cur = u;
			return 1;
		}
	k = d->opts.registry->schema(d->opts.registry, id, &text, &kind, why);
	if (k < 0)
		return k;
	if (strcmp(kind, "AVRO") != 0) {
		snprintf(d->why, sizeof d->why, "schema id %d: it is for %s, "
		    "not for AVRO", (int)id, kind);
		return *why = d->why, -1;
	}
	if ((u = avrouse_new(d, text, strlen(text), &bad)) == NULL) {
		char room[sizeof d->why];

		snprintf(room, sizeof room, "%s", bad);
		snprintf(d->why, sizeof d->why, "schema id %d: %.400s", (int)id,
		    room);
		return *why = d->why, -1;
	}
	u->id = id;
	a->cur = u;
	return 1;
}

int
decavro_message(struct dec *d, const char *s, size_t n, const char **why)
{
	struct avrodec *a = d->own;
	int32_t id;

	d->lane->raw.record = (struct field){ s, n };
	if (d->opts.registry == NULL) {
		if (a->cur == NULL)
			a->cur = avrouse_new(d, NULL, 0, why);
		return a->cur != NULL ? 1 : -1;
	}
	if (frame_read(s, n, &id) < 0)
		return *why = "no zero byte and schema id in front", -1;
	return message_use(d, id, why);
}
