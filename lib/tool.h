/* tool - what a pipeline's text alone tells of weir's tools: for who runs and checks pipelines */
#ifndef TOOL_H
#define TOOL_H

enum {
	TOOL_SOURCE = 1,	/* starts a stream; SIGTERM ends it with #stop */
	TOOL_COMMITS = 2,	/* a committing sink; swrite with -d only */
	TOOL_SINK = 4,		/* ends a stream */
	TOOL_CHAINS = 8,	/* schain takes it; a source as the first, a sink as the last; sjoin with -a or -t only */
	TOOL_STATE = 16		/* has a state directory: -S */
};

int tool_flags(const char *name);	/* -1: not one of weir's tools in a pipeline */
#endif
