/* watch - waits for files to change: by inotify(7) where there is one, else by the clock */
#ifndef WATCH_H
#define WATCH_H

struct watch { int fd; };	/* to poll; -1: there is none */

void watch_init(struct watch *);
/* The file, if it is there, and its name: -1, or what watch_drop wants. */
int watch_add(struct watch *, const char *path);
void watch_drop(struct watch *, int);	/* the file; its name is still watched */
void watch_clear(struct watch *);	/* what it has told is known */
int watch_most(const struct watch *);	/* ms after which to look all the same */
#endif
