#include <string.h>

#include "tool.h"

static const struct { const char *name; int flags; } tools[] = {
	{ "kcat-in", TOOL_SOURCE | TOOL_STATE },
	{ "kout", TOOL_SINK | TOOL_COMMITS | TOOL_STATE },
	{ "saggregate", TOOL_CHAINS | TOOL_STATE },
	{ "sbatch", TOOL_SINK | TOOL_COMMITS | TOOL_STATE },
	{ "sdedup", TOOL_CHAINS | TOOL_STATE },
	{ "sfilter", TOOL_CHAINS },
	{ "sflat", TOOL_CHAINS },
	{ "sgap", TOOL_CHAINS | TOOL_STATE },
	{ "sjoin", TOOL_CHAINS | TOOL_STATE },
	{ "smap", TOOL_CHAINS },
	{ "smatch", TOOL_CHAINS | TOOL_STATE },
	{ "smerge", TOOL_STATE },
	{ "sread", TOOL_SOURCE | TOOL_CHAINS | TOOL_STATE },
	{ "sshow", TOOL_SINK | TOOL_CHAINS },
	{ "ssort", TOOL_CHAINS | TOOL_STATE },
	{ "stime", TOOL_CHAINS | TOOL_STATE },
	{ "swindow", TOOL_CHAINS },
	{ "swrap", TOOL_CHAINS },
	{ "swrite", TOOL_SINK | TOOL_COMMITS | TOOL_CHAINS },
};

int
tool_flags(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof tools / sizeof tools[0]; i++)
		if (strcmp(tools[i].name, name) == 0)
			return tools[i].flags;
	return -1;
}
