/* queue against a counter: random puts and takes, with little memory, so that the file is used */
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>

#include "prop.h"
#include "queue.h"

#define ROUNDS 40000

/* Byte i of what is put is this. */
static char
byte(uint64_t i)
{
	return (char)(i % 251);
}

int
main(int argc, char **argv)
{
	static char some[100000];
	struct queue q = { .most = 200000 };
	uint64_t put = 0, got = 0;
	size_t i, n, room;
	bool fill = true, file = false;
	char *to;
	int k;

	prop_start(argc, argv, "prop_queue");
	for (k = 0; k < ROUNDS; k++) {
		if (q.n > 2000000 || rnd() % 200 == 0)
			fill = false;
		if (q.n == 0)
			fill = true;
		if (rnd() % 8 < (fill ? 6 : 2)) {
			to = queue_room(&q, &room);
			check(room > 0, "no room");
			n = rnd() % 3 == 0 ? room : rnd() % (room + 1);
			for (i = 0; i < n; i++)
				to[i] = byte(put++);
			queue_got(&q, n);
		} else {
			n = queue_take(&q, some, rnd() % sizeof some);
			for (i = 0; i < n; i++)
				check(some[i] == byte(got++), "another byte");
		}
		check(q.n == put - got, "another length");
		file = file || q.open;
	}
	while ((n = queue_take(&q, some, sizeof some)) > 0)
		for (i = 0; i < n; i++)
			check(some[i] == byte(got++), "another last byte");
	check(put == got && file, "not all came, or no file was made");
	queue_free(&q);
	return 0;
}
