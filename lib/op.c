/* What an operator may do with a record and a watermark. */
#include "next.h"

void
emit(struct next *nx, struct rec *r)
{
	next_data(nx, r);
}

void
reject(struct next *nx)
{
	nx[-1].nrejected++;
}

void
drop_late(struct next *nx, struct rec *r)
{
	nx--;
	nx->nlate++;
	if (nx->latename != NULL)
		writer_data(&nx->late, r, NULL);
}

void
emit_mark(struct next *nx, int64_t T)
{
	if (T != INT64_MAX && T > nx->T)
		chain_mark(nx, T);
}
