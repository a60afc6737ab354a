/* SPDX-License-Identifier: Apache-2.0 */

/* What fg-svg offers beyond the shared options. */
#include "cmd/options.h"

#include <strings.h>

#include "base/alloc.h"

static const char *const themes[] = { "auto", "light", "dark", NULL };

/* For options that ask for what is always so. */
static const char *nothing(void *settings, const char *value)
{
	(void)settings, (void)value;
	return NULL;
}

static const char *set_encoding(void *settings, const char *value)
{
	(void)settings;
	if (strcasecmp(value, "utf-8") == 0 || strcasecmp(value, "utf8") == 0)
		return NULL;
	return "pictures are always UTF-8";
}

static const char *set_cut_right(void *to, const char *value)
{
	struct settings *settings = to;
	(void)value;
	settings->picture.label = "right";
	return NULL;
}

static const struct opt svg_rows[] = {
	{ .name = "theme", .kind = OPT_TEXT, OPT_AT(picture.theme), .argument = "THEME",
	  .choices = themes,
	  .help = "auto (default, follows the browser), light or dark" },
	{ .name = "detail", .kind = OPT_TEXT, OPT_AT(svg.detail), .argument = "WHAT",
	  .help = "what zooming can reveal: all, drawn or a number of frames (200000)" },
	{ .name = "nametype", .kind = OPT_STR, OPT_AT(svg.nametype), .argument = "WORD",
	  .help = "word in front of names, such as Function:" },
	{ .name = "nameattr", .kind = OPT_TEXT, OPT_AT(svg.nameattr), .argument = "FILE",
	  .complete = OPT_COMPLETE_FILE, .help = "links and tooltips of functions" },
	{ .name = "notes", .kind = OPT_STR, OPT_AT(svg.notes), .argument = "TEXT",
	  .help = "a comment in the file" },
	{ .name = "no-javascript", .kind = OPT_SET, OPT_AT(svg.no_javascript),
	  .help = "a picture without script, and without what the script would draw" },
	{ .name = "no-sort", .kind = OPT_CALL, .call = nothing, .hidden = true,
	  .help = "accepted: the order of the input does not matter" },
	{ .name = "pretty-xml", .kind = OPT_CALL, .call = nothing, .hidden = true,
	  .help = "accepted: a line has one element" },
	{ .name = "encoding", .kind = OPT_CALL, .call = set_encoding, .hidden = true,
	  .argument = "NAME", .help = "accepted when it is UTF-8" },
	{ .name = "hash", .kind = OPT_CALL, .call = nothing, .hidden = true,
	  .help = "accepted: colours follow the name" },
	{ .name = "deterministic", .same = "hash" },
	{ .name = "truncate-text-right", .kind = OPT_CALL, .call = set_cut_right,
	  .hidden = true, .help = "the same as --label=right" },
	{ 0 },
};

static const struct opt_table svg_tables[] = {
	OPTIONS_PICTURE,
	{ .title = "SVG", .rows = svg_rows },
	OPTIONS_SHARED,
};

static void set_defaults(struct settings *settings)
{
	picture_options_init(&settings->picture);
}

const struct face face_svg = {
	.name = "fg-svg",
	.second_name = "flamegraph",
	.usage = "[OPTION]... [FILE]...",
	.summary = "Draw a flame graph of a profile, as an SVG to look at in a browser.",
	.manual = "fg-svg(1)",
	.set_defaults = set_defaults,
	.tables = svg_tables,
	.table_count = ARRAY_SIZE(svg_tables),
};
