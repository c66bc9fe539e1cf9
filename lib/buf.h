/* buf - a growable run of bytes, owned by whoever declares it */
#ifndef BUF_H
#define BUF_H
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct buf { char *s; size_t n, cap; };		/* {0} is a valid empty buf */

char *buf_room(struct buf *, size_t);		/* room for so many bytes behind n; n stays */
void buf_add(struct buf *, const void *, size_t);
void buf_addc(struct buf *, char);
void buf_adds(struct buf *, const char *);	/* a NUL-terminated string, without the NUL */
void buf_addint(struct buf *, int64_t);
void buf_free(struct buf *);			/* empty again, valid */

/* Out of memory ends the program with status 111, here and in these: */
void *mem_alloc(size_t);			/* zeroed */
void *mem_grow(void *, size_t n, size_t size);	/* n elements of size; checked product */
char *mem_copy(const void *, size_t);		/* and a NUL behind */
void mem_none(void) __attribute__((noreturn));	/* says so and ends */

#ifdef __cplusplus
}
#endif
#endif
