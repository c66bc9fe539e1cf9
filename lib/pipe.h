/* pipe - the text of a pipeline: simple commands joined by |, quoted as in sh(1) */
#ifndef PIPE_H
#define PIPE_H
#include "buf.h"

struct command { int argc; char **argv; };	/* for execvp: argc is 1 or more, argv[argc] is NULL */
struct pipe { struct command *v; size_t n; };	/* one or more of them */

/*
 * POSIX, Shell Command Language, 2.2 Quoting: '…', "…" and backslash.  Blanks
 * and newlines separate words.  What else a shell would act on (; & < > $ ` ( )
 * { * ? [, ~ and # that start a word, ! and other reserved words or NAME= in
 * place of a command, ||) is refused where it is not quoted.  -1: why gets the
 * place and what is wrong, no NUL; nothing is to be freed.
 */
int pipe_parse(struct pipe *, const char *, struct buf *why);
void pipe_free(struct pipe *);

/* The way back, for people and for sh(1): appends a text that pipe_parse takes for the same words, no NUL. */
void pipe_print(const struct pipe *, struct buf *);
void command_print(char *const *argv, struct buf *);	/* one of its commands; argv ends with NULL */
const char *command_tool(const struct command *);	/* argv[0] without its directory */
#endif
