/* queue against a counter: random puts and takes, with little memory, so that the file is used */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "queue.h"

#define ROUNDS 40000

static uint64_t state;

static uint64_t
rnd(void)
{
	uint64_t z = state += 0x9e3779b97f4a7c15;	/* splitmix64 */

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static void
check(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "prop_queue: %s\n", what);
	exit(1);
}

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

	state = argc > 1 ? strtoull(argv[1], NULL, 10) : (uint64_t)time(NULL);
	printf("prop_queue: seed %" PRIu64 "\n", state);
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
