/* b64 - base64, RFC 4648 section 4 */
#ifndef B64_H
#define B64_H
#include "buf.h"

void b64_add(struct buf *, const char *, size_t);	/* with padding, without line ends */
#endif
