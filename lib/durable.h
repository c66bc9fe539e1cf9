/* durable - files that are there whole or not at all, also after a power cut */
#ifndef DURABLE_H
#define DURABLE_H
#include <sys/types.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * dir is an open directory, path its name for messages.  Errors end the
 * program, 111: when the disk has room again, the same will do.
 */
int durable_dir(const char *path, mode_t);	/* made when it is missing, to stay; the name cannot be one: exit 1 */
void durable_entry(const char *path);		/* its name stays in the directory that it stands in */
void durable_sync(int dir, const char *path);			/* what was renamed and made in it stays so */
void durable_rename(int dir, const char *from, const char *to, const char *path);	/* and synced */
void durable_put(int dir, const char *name, const char *text, const char *path);	/* a file of one line */
char *durable_get(int dir, const char *name, const char *path);	/* that line, the caller frees it; NULL: not there */
/*
 * The names in the directory but `.' and `..', sorted, a NULL behind them;
 * what is made or removed meanwhile does not disturb.
 */
char **durable_names(int dir, const char *path);
void durable_forget(char **names);		/* frees them */
bool durable_ends(const char *name, const char *suffix);	/* there is more before the suffix */
void durable_drop(int dir, const char *name, const char *path);	/* removes it if it is there; not synced */
bool durable_copy(int from, int to, int64_t n, const char *path);	/* n bytes, -1: all; false: there are fewer; not synced */
/*
 * Locked while the process, or a child that inherits the descriptor, lives.
 * Held by another: message with what that one said of itself, exit 111.
 */
int durable_lock(int dir, const char *who, const char *path);
#endif
