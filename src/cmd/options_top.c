/* SPDX-License-Identifier: Apache-2.0 */

/* What fg-top offers beyond the shared options. */
#include "cmd/options.h"

#include <string.h>

#include "base/alloc.h"

static const char *const forms[] = {
	[TOP_TEXT] = "text",
	[TOP_TSV] = "tsv",
	[TOP_JSON] = "json",
	[TOP_MARKDOWN] = "markdown",
	NULL,
};

/* By self means by total where that is the same: functions that only call have none. */
static const char *set_sort(void *to, const char *value)
{
	struct settings *settings = to;
	settings->top.sort = strcmp(value, "self") == 0	 ? TOP_BY_BOTH :
			     strcmp(value, "total") == 0 ? TOP_BY_TOTAL :
							   TOP_BY_NAME;
	return NULL;
}

static const char *const orders[] = { "self", "total", "name", NULL };

static const char *set_peek(void *to, const char *value)
{
	struct settings *settings = to;
	settings->top.view = TOP_PEEK;
	settings->peek = value;
	return NULL;
}

static const struct opt top_rows[] = {
	{ .name = "peek", .kind = OPT_CALL, .call = set_peek, .argument = "RE",
	  .help = "functions that match, with what calls them and what they call" },
	{ .name = "tree", .kind = OPT_VALUE, OPT_AT(top.view), .value = TOP_TREE,
	  .help = "calls as a tree, without those below 0.5 %, or below --min" },
	{ .name = "path", .kind = OPT_VALUE, OPT_AT(top.view), .value = TOP_PATH,
	  .help = "the heaviest path of calls" },
	{ .name = "flame", .kind = OPT_VALUE, OPT_AT(top.view), .value = TOP_FLAME,
	  .help = "a flame graph in the terminal" },
	{ .name = "sort", .kind = OPT_CALL, .call = set_sort, .argument = "ORDER",
	  .choices = orders, .help = "of functions: self (default), total or name" },
	{ .name = "cum", .kind = OPT_VALUE, OPT_AT(top.sort), .value = TOP_BY_TOTAL,
	  .hidden = true, .help = "as --sort=total" },
	{ .name = "limit", .kind = OPT_UNSIGNED, OPT_AT(top_limit), .argument = "N",
	  .max = UINT32_MAX - 1,
	  .help = "rows at most (40 in text and Markdown, else all); 0: all" },
	{ .name = "to", .letter = 't', .kind = OPT_CHOICE, OPT_AT(top.form),
	  .argument = "TYPE", .choices = forms,
	  .help = "what to write: text (default), tsv, json or markdown" },
	{ 0 },
};

static const struct opt_table top_tables[] = {
	{ .title = "Tables", .rows = top_rows },
	OPTIONS_SHARED,
};

/* What the view decides, unless it is given. */
static void set_defaults(struct settings *settings)
{
	settings->top_limit = UINT32_MAX;
	settings->top.sort = TOP_BY_BOTH;
	settings->want.group_by = GROUP_UNSET;
}

const struct face face_top = {
	.name = "fg-top",
	.usage = "[OPTION]... [FILE]...",
	.summary = "Print what functions cost, as a table, a tree or a flame graph in the "
		   "terminal.",
	.manual = "fg-top(1)",
	.set_defaults = set_defaults,
	.tables = top_tables,
	.table_count = ARRAY_SIZE(top_tables),
};
