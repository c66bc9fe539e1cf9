/* retry - when a run that failed is started again: Flink's exponential-delay and failure-rate strategies */
#ifndef RETRY_H
#define RETRY_H
#include <stdbool.h>
#include <stdint.h>

#define RETRY_FIRST 100		/* ms before the first new start; doubled each time … */
#define RETRY_MOST 60000	/* … up to this */

struct retry {
	int64_t most, within;	/* of -R: no more than most starts within so many ms; 0: no limit */
	int64_t pause;		/* before the next start, ms; 0: RETRY_FIRST */
	int64_t *at;		/* clock of the last most starts, a ring */
	int64_t n;
};

void retry_parse(struct retry *, const char *);	/* "N[/duration]", 1h by default; bad: message, exit 2 */
void retry_well(struct retry *);		/* the run got somewhere: the next pause is the first again */
int64_t retry_next(struct retry *, int64_t now);	/* ms to wait; -1: the limit is reached */
#endif
