/* io - the fast line reader and the writer, over plain descriptors */
#ifndef IO_H
#define IO_H
#include "in.h"
#include "out.h"

int io_open(const char *, int flags);	/* open(2), as 0666 and not for commands; again after a signal */
#endif
